"""Ridge regression: numbers from features, with an L2 penalty.

C · Σ s_i |y_i - x_i W - b|² / 2 + |W|²/2 with the intercept free: scikit-learn's `Ridge` with
alpha = 1 / C. Axes: `n` cases, `F` features, `k` numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.design import design
from rowspace.evaluate.logistic import shares_of
from rowspace.evaluate.losses import Squares
from rowspace.evaluate.merged import fit
from rowspace.evaluate.minimise import Linear


@final
@dataclass(frozen=True, slots=True)
class Ridge:
    """A fit; `flat`: whether it was fitted to [n], not to [n, k]."""

    linear: Linear
    flat: bool

    def predict(self, x: Any) -> np.ndarray:
        """Float64 [n] (or [n, k]) for features float [n, F] or a Ragged."""
        given = design(x, len(self.linear.weights))
        if given.width != len(self.linear.weights):
            raise InputError(
                f"{given.width} features, but {len(self.linear.weights)} were learned from"
            )
        out = given.times(self.linear.weights) + self.linear.bias
        return out[:, 0] if self.flat else out


def fit_ridge(
    x: Any,
    y: Any,
    *,
    c: float = 1.0,
    weights: np.ndarray | None = None,
    max_seconds: float = 60.0,
) -> Ridge:
    """Fit features `x` (float [n, F], or a Ragged) to numbers `y` float [n] or [n, k].

    `c`, `weights`, `max_seconds` as in `fit_logistic`. Raises InputError, SettingError.
    """
    SettingError.unless(c > 0 and np.isfinite(c), "c", c, "above 0")
    given, truth = design(x), np.asarray(y)
    if truth.dtype.kind not in "fiub" or truth.ndim not in (1, 2) or len(truth) != given.n:
        raise InputError(f"{given.n} numbers are wanted, not {truth.dtype} {truth.shape}")
    columns = truth.astype(np.float64).reshape(given.n, -1)
    if not np.isfinite(columns).all():
        raise InputError("a number to learn is not finite", hint="leave such cases out")
    total, shares = shares_of(weights, given.n)
    # Numbers of one scale: the slopes at which the fit ends mean the same for all of them.
    middle = shares @ columns
    spread = np.sqrt(shares @ (columns - middle) ** 2)
    spread = np.where(spread > 0, spread, 1.0)
    loss = Squares((columns - middle) / spread, shares)
    first = Linear(np.zeros((given.width, columns.shape[1])), loss.start(), False, 0)
    penalty = 1 / (c * total)
    found = fit(given, loss, penalty, first, shares=shares, max_seconds=max_seconds)
    scaled = Linear(
        found.weights * spread, found.bias * spread + middle, found.converged, found.steps
    )
    return Ridge(scaled, truth.ndim == 1)
