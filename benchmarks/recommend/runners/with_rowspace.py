"""rowspace's part: recommenders, and the two baselines it prints beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.harness.job import Job, answer
from benchmarks.recommend.runners.ranking import load, tasks


def fit(
    data: Mapping[str, np.ndarray], settings: Mapping[str, Any], seed: int, job: Job
) -> np.ndarray:
    """Scores of all items by number. Raises RuntimeError for a run that diverged."""
    if job["kind"] == "learned":
        return learned(data, settings, seed, job)
    from rowspace.evaluate.ranking_baselines import ItemNeighbours, Popularity
    from rowspace.ragged import Ragged

    offsets = np.concatenate([[0], np.cumsum(np.bincount(data["user"], minlength=job["n_users"]))])
    seen = Ragged(data["item"].astype(np.int64), offsets.astype(np.int64))
    if job["kind"] == "popularity":
        return Popularity.of(seen, job["n_items"]).scores(seen)
    return ItemNeighbours.of(seen, job["n_items"], **settings).scores(seen)


def table(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns as a user would give them."""
    return {"user": data["user"], "item": data["item"], "time": np.arange(len(data["user"]))}


def learned(
    data: Mapping[str, np.ndarray], settings: Mapping[str, Any], seed: int, job: Job
) -> np.ndarray:
    """By the public functions; items that nobody met come last."""
    import rowspace as rs
    from rowspace.training.recommend import train_recommender
    from rowspace.vectors.recommend import Recommender

    how = {"seed": seed, "threads": job["threads"], **settings}
    try:
        model = Recommender.of(train_recommender(table(data), **how))
    except rs.DivergedError as error:
        raise RuntimeError(str(error)) from error
    users = model.users.vocabulary.ids(map(str, range(job["n_users"])))
    items = model.items.vocabulary.ids(map(str, range(job["n_items"])))
    found = model.scores(model.users[users])
    wide = np.full((job["n_users"], job["n_items"]), found.min() - 1, np.float32)
    wide[:, items >= 0] = found[:, items[items >= 0]]
    return wide


def speed(job: Job) -> dict[str, Any]:
    """Seconds of the epochs alone, with one before that does not count."""
    from rowspace.training.recommend import train_recommender

    columns = table(load(job["part"]))
    how = {**job["settings"], "threads": job["threads"], "valid": "none"}
    train_recommender(columns, **{**how, "epochs": 1})
    record = train_recommender(columns, **how).record
    pairs = record["data"]["pairs"] * job["settings"]["epochs"]
    return {"seconds": {"fit": pairs / record["pairs_per_second"]}}


if __name__ == "__main__":
    answer({**tasks(fit), "speed": speed}, ["rowspace", "numpy"])
