"""`Cell`: a table and its ids. `Entry`: who does what with them. `Pair`: two of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.harness.contestants import Contestant

BAGS, LENGTH = 8192, 25
_SCRATCH = 12  # arrays of the size of the output that a step may hold at once, at most
_SPARE = 1 << 30  # bytes for a process besides


@dataclass(frozen=True, slots=True)
class Cell:
    """`rows` × `dim` numbers; batches of `bags` bags of `length` ids, of a kind of `inputs`."""

    rows: int
    dim: int
    kind: str
    bags: int = BAGS
    length: int = LENGTH

    @property
    def ids(self) -> int:
        """Ids of a batch."""
        return self.bags * self.length

    def __str__(self) -> str:
        return f"{self.rows:,} × {self.dim}, {self.kind}"

    def job(self) -> dict[str, Any]:
        """As jobs have it."""
        names = ("rows", "dim", "bags", "length")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Entry:
    """A job of a contestant. `tables`: how many arrays of the table's size it holds. `like`: those
    of one group must have the same numbers. `wraps`: bytes of a table beyond which the peer is
    known to move wrong rows, its offsets being too short; its numbers are not compared then."""

    name: str
    contestant: Contestant
    task: str
    job: Mapping[str, Any] = field(default_factory=dict)
    tables: int = 1
    like: str = ""
    wraps: int = 0

    def wrong(self, cell: Cell) -> bool:
        """Whether the peer is known to be at fault with a table of this size."""
        return bool(self.wraps) and cell.rows * cell.dim * 4 > self.wraps

    def needs(self, cell: Cell) -> int:
        """Bytes of memory, at most."""
        held = self.tables * cell.rows * cell.dim * 4
        pooled = self.job.get("pooled", True)
        out = (cell.bags if pooled else cell.ids) * cell.dim * 4
        return held + _SCRATCH * out + _SPARE


@dataclass(frozen=True, slots=True)
class Pair:
    """Ours and a peer's, beside a goal; `timed`: the stage of a round that counts."""

    ours: Entry
    peer: Entry
    goal: float | None = None
    timed: str = "total"

    def __str__(self) -> str:
        stage = "" if self.timed == "total" else f", the {self.timed} alone"
        return f"{self.ours.name}{stage}, against {self.peer.name}"


def differences(first: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> list[str]:
    """What two contestants do not have alike, and by how much: sums in another order are alike."""
    found = []
    for name in sorted({*first, *other}):
        a, b = first.get(name), other.get(name)
        if a is None or b is None or a.shape != b.shape:
            found.append(f"{name}: not of both, or of other shapes")
        elif not np.allclose(a, b, rtol=1e-4, atol=_CLOSE[name], equal_nan=False):
            found.append(f"{name}: up to {np.abs(a - b).max():.2g} apart")
    return found


# Steps are of the size of the learning rate, 0.001 at least.
_CLOSE = {"out": 1e-5, "rows": 1e-6, "ids": 0.0}


def unmoved(rows: np.ndarray, before: np.ndarray, lr: float) -> bool:
    """Whether some of the rows have not learned at all."""
    return bool((np.abs(rows - before).max(axis=1) < lr / 10).any())


def grid(dims: list[int], rows: list[int], kinds: list[str]) -> Iterator[Cell]:
    """Every cell, small tables first."""
    for size in rows:
        for dim in dims:
            for kind in kinds:
                yield Cell(size, dim, kind)
