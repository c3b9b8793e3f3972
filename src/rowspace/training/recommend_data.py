"""From interactions to ids in order: who met what, which pairs train and which judge.

Axes: `U` users, `V` items, `F` features, `N` pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from rowspace.corpus.interactions import Features, Interactions
from rowspace.corpus.splits import split, split_by_time
from rowspace.errors import InputError, SettingError
from rowspace.ragged import Ragged
from rowspace.random import Stream, integers
from rowspace.vocabulary import Vocabulary, to_bytes

FEWEST = 2
"""Users or items that share a feature at least, or it has no row: one of its own says no more."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Encounters:
    """Distinct pairs, by user, then in order: `user` and `item` int64 [N], `ratings` and `times`
    float64 [N] or None. repeated: how many rows named a pair again."""

    users: Vocabulary
    items: Vocabulary
    user: np.ndarray
    item: np.ndarray
    ratings: np.ndarray | None
    times: np.ndarray | None
    repeated: int
    source: str

    def __len__(self) -> int:
        return len(self.user)

    def take(self, index: np.ndarray) -> Encounters:
        """Some of the pairs, in their order: ids int64 or bool [N]."""
        ratings = None if self.ratings is None else self.ratings[index]
        times = None if self.times is None else self.times[index]
        user, item = self.user[index], self.item[index]
        return replace(self, user=user, item=item, ratings=ratings, times=times)

    def bags(self) -> Ragged:
        """The items of each user in their order, ids int64."""
        offsets = np.zeros(len(self.users) + 1, np.int64)
        np.cumsum(np.bincount(self.user, minlength=len(self.users)), out=offsets[1:])
        return Ragged(self.item, offsets)


def encounters(
    found: Interactions,
    *,
    user_features: Features | None = None,
    item_features: Features | None = None,
) -> Encounters:
    """Users and items get their ids, the most often met first; a pair named again counts once, at
    its last time. Those that only features name follow, with counts of 0.

    Raises InputError where there are no two users or no two items.
    """
    users, user = _encoded(found.users, user_features)
    items, item = _encoded(found.items, item_features)
    for what, known in (("user", users), ("item", items)):
        if np.count_nonzero(known.counts) < 2:
            raise InputError(
                f"{found.source}: one {what} alone, {known.item(0)!r:.60}: there is nothing to "
                "rank it by",
                hint=f"--{what} COLUMN says which column names the {what}",
            )
    keys = (np.arange(len(found)),)
    order = np.lexsort((*keys, user) if found.times is None else (*keys, found.times, user))
    pair = user[order] * len(items) + item[order]
    last = np.zeros(len(order), bool)
    last[len(order) - 1 - np.unique(pair[::-1], return_index=True)[1]] = True
    kept = order[last]
    return Encounters(
        users,
        items,
        user[kept],
        item[kept],
        None if found.ratings is None else found.ratings[kept],
        None if found.times is None else found.times[kept],
        len(order) - len(kept),
        found.source,
    )


def _encoded(cells: np.ndarray, features: Features | None) -> tuple[Vocabulary, np.ndarray]:
    """The vocabulary and each cell's id, int64."""
    codes: dict[str, int] = {}
    places = np.fromiter((codes.setdefault(one, len(codes)) for one in cells), np.int64, len(cells))
    counts = dict(zip(codes, np.bincount(places, minlength=len(codes)).tolist(), strict=True))
    for name in features.names if features is not None else ():
        counts.setdefault(name, 0)
    vocabulary = Vocabulary.from_counts(counts, min_count=0)
    return vocabulary, vocabulary.ids(codes)[places]


@final
@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Pairs to train on, and the items to be found for each user: `targets`, a bag a user."""

    train: Encounters
    targets: Ragged | None
    how: str


def parted(pairs: Encounters, valid: Any, *, seed: int) -> Parts:
    """Which pairs train. valid: "last", each user's last pair judges (without times one drawn by
    the seed); a share, the last of all pairs by time (without times any); "none".

    A user keeps at least one pair to be trained on under "last". Raises SettingError, InputError.
    """
    if valid in ("none", None) or (valid == 0 and not isinstance(valid, bool)):
        return Parts(pairs, None, "none")
    if valid == "last":
        held = _last(pairs, seed)
        how = "each user's last item"
        if pairs.times is None:
            how = "one item of each user, drawn"
    else:
        number = isinstance(valid, (int, float)) and not isinstance(valid, bool)
        SettingError.unless(number, "valid", valid, "last, none, or a share such as 0.1")
        held = np.zeros(len(pairs), bool)
        if pairs.times is None:
            held[split(len(pairs), valid, seed=seed)[1]] = True
        else:
            held[split_by_time(pairs.times, valid)[1]] = True
        how = f"the last {valid:g} by time" if pairs.times is not None else f"{valid:g}, drawn"
    if not held.any():
        raise InputError(
            f"{pairs.source}: no user has two items, so none can judge",
            hint="--valid none trains without a validation part",
        )
    return Parts(pairs.take(~held), pairs.take(held).bags(), how)


def _last(pairs: Encounters, seed: int) -> np.ndarray:
    offsets = pairs.bags().offsets
    sizes = np.diff(offsets)
    several = np.flatnonzero(sizes > 1)
    places = sizes[several] - 1
    if pairs.times is None:
        drawn = [integers(seed, Stream.SPLIT, one, int(sizes[one])) for one in several.tolist()]
        places = np.array(drawn, np.int64)
    held = np.zeros(len(pairs), bool)
    held[offsets[several] + places] = True
    return held


def positives(pairs: Encounters, least: float | None) -> Encounters:
    """Those rated `least` or above. Raises InputError where there are none, or no ratings."""
    if least is None:
        return pairs
    if pairs.ratings is None:
        raise InputError(
            f"{pairs.source}: --min-rating, but there is no column of ratings",
            hint="--rating COLUMN says which it is",
        )
    enough = pairs.ratings >= least
    if not enough.any():
        highest = np.nanmax(pairs.ratings) if np.isfinite(pairs.ratings).any() else float("nan")
        raise InputError(
            f"{pairs.source}: no rating is {least:g} or above; the highest is {highest:g}",
            hint="lower --min-rating",
        )
    return pairs.take(enough)


def weights(pairs: Encounters, weigh: bool) -> np.ndarray:
    """What each pair counts for, float32 [N]: 1, or its rating by the mean of all ratings.

    A rating that is missing counts 1. Raises InputError for ratings below 0.
    """
    ones = np.ones(len(pairs), np.float32)
    if not weigh:
        return ones
    if pairs.ratings is None:
        raise InputError(
            f"{pairs.source}: ratings are to weigh, but there is no column of them",
            hint="--rating COLUMN says which it is",
        )
    there = np.isfinite(pairs.ratings)
    given = pairs.ratings[there]
    if not len(given) or given.min() < 0 or given.mean() == 0:
        raise InputError(
            f"{pairs.source}: ratings that weigh must be numbers from 0, some above it",
            hint="--min-rating X takes those of X and above as they are",
        )
    ones[there] = given / given.mean()
    return ones


@final
@dataclass(frozen=True, slots=True, eq=False)
class Bags:
    """Rows of users or items: the own row of id i is row i, that of feature f row V + f.

    `rows` has `weights`: an own row counts 1, the features of one together 1. features: None
    without any."""

    rows: Ragged
    n_rows: int
    features: Vocabulary | None


def bags(known: Vocabulary, given: Features | None) -> Bags:
    """The bag of each user or item. A feature of one alone has no row."""
    size = len(known)
    if given is None:
        ones = np.ones(size, np.float32)
        ids = np.arange(size, dtype=np.int32)
        return Bags(Ragged(ids, np.arange(size + 1, dtype=np.int64), ones), size, None)
    counts = Counter(value for values in given.values for value in values)
    shared = {value: count for value, count in counts.items() if count >= FEWEST}
    features = Vocabulary.from_counts(shared) if shared else None
    lists: list[Sequence[int]] = [()] * size
    for name, values in zip(given.names, given.values, strict=True):
        kept = [value for value in values if value in shared]
        if features is not None and kept:
            lists[known.find(to_bytes(name))] = (features.ids(kept) + size).tolist()
    shares = [[1.0, *(1 / len(more) for _ in more)] for more in lists]
    flat = Ragged.of([[own, *more] for own, more in enumerate(lists)])
    weights = np.array([share for one in shares for share in one], np.float32)
    n_rows = size + (0 if features is None else len(features))
    return Bags(Ragged(flat.ids.astype(np.int32), flat.offsets, weights), n_rows, features)
