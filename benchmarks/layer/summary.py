"""A line for all cells of a part together: the middle one, the lowest and the highest."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks.harness.findings import Finding


def summed(findings: list[dict[str, Any]], part: str) -> list[Finding]:
    """For each group of a part's findings that has more than one cell; the goal is every cell's."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in findings:
        if one["part"] == part and one["more"].get("group"):
            groups.setdefault(one["more"]["group"], []).append(one)
    return [_line(name, cells) for name, cells in groups.items() if len(cells) > 1]


def _line(name: str, cells: list[dict[str, Any]]) -> Finding:
    values = [one["value"] for one in cells]
    goal = cells[0]["goal"]
    reached = sum(one["met"] == "yes" for one in cells)
    met = "" if not goal else "yes" if reached == len(cells) else f"{reached} of {len(cells)}"
    return Finding(
        f"{name}: all cells",
        median(values),
        min(values),
        max(values),
        unit=cells[0]["unit"],
        goal=goal,
        met=met,
        note=f"the middle, the lowest and the highest of {len(cells)} cells",
    )
