"""Adam: 4 M rows of 64 numbers, 10,000 ids a batch, against torch's SparseAdam and dense Adam.

The step alone, which has the goal, and forward, backward and step. What is compared has learned
twice on one batch: there all take the same steps. `borrowed` is our optimizer on torch's own layer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.harness.findings import Finding
from benchmarks.layer.bench import ROWSPACE, TORCH, Bench
from benchmarks.layer.cells import Cell, Entry, Pair

SPARSE_GOAL, DENSE_GOAL, BORROWED_GOAL = 7.0, 100.0, 5.0
ROWS, DIM, IDS = 4_000_000, 64, 10_000
_ADAM: dict[str, Any] = {
    "pooled": False,
    "optimizer": "Adam",
    "lr": 0.001,
    "eps": 1e-20,  # SparseAdam adds it elsewhere than Adam does; so small, that makes no difference
    "checked": [0, 0],
}

OURS = Entry("Adam", ROWSPACE, "learn", _ADAM, tables=3)
BORROWED = Entry(
    "Adam on torch's Embedding", ROWSPACE, "learn", {**_ADAM, "layer": "torch"}, tables=3
)
SPARSE = Entry("SparseAdam", TORCH, "learn", {**_ADAM, "optimizer": "SparseAdam"}, tables=3)
DENSE = Entry("torch's dense Adam", TORCH, "learn", _ADAM, tables=6)


def adam(bench: Bench) -> Iterator[list[Finding]]:
    """Ids of every kind."""
    for cell in _cells(bench):
        yield bench.compared(
            cell, [*_both(OURS, SPARSE, SPARSE_GOAL), *_both(OURS, DENSE, DENSE_GOAL)]
        )


def borrowed(bench: Bench) -> Iterator[list[Finding]]:
    """The same cells, and large batches on a table of 2 M rows or what is nearest to it."""
    pairs = _both(BORROWED, SPARSE, BORROWED_GOAL)
    for cell in _cells(bench):
        yield bench.compared(cell, pairs)
    size = min(bench.options.rows, key=lambda rows: abs(rows - 2_000_000))
    for dim in bench.options.dims:
        for kind in bench.options.ids:
            yield bench.compared(Cell(size, dim, kind), pairs)


def _cells(bench: Bench) -> Iterator[Cell]:
    rows = ROWS // 100 if bench.options.quick else ROWS
    for kind in bench.options.ids:
        yield Cell(rows, DIM, kind, bags=IDS, length=1)


def _both(ours: Entry, peer: Entry, goal: float) -> list[Pair]:
    """The step and the whole round, of the same rounds."""
    return [Pair(ours, peer, goal, "step"), Pair(ours, peer)]
