"""`Places`: the file and line that each row of a table was read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np


@final
@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """`files` by name; for each row which of them (int32 [n]) and its line, from 1 (int64 [n]).

    `unit`: what the numbers count, "line", or "row" where a file has no lines.
    """

    files: tuple[str, ...]
    file: np.ndarray
    line: np.ndarray
    unit: str = "line"

    def take(self, index: np.ndarray) -> Places:
        """Those of some rows."""
        return Places(self.files, self.file[index], self.line[index], self.unit)

    def of(self, row: int) -> str:
        """`reviews.csv: line 7`."""
        return f"{self.files[self.file[row]]}: {self.unit} {self.line[row]}"


def joined(parts: Sequence[tuple[str, np.ndarray]], unit: str) -> Places:
    """Places of files one after the other: each its name and its rows' lines."""
    files = tuple(name for name, _ in parts)
    file = np.repeat(np.arange(len(parts), dtype=np.int32), [len(line) for _, line in parts])
    line = np.concatenate([np.zeros(0, np.int64), *(line for _, line in parts)])
    return Places(files, file, line, unit)
