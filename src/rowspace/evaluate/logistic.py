"""Logistic regression with an L2 penalty: the yardstick that every embedding is held to.

The objective is scikit-learn's: C · Σ s_i ℓ_i + |W|²/2, the intercept without penalty; softmax over
one label a case (two labels: one logistic output), one-vs-rest over several. Axes: `n` cases, `F`
features, `L` labels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate import losses
from rowspace.evaluate.design import design
from rowspace.evaluate.merged import fit
from rowspace.evaluate.minimise import TOLERANCE, Linear

SURE = 1e-12
"""Shares of cases add up to one but for so much."""


@final
@dataclass(frozen=True, slots=True)
class LogisticRegression:
    """A fit: `linear` over the labels `fitted` int64, of `labels` in all, `several` or one a case.

    `rates` float64 [L]: how often each was true. A label that no case had, or every one, is
    answered with its rate alone.
    """

    linear: Linear
    fitted: np.ndarray
    rates: np.ndarray
    several: bool

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return len(self.rates)

    def probabilities(self, x: Any) -> np.ndarray:
        """Float64 [n, L] for features float [n, F] or a Ragged; the rows of one label a case sum
        to one."""
        given = design(x, len(self.linear.weights))
        if given.width != len(self.linear.weights):
            raise InputError(
                f"{given.width} features, but {len(self.linear.weights)} were learned from"
            )
        out = np.tile(self.rates, (given.n, 1))
        if not len(self.fitted):
            return out
        margins = given.times(self.linear.weights) + self.linear.bias
        if self.several:
            out[:, self.fitted] = _logistic(margins)
        elif len(self.fitted) == 2:
            p = _logistic(margins[:, 0])
            out[:, self.fitted] = np.stack([1 - p, p], axis=1)
        else:
            powers = np.exp(margins - margins.max(axis=1, keepdims=True))
            out[:, self.fitted] = powers / powers.sum(axis=1, keepdims=True)
        return out


def fit_logistic(  # noqa: PLR0913 - a fit has so many settings
    x: Any,
    y: Any,
    *,
    c: float = 1.0,
    weights: np.ndarray | None = None,
    labels: int | None = None,
    max_seconds: float = 60.0,
    start: LogisticRegression | None = None,
    tolerance: float = TOLERANCE,
) -> LogisticRegression:
    """Fit features `x` (float [n, F], or a Ragged of features and their values) to labels `y`.

    `y` int [n], one of `labels` (the highest + 1) a case; or bool [n, L], several. `c`: the larger,
    the less is held back. `weights` [n]: how much each case counts. After `max_seconds` the fit is
    returned as it is (`linear.converged` tells). `start`: a fit of the same data to begin with;
    `tolerance`: the steepest slope to end with, 1e-8 for probabilities that are good to 1e-4.
    Raises InputError for what does not go together, holds NaN or is negative; SettingError.
    """
    SettingError.unless(c > 0 and np.isfinite(c), "c", c, "above 0")
    given, truth = design(x), np.asarray(y)
    total, shares = shares_of(weights, given.n)
    if len(truth) != given.n:
        raise InputError(f"{len(truth)} labels for {given.n} cases")
    several = truth.ndim == 2
    loss, fitted, rates = _several(truth, shares) if several else _single(truth, labels, shares)
    if loss is None:
        nothing = Linear(np.zeros((given.width, 0)), np.zeros(0), True, 0)
        return LogisticRegression(nothing, fitted, rates, several)
    bias = loss.start()
    first = Linear(np.zeros((given.width, len(bias))), bias, False, 0)
    if start is not None and start.linear.weights.shape == first.weights.shape:
        first = start.linear
    penalty = 1 / (c * total)
    limits = {"max_seconds": max_seconds, "tolerance": tolerance}
    found = fit(given, loss, penalty, first, shares=shares, **limits)
    if not several:
        rates = np.zeros(len(rates))
    return LogisticRegression(found, fitted, rates, several)


def shares_of(weights: np.ndarray | None, n: int) -> tuple[float, np.ndarray]:
    """The sum of the cases' weights, and each one's part of it."""
    given = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    if given.shape != (n,):
        raise InputError(f"weights {given.shape} for {n} cases")
    if not (np.isfinite(given).all() and (given >= 0).all() and given.sum() > 0):
        raise InputError("a case's weight is 0 or more, and some are above 0")
    total = float(given.sum())
    return total, given / total


def _single(
    truth: np.ndarray, labels: int | None, shares: np.ndarray
) -> tuple[losses.Softmax | losses.Logistic | None, np.ndarray, np.ndarray]:
    """The loss over the labels that occur; None where there is one only."""
    if truth.ndim != 1 or truth.dtype.kind not in "iub" or truth.min() < 0:
        raise InputError("labels are whole numbers from 0 on, one a case, or bool [n, L]")
    truth = truth.astype(np.int64)
    size = int(truth.max()) + 1 if labels is None else labels
    if truth.max() >= size:
        raise InputError(f"label {truth.max()} is not one of {size}")
    rates = np.bincount(truth, shares, minlength=size)
    fitted = np.flatnonzero(rates > 0)
    if len(fitted) == 1:
        return None, fitted[:0], np.ceil(np.minimum(rates, 1))
    if (rates[truth] == 0).any():  # labels whose cases all weigh nothing
        truth = np.where(rates[truth] > 0, truth, fitted[0])
    places = np.searchsorted(fitted, truth)
    if len(fitted) == 2:
        return losses.Logistic(places[:, None].astype(np.float64), shares), fitted, rates
    return losses.Softmax(places, len(fitted), shares), fitted, rates


def _several(
    truth: np.ndarray, shares: np.ndarray
) -> tuple[losses.Logistic | None, np.ndarray, np.ndarray]:
    if truth.dtype != bool and not np.isin(truth, (0, 1)).all():
        raise InputError("several labels a case are bool [n, L]")
    truth = truth.astype(np.float64)
    rates = shares @ truth
    rates = np.where(rates > 1 - SURE, 1.0, rates)
    fitted = np.flatnonzero((rates > 0) & (rates < 1))
    if not len(fitted):
        return None, fitted, rates
    return losses.Logistic(truth[:, fitted], shares), fitted, rates


def _logistic(margins: np.ndarray) -> np.ndarray:
    small = np.exp(-np.abs(margins))
    return np.asarray(np.where(margins >= 0, 1.0, small) / (1 + small))
