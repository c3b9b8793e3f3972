"""The clock of every contestant: some rounds that do not count, then as many as fit the seconds.

Batches are cycled, so that no round meets the ids of the one before it. NumPy and what every
Python has.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.job import Job, Stages

LEAST, MOST = 5, 2000  # rounds that are timed


def timed(job: Job, act: Callable[[int, Stages], None], batches: int) -> dict[str, Any]:
    """Medians over the rounds in seconds, by stage and in all (`total`), the `best` in all, how
    many `rounds` they were; and cores that were `busy` for it meanwhile, and for `others`."""
    for at in range(max(2, min(batches, 4))):
        act(at % batches, Stages())
    laps: list[dict[str, float]] = []
    totals: list[float] = []
    worked, elsewhere = time.process_time(), used()
    until = time.perf_counter() + job["seconds"]
    while len(laps) < LEAST or (time.perf_counter() < until and len(laps) < MOST):
        stages = Stages()
        began = stages.last = time.perf_counter()
        act(len(laps) % batches, stages)
        totals.append(stages.last - began)
        laps.append(stages.seconds)
    middle = {name: float(np.median([lap[name] for lap in laps])) for name in laps[0]}
    worked, elsewhere = time.process_time() - worked, used() - elsewhere
    return {
        "seconds": {**middle, "total": float(np.median(totals))},
        "best": min(totals),
        "rounds": len(laps),
        "busy": worked / sum(totals),
        "others": max(0.0, elsewhere - worked) / sum(totals),
    }


def used() -> float:
    """Processor seconds of the whole machine since it was started."""
    names = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, irq, softirq, *_ = map(int, names)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def probed(ids: np.ndarray) -> np.ndarray:
    """Rows to compare afterwards: those of the first ids of the first batch."""
    return np.unique(ids[0][:256])


def keep(job: Job, **arrays: Any) -> None:
    """What the others are compared with."""
    if job.get("probe"):
        np.savez(job["probe"], **arrays)
