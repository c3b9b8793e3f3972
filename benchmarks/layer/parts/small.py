"""Batches of 640 ids: what a round costs before there is work. Forward, backward and step.

Tables of 1000 rows of 64 numbers: one with 32 bags of 20 ids, and two with 32 bags of 10 each, the
shapes FBGEMM reports; the second is two layers of ours and one TBE. `rowspace.Table` is ours
without PyTorch, whose own bookkeeping is most of a small round.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.harness.findings import Finding
from benchmarks.layer.bench import FBGEMM, ROWSPACE, TORCH, Bench
from benchmarks.layer.cells import Cell, Entry, Pair

GOAL = 5.0
ROWS, DIM = 1000, 64
_ROWS = {"optimizer": "RowWiseAdagrad"}
_PLAIN = {"pooled": False}
_TWO = {"tables": 2}


def _pair(what: str, job: dict[str, Any]) -> list[Pair]:
    ours = Entry(f"row-wise Adagrad, {what}", ROWSPACE, "learn", {**_ROWS, **job})
    tbe = Entry("TBE", FBGEMM, "learn", job)
    torchs = Entry(
        "torch's sparse Adagrad", TORCH, "learn", {"optimizer": "Adagrad", **job}, like="numbers"
    )
    return [Pair(ours, tbe, GOAL), Pair(ours, torchs)]


def small(bench: Bench) -> Iterator[list[Finding]]:
    """Uniform ids."""
    one = Cell(ROWS, DIM, "uniform", bags=32, length=20)
    two = Cell(ROWS, DIM, "uniform", bags=64, length=10)
    yield bench.compared(one, _pair("640 ids pooled", {}))
    bare = Entry("rowspace.Table, 640 ids pooled", ROWSPACE, "learn_bare")
    yield bench.compared(one, [Pair(bare, Entry("TBE", FBGEMM, "learn", {}), GOAL)])
    yield bench.compared(one, _pair("640 ids not pooled", _PLAIN))
    yield bench.compared(two, _pair("640 ids pooled, two tables", _TWO))
