"""implicit's part: BPR and ALS."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.harness.job import Job, answer
from benchmarks.recommend.runners.ranking import load, tasks


def matrix(data: Mapping[str, np.ndarray], job: Job) -> Any:
    """Who met what, as scipy's rows."""
    from scipy.sparse import csr_matrix

    ones = np.ones(len(data["user"]), np.float32)
    shape = (job["n_users"], job["n_items"])
    return csr_matrix((ones, (data["user"], data["item"])), shape=shape)


def model(settings: Mapping[str, Any], seed: int, job: Job) -> Any:
    """A model of theirs, not yet fitted."""
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking

    kind = BayesianPersonalizedRanking if job["kind"] == "bpr" else AlternatingLeastSquares
    return kind(**settings, random_state=seed, num_threads=job["threads"])


def fit(
    data: Mapping[str, np.ndarray], settings: Mapping[str, Any], seed: int, job: Job
) -> np.ndarray:
    """Scores of all items."""
    fitted = model(settings, seed, job)
    fitted.fit(matrix(data, job), show_progress=False)
    return np.asarray(fitted.user_factors) @ np.asarray(fitted.item_factors).T


def speed(job: Job) -> dict[str, Any]:
    """Seconds of fitting alone, with one pass before that does not count."""
    data = load(job["part"])
    rows = matrix(data, job)
    model({**job["settings"], "iterations": 1}, 0, job).fit(rows, show_progress=False)
    own = model(job["settings"], 0, job)
    began = time.perf_counter()
    own.fit(rows, show_progress=False)
    return {"seconds": {"fit": time.perf_counter() - began}}


if __name__ == "__main__":
    answer({**tasks(fit), "speed": speed}, ["implicit", "numpy"])
