"""How well users' items are ranked: NDCG, recall, MRR, hit rate, coverage, over all items.

No sampling of items: each target is ranked among all that the user has not met. Axes: `U` users,
`V` items, `T` targets, `k` places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.resample import interval
from rowspace.evaluate.score import Score
from rowspace.ragged import Ragged

Scorer: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""Users int64 [n] to the scores of all items, float32 [n, V]; it may be written over."""
NUMBERS = 1 << 22
"""Scores worked out at a time."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """`ranks` float64 [T]: how many items stand above each target, ties by half; inf for a target
    that cannot be ranked. `offsets` int64 [U + 1]: whose targets they are. shown: how many
    distinct items stand among somebody's `depth` best, of `n_items`."""

    ranks: np.ndarray
    offsets: np.ndarray
    shown: int
    depth: int
    n_items: int


def rank_targets(
    scorer: Scorer,
    users: np.ndarray,
    seen: Ragged,
    targets: Ragged,
    *,
    n_items: int,
    depth: int = 10,
) -> Ranks:
    """Rank each user's targets among all items but those seen.

    users int64 [U]: what `scorer` is asked with. seen, targets: bags of item ids, one a user; a
    target of -1 is not known, and one that is seen counts as not ranked. Scores that are NaN come
    last. Raises InputError for bags that do not go together.
    """
    if not len(users) == len(seen) == len(targets):
        raise InputError(f"{len(users)} users, {len(seen)} bags seen, {len(targets)} of targets")
    SettingError.unless(depth >= 1, "depth", depth, "at least 1")
    ranks = np.full(len(targets.ids), np.inf)
    shown = np.zeros(n_items, bool)
    step = max(1, NUMBERS // max(1, n_items))
    for start in range(0, len(users), step):
        stop = min(start + step, len(users))
        scores = np.array(scorer(users[start:stop]), np.float32, copy=None)
        np.nan_to_num(scores, copy=False, nan=-np.inf, posinf=np.inf, neginf=-np.inf)
        _hide(scores, seen, start, stop)
        where = slice(targets.offsets[start], targets.offsets[stop])
        ranks[where] = _ranks(scores, targets, start, stop)
        _show(shown, scores, min(depth, n_items))
    return Ranks(ranks, targets.offsets, int(shown.sum()), depth, n_items)


def taken(bags: Ragged, some: np.ndarray) -> Ragged:
    """Some of the bags."""
    lengths = bags.lengths[some]
    offsets = np.zeros(len(some) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    places = np.repeat(bags.offsets[some] - offsets[:-1], lengths) + np.arange(offsets[-1])
    return Ragged(bags.ids[places], offsets)


def _hide(scores: np.ndarray, seen: Ragged, start: int, stop: int) -> None:
    items = seen.ids[seen.offsets[start] : seen.offsets[stop]]
    row = np.repeat(np.arange(stop - start), seen.lengths[start:stop])
    scores[row, items] = -np.inf


def _ranks(scores: np.ndarray, targets: Ragged, start: int, stop: int) -> np.ndarray:
    """float64, of the targets of these users."""
    items = targets.ids[targets.offsets[start] : targets.offsets[stop]]
    row = np.repeat(np.arange(stop - start), targets.lengths[start:stop])
    found = np.full(len(items), np.inf)
    for at in range(0, len(items), max(1, len(scores))):
        some = slice(at, at + max(1, len(scores)))
        known = np.flatnonzero(items[some] >= 0) + at
        own = scores[row[known], items[known]][:, None]
        others = scores[row[known]]
        above = (others > own).sum(axis=1) + ((others == own).sum(axis=1) - 1) / 2
        found[known] = np.where(np.isfinite(own[:, 0]), above, np.inf)
    return found


def _show(shown: np.ndarray, scores: np.ndarray, depth: int) -> None:
    best = np.argpartition(scores, scores.shape[1] - depth, axis=1)[:, -depth:]
    finite = np.isfinite(np.take_along_axis(scores, best, axis=1))
    shown[best[finite]] = True


@final
@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Figures of each user with targets, float64 [n]: ndcg, recall, hit (at k), reciprocal rank."""

    ndcg: np.ndarray
    recall: np.ndarray
    hit: np.ndarray
    reciprocal: np.ndarray


def by_user(found: Ranks, k: int = 10) -> Ranked:
    """DCG@k = Σ 1 / log2(rank + 2) over targets of rank below k; NDCG divides by the best there
    could be (Järvelin and Kekäläinen 2002). recall: the share of targets below k; reciprocal: of
    the best target's place, however far down."""
    SettingError.unless(k >= 1, "k", k, "at least 1")
    lengths = np.diff(found.offsets)
    kept = np.flatnonzero(lengths > 0)
    user = np.repeat(np.arange(len(lengths)), lengths)
    below = found.ranks < k
    with np.errstate(divide="ignore"):
        gain = np.where(below, 1 / np.log2(found.ranks + 2), 0.0)
    ideal = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(k) + 2))])
    size = len(lengths)
    dcg = np.bincount(user, gain, size)[kept]
    hits = np.bincount(user, below, size)[kept]
    best = np.full(size, np.inf)
    np.minimum.at(best, user, found.ranks)
    return Ranked(
        dcg / ideal[np.minimum(lengths[kept], k)],
        hits / lengths[kept],
        (hits > 0).astype(np.float64),
        1 / (best[kept] + 1),
    )


def ndcg(found: Ranks, k: int = 10) -> float:
    """Mean NDCG@k over the users with targets; NaN without any."""
    values = by_user(found, k).ndcg
    return float(values.mean()) if len(values) else float("nan")


def ranking_scores(found: Ranks, *, ks: Sequence[int] = (10,), seed: int = 0) -> list[Score]:
    """NDCG@k, recall@k and hit@k for each k, MRR, and coverage@depth.

    Means over the users with targets, with 95 % bootstrap intervals over users. A target that
    cannot be ranked (an item that was never trained on) counts as missed; `Score.coverage` is the
    share of targets that can. coverage@depth is the share of all items that stand among somebody's
    best.
    """
    known = float(np.isfinite(found.ranks).mean()) if len(found.ranks) else 0.0
    columns: list[tuple[str, np.ndarray]] = []
    for k in ks:
        figures = by_user(found, k)
        columns += [(f"ndcg@{k}", figures.ndcg), (f"recall@{k}", figures.recall)]
        columns += [(f"hit@{k}", figures.hit)]
    columns.append(("mrr", by_user(found, 1).reciprocal))
    values = np.stack([value for _, value in columns], axis=1)
    n = len(values)
    shown = found.shown / found.n_items if found.n_items else float("nan")
    whole = Score(f"coverage@{found.depth}", shown, n, 1.0, float("nan"), float("nan"))
    if not n:
        nan = float("nan")
        return [*(Score(name, nan, 0, known, nan, nan) for name, _ in columns), whole]

    def means(draws: np.ndarray) -> np.ndarray:
        return draws @ values / draws.sum(axis=1, keepdims=True)

    low, high = interval(np.ones(n, np.int64), means, seed, width=n)
    middle = values.mean(axis=0)
    scores = [
        Score(name, float(middle[at]), n, known, float(low[at]), float(high[at]))
        for at, (name, _) in enumerate(columns)
    ]
    return [*scores, whole]
