"""What a recommender is measured against: what everybody met, and what the same users met.

Axes: `U` users, `V` items, `k` neighbours.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import SettingError
from rowspace.evaluate.ranking import rank_targets, ranking_scores, taken
from rowspace.evaluate.score import Score
from rowspace.ragged import Ragged
from rowspace.vocabulary.count import usable_cores

NEIGHBOURS, SHRINK = 50, 10.0
RANGES = 16  # of items a thread takes: the first have the most users


@final
@dataclass(frozen=True, slots=True, eq=False)
class Popularity:
    """The same for everybody: how many users met each item, float32 [V]."""

    counts: np.ndarray

    @classmethod
    def of(cls, seen: Ragged, n_items: int) -> Popularity:
        """From the items that each user met."""
        return cls(np.bincount(seen.ids, minlength=n_items).astype(np.float32))

    def scores(self, seen: Ragged) -> np.ndarray:
        """float32 [n, V], for users that met these items."""
        return np.tile(self.counts, (len(seen), 1))

    @property
    def bytes(self) -> int:
        """What it takes to keep."""
        return self.counts.nbytes


@final
@dataclass(frozen=True, slots=True, eq=False)
class ItemNeighbours:
    """score(u, j) = Σ of alike(j, i) over the items i of u that are among the k most alike to j;
    alike(j, i) = n_ij / (sqrt(n_i n_j) + shrink), n: users who met. (Sarwar et al. 2001.)

    Kept by i: `targets` int32 and `values` float32, from `offsets[i]` on.
    """

    targets: np.ndarray
    values: np.ndarray
    offsets: np.ndarray

    @classmethod
    def of(
        cls, seen: Ragged, n_items: int, *, k: int = NEIGHBOURS, shrink: float = SHRINK
    ) -> ItemNeighbours:
        """From the items that each user met, none of them twice."""
        from rowspace.kernels.cpu_neighbours import neighbours

        SettingError.unless(k >= 1, "neighbours", k, "at least 1")
        SettingError.unless(shrink >= 0, "shrink", shrink, "a number from 0")
        items = np.ascontiguousarray(seen.ids, np.int32)
        order = np.argsort(items, kind="stable")
        owners = np.repeat(np.arange(len(seen), dtype=np.int32), seen.lengths)[order]
        starts = np.zeros(n_items + 1, np.int64)
        np.cumsum(np.bincount(items, minlength=n_items), out=starts[1:])
        ids = np.empty((n_items, min(k, max(1, n_items - 1))), np.int32)
        values = np.empty(ids.shape, np.float32)
        offsets = np.asarray(seen.offsets, np.int64)

        def some(first: int, last: int) -> None:
            neighbours(first, last, owners, starts, items, offsets, float(shrink), ids, values)

        cores = usable_cores()
        cuts = np.linspace(0, n_items, RANGES * cores + 1).astype(np.int64).tolist()
        with ThreadPoolExecutor(cores) as threads:
            list(threads.map(some, cuts[:-1], cuts[1:]))
        there = ids >= 0
        of = np.repeat(np.arange(n_items, dtype=np.int32), there.sum(axis=1))
        by = np.argsort(ids[there], kind="stable")
        found = np.zeros(n_items + 1, np.int64)
        np.cumsum(np.bincount(ids[there], minlength=n_items), out=found[1:])
        return cls(of[by], values[there][by], found)

    def scores(self, seen: Ragged) -> np.ndarray:
        """float32 [n, V], for users that met these items."""
        n_items = len(self.offsets) - 1
        out = np.zeros((len(seen), n_items), np.float32)
        for row in range(len(seen)):
            bag = seen[row]
            lengths = self.offsets[bag + 1] - self.offsets[bag]
            places = np.repeat(self.offsets[bag] + lengths - np.cumsum(lengths), lengths)
            places += np.arange(int(lengths.sum()))
            out[row] = np.bincount(self.targets[places], self.values[places], n_items)
        return out

    @property
    def bytes(self) -> int:
        """What it takes to keep."""
        return self.targets.nbytes + self.values.nbytes + self.offsets.nbytes


def ranking_baselines(
    seen: Ragged,
    targets: Ragged,
    *,
    n_items: int,
    users: np.ndarray | None = None,
    learned: Ragged | None = None,
    ks: Sequence[int] = (10,),
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Popularity and item-kNN on the same users, items and targets as the model: name, scores,
    bytes of what they keep, and seconds to make and judge them. users: ids of those that judge;
    None: all. learned: the bags they are made of, where those who judge are not among `seen`."""
    judging = np.arange(len(seen)) if users is None else users
    found = []
    for name, kind in (("popularity", Popularity), ("item-kNN", ItemNeighbours)):
        began = time.monotonic()
        made: Popularity | ItemNeighbours = kind.of(seen if learned is None else learned, n_items)
        scores = baseline_scores(
            made, taken(seen, judging), taken(targets, judging), n_items=n_items, ks=ks, seed=seed
        )
        seconds = time.monotonic() - began
        found.append({
            "name": name,
            "scores": [score.as_json() for score in scores],
            "bytes": made.bytes,
            "seconds": round(seconds, 3),
        })  # fmt: skip
    return found


def baseline_scores(
    made: Popularity | ItemNeighbours,
    seen: Ragged,
    targets: Ragged,
    *,
    n_items: int,
    ks: Sequence[int] = (10,),
    seed: int = 0,
) -> list[Score]:
    """The scores of one baseline; what nobody met has score 0 and comes last."""

    def scorer(users: np.ndarray) -> np.ndarray:
        return made.scores(taken(seen, users))

    ranks = rank_targets(
        scorer, np.arange(len(seen)), seen, targets, n_items=n_items, depth=max(ks)
    )
    return ranking_scores(ranks, ks=ks, seed=seed)
