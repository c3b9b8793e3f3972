"""Temperature: one number that makes probabilities mean what they say, fitted on a validation part.

Scores are divided by T before the softmax or the logistic function; the order of the labels stays.
Source: Guo et al. (2017). Axes: `n` cases, `L` labels.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.truth import Truth, truth_of

LEAST, MOST = 0.05, 20.0
STEPS = 60
_GOLD = (5**0.5 - 1) / 2


def temperature(scores: Any, truth: Any, *, loss: str = "softmax") -> float:
    """The T from 0.05 to 20 with the least log loss of `scores` / T on a validation part.

    `scores` float [n, L] before the softmax ("softmax", one label a case) or before the logistic
    function ("logistic": each label by itself); logarithms of probabilities do for a softmax.
    `truth` as `judge` takes it; cases whose label training never saw do not count. Never worse than
    T = 1, which is the answer where nothing can be learned: no cases, no spread of scores, all of
    them right or all wrong so that T would run away, scores that are not finite. Raises InputError
    for what does not go together.
    """
    SettingError.unless(loss in ("softmax", "logistic"), "loss", loss, "softmax or logistic")
    given = np.asarray(scores, np.float64)
    if given.ndim != 2:
        raise InputError(f"scores are numbers [n, L], not of shape {given.shape}")
    if not given.size or (given.shape[1] < 2 and loss == "softmax"):
        return 1.0
    known = truth_of(truth, given.shape[1])
    if len(known) != len(given):
        raise InputError(f"{len(known)} true labels for {len(given)} cases")
    if loss == "softmax" and not known.single:
        raise InputError("a softmax's temperature needs one label a case", hint="loss='logistic'")
    kept = np.asarray(np.isfinite(given).all(axis=1))
    if loss == "softmax":
        kept &= known.bags.ids < given.shape[1]
    if not kept.any():
        return 1.0
    return _least(_Loss(given, known, kept, loss))


@final
class _Loss:
    """The mean log loss as a function of 1 / T: convex."""

    def __init__(self, scores: np.ndarray, truth: Truth, kept: np.ndarray, loss: str) -> None:
        rows, labels = truth.cases, truth.bags.ids
        known = labels < scores.shape[1]
        true = np.zeros(scores.shape, bool)
        true[rows[known], labels[known]] = True
        self.scores, self.true, self.softmax = scores[kept], true[kept], loss == "softmax"

    def at(self, factor: float) -> float:
        """At scores · factor."""
        scores = self.scores * factor
        if self.softmax:
            scores -= scores.max(axis=1, keepdims=True)
            return float((np.log(np.exp(scores).sum(axis=1)) - scores[self.true]).mean())
        lost = np.log1p(np.exp(-np.abs(scores))) + np.maximum(scores, 0)
        return float((lost - np.where(self.true, scores, 0.0)).sum(axis=1).mean())


def _least(loss: _Loss) -> float:
    """Golden section over log T; 1 at an end of the range, or where it gains nothing."""
    low, high = np.log(LEAST), np.log(MOST)
    edges = (low, high)
    left, right = high - _GOLD * (high - low), low + _GOLD * (high - low)
    at_left, at_right = loss.at(np.exp(-left)), loss.at(np.exp(-right))
    for _ in range(STEPS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLD * (high - low)
            at_left = loss.at(np.exp(-left))
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLD * (high - low)
            at_right = loss.at(np.exp(-right))
    best = (low + high) / 2
    runs_away = min(best - edges[0], edges[1] - best) < 1e-3
    found = float(np.exp(best))
    return 1.0 if runs_away or not loss.at(1 / found) < loss.at(1.0) else found
