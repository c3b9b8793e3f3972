"""A table larger than the memory, in a mapped file: a step touches the rows of its batch.

The file has holes where nothing was written, so what it takes on the disk is what steps have
written, in pages of the system. A row of 64 numbers and its state lie in a page each.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.findings import Finding, yes
from benchmarks.layer.bench import ROWSPACE, Bench
from benchmarks.layer.cells import Cell, Entry

DIM, BAGS, LENGTH = 64, 512, 20
TIMES = 1.5  # the table over the memory of the machine
LIMIT = 1 << 30  # bytes of memory of its own besides
PAGES = 2  # of a row that is touched: its own and that of its state
OURS = Entry("row-wise Adagrad, pooled, mapped", ROWSPACE, "mapped")


def mapped(bench: Bench) -> Iterator[list[Finding]]:
    """Uniform ids: hardly a row twice."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    size = 1 << 28 if bench.options.quick else int(memory * TIMES)
    cell = Cell(size // (4 * DIM), DIM, "uniform", bags=BAGS, length=LENGTH)
    with bench.folder() as folder:
        job = {**bench.settings(cell), "folder": str(folder), "limit": LIMIT}
        try:
            found = bench.job(OURS, job)
        except ContestantError as error:
            bench.fail(cell, error)
            return
    what = f"{size / 1e9:.3g} GB table, {memory / 1e9:.3g} GB of memory"
    yield [
        _pages(f"{what}: written for each row touched", found["written"], found["touched"]),
        _pages(f"{what}: resident for each row touched", found["resident"], found["touched"]),
        _seconds(f"{what}: a step of {cell.ids:,} ids", found["seconds"]["total"]),
    ]


def _pages(what: str, size: int, rows: int) -> Finding:
    pages = size / rows / mmap.PAGESIZE
    goal = f"≤ {PAGES + 0.5:g}"
    return Finding(
        what, pages, pages, pages, unit=" pages", goal=goal, met=yes(pages <= PAGES + 0.5),
        note=f"{rows:,} rows touched, {size / 1e6:,.0f} MB",
    )  # fmt: skip


def _seconds(what: str, seconds: float) -> Finding:
    return Finding(what, seconds * 1e3, seconds * 1e3, seconds * 1e3, unit=" ms")
