"""Predicted numbers against the true ones: RMSE, MAE and R², each with an interval."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.resample import interval
from rowspace.evaluate.score import Score

LOWER = {"better": "lower"}


def judge_numbers(truth: Any, predicted: Any, *, seed: int = 0) -> list[Score]:
    """`rmse`, `mae` and `r2` of float [n] against float [n], with 95 % bootstrap intervals.

    rmse = √(Σ (y - p)² / n), mae = Σ |y - p| / n, r2 = 1 - Σ (y - p)² / Σ (y - mean y)², NaN where
    the truth does not vary. Cases without a true number (NaN) or a prediction are left out, and
    `coverage` is the share of those with a true number that have a prediction. Raises InputError.
    """
    y, p = (np.asarray(one, np.float64) for one in (truth, predicted))
    if y.ndim != 1 or y.shape != p.shape:
        raise InputError(f"{p.shape} predictions for {y.shape} true numbers")
    if np.isinf(y).any() or np.isinf(p).any():
        raise InputError("numbers to judge must be finite, not infinity")
    there = ~np.isnan(y)
    both = there & ~np.isnan(p)
    if not both.any():
        raise InputError("there is nothing to judge: no case has a true number and a prediction")
    coverage = float(both.sum() / there.sum())
    y, p = y[both], p[both]
    middle = float(y.mean())
    off, shifted = y - p, y - middle
    columns = np.stack([off**2, np.abs(off), shifted**2, shifted, np.ones(len(y))], axis=1)
    flat = bool((y == y[0]).all())

    def figures(draws: np.ndarray) -> np.ndarray:
        squares, absolute, spread, shift, n = (draws @ columns).T
        rest = spread - shift**2 / n
        good = 1 - squares / rest
        r2 = np.where((rest > 0) & (not flat), good, math.nan)
        return np.stack([np.sqrt(squares / n), absolute / n, r2], axis=1)

    ones = np.ones(len(y), np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = figures(ones[None].astype(np.float64))[0].tolist()
    lows, highs = interval(ones, figures, seed)
    rows = zip(("rmse", "mae", "r2"), values, lows.tolist(), highs.tolist(), strict=True)
    return [
        Score(name, value, len(y), coverage, low, high, {} if name == "r2" else LOWER)
        for name, value, low, high in rows
    ]
