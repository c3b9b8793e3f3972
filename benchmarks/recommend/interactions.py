"""MovieLens latest-small, left out by time: each user's last item is the test part, the one before
it the validation part, all before are trained on.

One in six neighbours has the same time as the next, and the file has these by movie number, which
whoever learns from order could use: they are shuffled here, once and for everybody.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.words.corpus import MissingDataError

NAME = "recsys/ml-latest-small/ratings.csv"


@dataclass(frozen=True, slots=True)
class Left:
    """Paths of .npz files: `user`, `item` int64 in order of time, and `target` int64 [U]: what is
    to be found after `train` (the validation part) and after `both` (the test part)."""

    train: str
    both: str
    n_users: int
    n_items: int


def left_out(data: Path, cache: Path) -> Left:
    """The parts, made when they are missing. Raises MissingDataError."""
    source = data / NAME
    if not source.exists():
        raise MissingDataError(f"{source} is not there; set ROWSPACE_DATA")
    with source.open(newline="", encoding="utf-8") as file:
        rows = np.array([(r["userId"], r["movieId"], r["timestamp"])
                         for r in csv.DictReader(file)], np.int64)  # fmt: skip
    users, user = np.unique(rows[:, 0], return_inverse=True)
    items, item = np.unique(rows[:, 1], return_inverse=True)
    shuffled = np.random.default_rng(0).permutation(len(rows))
    order = np.lexsort((shuffled, rows[:, 2], user))
    user, item = user[order], item[order]
    ends = np.cumsum(np.bincount(user))
    age = ends[user] - 1 - np.arange(len(user))  # 0: a user's last
    cache.mkdir(parents=True, exist_ok=True)
    paths = {"train": cache / "movielens-train.npz", "both": cache / "movielens-both.npz"}
    for least, path in zip((2, 1), paths.values(), strict=True):
        kept = age >= least
        np.savez(path, user=user[kept], item=item[kept], target=item[age == least - 1])
    return Left(str(paths["train"]), str(paths["both"]), len(users), len(items))
