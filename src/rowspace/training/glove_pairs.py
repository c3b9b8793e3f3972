"""`Pairs`: how often which items stand together, on disk, in the order they are learned in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, final

import msgspec
import numpy as np

from rowspace.errors import FormatError, InputError
from rowspace.files import atomic

PAIRS, RECORD = "pairs.bin", "pairs.json"
ENTRY = np.dtype([("items", "<i4", (2,)), ("count", "<f4")])


@final
@dataclass(frozen=True, slots=True)
class Pairs:
    """A file of `ENTRY`: two items and X, how often they stand together.

    size: entries. both: X holds for the two items in either order, and an entry stands for both.
    made: what it was counted from and how, as data.
    """

    path: Path
    size: int
    both: bool
    made: Mapping[str, Any]

    @property
    def turns(self) -> int:
        """How often an entry is learned in an epoch: once in either order."""
        return 2 if self.both else 1

    def stretch(self, start: int, stop: int) -> np.ndarray:
        """Entries `start` to `stop`, by a plain read. Raises InputError, FormatError."""
        if not 0 <= start <= stop <= self.size:
            raise InputError(f"wanted entries within 0 to {self.size}, came {start} to {stop}")
        found = np.fromfile(self.path, ENTRY, stop - start, offset=start * ENTRY.itemsize)
        if len(found) != stop - start:
            raise FormatError(
                self.path, "the pairs end early", expected=f"{stop}", found=start + len(found)
            )
        return found

    def save(self) -> None:
        """Write the record beside the pairs, last and in one step: with it they are complete."""
        whole = self.path.with_name(RECORD)
        part = whole.with_suffix(".part")
        record = {"size": self.size, "both": self.both, "made": dict(self.made)}
        with atomic.reporting(whole), part.open("wb") as file:
            file.write(msgspec.json.encode(record))
            file.flush()
            os.fsync(file.fileno())
        part.replace(whole)

    @classmethod
    def open(cls, folder: Path, made: Mapping[str, Any]) -> Self | None:
        """What lies in a folder, if it is whole and was made just so; else None."""
        path = folder / PAIRS
        try:
            record: Any = msgspec.json.decode((folder / RECORD).read_bytes(), type=dict[str, Any])
            size, both, was = record["size"], record["both"], record["made"]
            fits = was == dict(made) and path.stat().st_size == size * ENTRY.itemsize
        except (OSError, msgspec.MsgspecError, KeyError, TypeError):
            return None
        return cls(path, size, both, was) if fits else None
