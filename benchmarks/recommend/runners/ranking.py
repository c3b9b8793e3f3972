"""Where each user's target stands among all items not met: NumPy alone, the same for everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.harness.job import Job

Fit = Callable[[Mapping[str, np.ndarray], Mapping[str, Any], int, Job], np.ndarray]
"""Data, settings, seed, the job to scores of all items, float [U, V]."""


def load(path: str) -> dict[str, np.ndarray]:
    """The arrays of a part."""
    with np.load(path) as found:
        return {name: found[name] for name in found.files}


def ranks(scores: np.ndarray, data: Mapping[str, np.ndarray]) -> list[float]:
    """Items above the target of each user, ties by half; those met are out."""
    open_ = np.array(scores, np.float64)
    open_[data["user"], data["item"]] = -np.inf
    own = open_[np.arange(len(open_)), data["target"]][:, None]
    above = (open_ > own).sum(axis=1) + ((open_ == own).sum(axis=1) - 1) / 2
    return [float(one) for one in np.where(np.isfinite(own[:, 0]), above, 1e9)]


def tasks(fit: Fit) -> dict[str, Callable[[Job], dict[str, Any]]]:
    """`trials`: settings and seeds, each with the ranks it comes to, or that it failed."""

    def trials(job: Job) -> dict[str, Any]:
        data, found = load(job["part"]), []
        for settings, seed in job["trials"]:
            try:
                told: Sequence[float] = ranks(fit(data, settings, seed, job), data)
            except RuntimeError as error:
                print(f"{settings}: {error}", flush=True)
                told = [1e9] * len(data["target"])
            found.append({"settings": settings, "seed": seed, "ranks": list(told)})
        return {"found": found}

    return {"trials": trials}
