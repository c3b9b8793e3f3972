"""The pure gather's part: the best of some ways of it, with NumPy's take beside it."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.job import Job, Stages, answer
from benchmarks.layer import inputs
from benchmarks.layer.ceiling.library import loaded
from benchmarks.layer.runners.clock import keep, timed

KEPT = 64  # outputs to compare
WAYS = [
    (ahead, past, second)
    for second in (True, False)
    for past in (True, False)
    for ahead in (4, 8, 16, 32)
]
TRIAL = 0.15  # seconds of trying a way


def memory(rows: int, dim: int) -> np.ndarray:
    """Float32 [rows, dim] on huge pages where the system has them."""
    block = mmap.mmap(-1, max(1, rows * dim * 4), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        block.madvise(mmap.MADV_HUGEPAGE)
    return np.frombuffer(block, np.float32, rows * dim).reshape(rows, dim)


def plain(job: Job) -> dict[str, Any]:
    """Rows into an output that is there already, the best way of all tried."""
    table, ids, out = _prepared(job)
    gather = loaded(Path(job["gather"]))

    def way(ahead: int, past: bool, second: bool) -> Any:
        def act(at: int, stages: Stages) -> None:
            gather(
                table, ids[at], out,
                ahead=ahead, past=past, second=second, threads=job["threads"],
            )  # fmt: skip
            stages.lap("forward")

        return act

    tried = {
        one: timed({**job, "seconds": TRIAL}, way(*one), len(ids))["seconds"]["total"]
        for one in WAYS
    }
    best = min(tried, key=lambda one: tried[one])
    way(*best)(0, Stages())
    keep(job, out=out[:KEPT])
    found = timed(job, way(*best), len(ids))
    return {**found, "way": {"ahead": best[0], "past": best[1], "second": best[2]}}


def take(job: Job) -> dict[str, Any]:
    """`numpy.take` into the output; "clip" is the mode that does not copy twice."""
    table, ids, out = _prepared(job)

    def act(at: int, stages: Stages) -> None:
        np.take(table, ids[at], axis=0, out=out, mode="clip")
        stages.lap("forward")

    act(0, Stages())
    keep(job, out=out[:KEPT])
    return timed(job, act, len(ids))


def _prepared(job: Job) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = memory(job["rows"], job["dim"])
    inputs.fill(table)
    ids: np.ndarray = np.load(job["batches"])
    out = memory(ids.shape[1], job["dim"])
    out[:] = 0
    return table, ids, out


if __name__ == "__main__":
    answer({"plain": plain, "take": take}, ["numpy"])
