"""Forward, backward and row-wise Adagrad, pooled and not, against TBE, which steps in its backward.

torch has no row-wise Adagrad: its sparse Adagrad is beside ours of the same arithmetic, whose
numbers must be its, and beside our row-wise one.

TBE 1.8.0's pooled step on the processor moves a wrong row, 4 GiB before the one that was named, in
a table of more than 4 GiB: its numbers cannot be compared there.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.findings import Finding
from benchmarks.layer.bench import FBGEMM, ROWSPACE, TORCH, Bench
from benchmarks.layer.cells import Entry, Pair

POOLED_GOAL, UNPOOLED_GOAL = 2.0, 10.0
_ROWS = {"optimizer": "RowWiseAdagrad"}
_PLAIN = {"pooled": False}
_NUMBERS = {**_PLAIN, "optimizer": "Adagrad"}

BAG = Entry("row-wise Adagrad, pooled", ROWSPACE, "learn", _ROWS)
TBE_BAG = Entry("TBE", FBGEMM, "learn", wraps=1 << 32)
ROW = Entry("row-wise Adagrad", ROWSPACE, "learn", {**_ROWS, **_PLAIN})
TBE_ROW = Entry("TBE", FBGEMM, "learn", _PLAIN)
NUMBER = Entry("Adagrad", ROWSPACE, "learn", _NUMBERS, tables=2, like="numbers")
TORCHS = Entry("torch's sparse Adagrad", TORCH, "learn", _NUMBERS, tables=2, like="numbers")


def rowwise(bench: Bench) -> Iterator[list[Finding]]:
    """Pooled: every cell of the grid."""
    for cell in bench.cells():
        yield bench.compared(cell, [Pair(BAG, TBE_BAG, POOLED_GOAL)])


def unpooled(bench: Bench) -> Iterator[list[Finding]]:
    """Every cell of the grid."""
    goal = UNPOOLED_GOAL
    pairs = [Pair(ROW, TBE_ROW, goal), Pair(ROW, TORCHS, goal), Pair(NUMBER, TORCHS)]
    for cell in bench.cells():
        yield bench.compared(cell, pairs)
