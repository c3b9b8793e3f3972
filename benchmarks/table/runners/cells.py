"""The Adult census as columns of cells: the same for every library. What every Python has."""

from __future__ import annotations

import csv
import gzip

NUMBERS = (
    "age", "fnlwgt", "education-num", "capital-gain", "capital-loss", "hours-per-week",
)  # fmt: skip
TARGET = "Y"


def columns(path: str) -> dict[str, list[str]]:
    """Cells by column without white space around them; the target without its full stop."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file) if row]
    names, *cells = rows
    found = {
        name: list(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)
    }
    found[TARGET] = [cell.rstrip(".") for cell in found[TARGET]]
    return found
