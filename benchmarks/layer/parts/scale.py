"""A step on 10 M rows over one on 1 M: the same batch, its ids strewn over the larger table.

Each id of the small table is one of ten neighbours in the large one, which of them by a hash of
it, so that rows repeat as often. (Always the first of the ten, rows of 256 bytes would all lie in
every other 256 bytes: half of the memory's channels would do the work.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import numpy as np

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.layer.bench import ROWSPACE, Bench
from benchmarks.layer.cells import Cell, Entry

GOAL = 1.5
SMALL, TIMES = 1_000_000, 10
ROW_WISE = Entry("row-wise Adagrad, pooled", ROWSPACE, "learn", {"optimizer": "RowWiseAdagrad"})
ADAM = Entry("Adam", ROWSPACE, "learn", {"optimizer": "Adam", "lr": 0.001}, tables=3)


def scale(bench: Bench) -> Iterator[list[Finding]]:
    """Both optimizers, every dim that memory can hold at 10 M rows."""
    rows = SMALL // 100 if bench.options.quick else SMALL
    for entry in (ROW_WISE, ADAM):
        for dim in bench.options.dims:
            for kind in bench.options.ids:
                yield _grown(bench, entry, Cell(rows, dim, kind))


def strewn(ids: np.ndarray) -> np.ndarray:
    """Ids of the large table for those of the small one, int64, each its own."""
    which = (ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return ids * TIMES + (which % np.uint64(TIMES)).astype(np.int64)


def _grown(bench: Bench, entry: Entry, cell: Cell) -> list[Finding]:
    large = replace(cell, rows=cell.rows * TIMES)
    fitting, note = bench.fitting(large, [entry])
    if not fitting:
        tell(f" {large}: {note}")
        return []
    small = bench.settings(cell)
    with bench.folder() as folder:
        spread = folder / "ids.npy"
        np.save(spread, strewn(np.load(small["batches"])))
        wide = {**small, **large.job(), "batches": str(spread)}
        try:
            both = [
                [bench.job(entry, job) for job in (small, wide)]
                for _ in range(bench.options.repeat)
            ]
        except ContestantError as error:
            bench.fail(large, error)
            return []
    few, many = ([pair[at]["seconds"]["total"] for pair in both] for at in (0, 1))
    ratios = [b / a for a, b in zip(few, many, strict=True)]
    value = median(many) / median(few)
    group = f"{entry.name}: a step on {large.rows:,} rows over one on {cell.rows:,}"
    return [
        Finding(
            f"{group}: × {cell.dim}, {cell.kind}",
            value,
            min(ratios),
            max(ratios),
            goal=f"< {GOAL:g}×",
            met=yes(value < GOAL),
            ours=many,
            peer=few,
            of="seconds; peer: the small table",
            more={"group": group},
        )
    ]
