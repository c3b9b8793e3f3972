"""Several trials as one model: what a text's score is made of is linear in its rows, so the mean of
several models is a model too, exactly, where a text has the same rows in all of them.

The mean of a few good trials is nearly always better than the best, and less a matter of luck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from rowspace.training.autotune_board import Board, Scale
from rowspace.training.autotune_space import Candidate
from rowspace.training.autotune_trial import Trial

FINALISTS, POOL, STARTS = 8, 12, 3
Measured: TypeAlias = Callable[[int, np.ndarray], tuple[float, float]]


def alike(one: Candidate, other: Candidate) -> bool:
    """Whether two can be made one: the same loss, and families of rows that are the same or that
    one of them has not."""
    a, b = one.objective, other.objective
    if a.loss != b.loss or a.min_count != b.min_count:
        return False
    runs, grams = (_runs(a), _runs(b)), (_grams(a), _grams(b))
    return all(None in pair or pair[0] == pair[1] for pair in (runs, grams))


def _runs(one: Any) -> tuple[Any, ...] | None:
    many = one.words > 1 or one.gaps
    return (one.words, one.gaps, one.min_grams, one.max_grams) if many else None


def _grams(one: Any) -> tuple[Any, ...] | None:
    return (one.minn, one.maxn, one.min_grams, one.max_grams) if one.maxn else None


def finalists(board: Board) -> list[Trial]:
    """The best, and those next to it that could be made one with it and with each other."""
    found: list[Trial] = []
    for trial in board.ranked():
        if len(found) < FINALISTS and all(alike(trial.candidate, one.candidate) for one in found):
            found.append(trial)
    return found


def members(board: Board, measured: Measured, *, most: int) -> list[Trial]:
    """The trials that are best together, by all the parts that have judged the best one: those that
    help are added one by one (Caruana et al. 2004), from each of the best few as the first.

    measured(number of a part, margins) -> its figure and log-likelihood.
    """
    ranked = board.ranked()
    best = ranked[0]
    share = max(one.share for one in best.looks)
    parts = set(_margins(best, share))
    pool = [one for one in ranked if parts and parts <= set(_margins(one, share))][:POOL]
    if not pool or most < 2:
        return [best]
    scale = Scale([at for one in board.good() for at in one.looks if at.part == 0], board.weight)

    def worth(some: Sequence[Trial]) -> float:
        return sum(scale.number(*measured(part, together(some, part, share))) for part in parts)

    found, highest = [best], worth([best])
    for start in pool[:STARTS]:
        some, value = _grown([start], pool, worth, most)
        if value > highest:
            found, highest = some, value
    return found


def _grown(
    some: list[Trial], pool: Sequence[Trial], worth: Callable[[Sequence[Trial]], float], most: int
) -> tuple[list[Trial], float]:
    """With those of the pool that make it better, the one that helps most first."""
    value = worth(some)
    while len(some) < most:
        tried = [
            (worth([*some, one]), -place)
            for place, one in enumerate(pool)
            if one not in some and all(alike(one.candidate, two.candidate) for two in some)
        ]
        if not tried or max(tried)[0] <= value:
            break
        value, place = max(tried)
        some = [*some, pool[-place]]
    return some, value


def together(some: Sequence[Trial], part: int, share: float) -> np.ndarray:
    """The mean of their margins on a part, float32 [n, L]."""
    found = [_margins(one, share)[part] for one in some]
    return np.asarray(sum(found[1:], found[0]) / np.float32(len(found)))


def _margins(trial: Trial, share: float) -> dict[int, np.ndarray]:
    return {at.part: at.margins for at in trial.looks
            if at.margins is not None and at.share == share}  # fmt: skip
