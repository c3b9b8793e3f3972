"""A linear fit whose C is chosen on a validation part, within a bound of time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from rowspace.evaluate.design import Design
from rowspace.evaluate.logistic import LogisticRegression, fit_logistic
from rowspace.evaluate.metrics import metric
from rowspace.evaluate.ridge import Ridge, fit_ridge
from rowspace.random import Stream, bits

CHOICES = (0.1, 1.0, 10.0, 100.0)
ROUGH = 1e-6
"""Where the fits end: probabilities good to about a thousandth."""
Fit = TypeVar("Fit", LogisticRegression, Ridge)


def search_logistic(
    x: Design,
    y: np.ndarray,
    valid: Design,
    truth: Any,
    *,
    labels: int,
    max_seconds: float,
    choices: Sequence[float] = CHOICES,
) -> tuple[LogisticRegression, float]:
    """The fit with the best accuracy on the validation part (micro F1 of several labels a case),
    and its C; the smaller of equals."""
    value = metric("accuracy" if y.ndim == 1 else "micro-f1")
    last: list[LogisticRegression] = []

    def fit(c: float, seconds: float) -> LogisticRegression:
        start = last[-1] if last else None
        limits: dict[str, Any] = {"max_seconds": seconds, "tolerance": ROUGH}
        last.append(fit_logistic(x, y, c=c, labels=labels, start=start, **limits))
        return last[-1]

    return _best(fit, lambda made: value(truth, made.probabilities(valid)), max_seconds, choices)


def search_ridge(
    x: Design,
    y: np.ndarray,
    valid: Design,
    truth: np.ndarray,
    *,
    max_seconds: float,
    choices: Sequence[float] = CHOICES,
) -> tuple[Ridge, float]:
    """The fit with the least squared error on the validation part, and its C."""

    def fit(c: float, seconds: float) -> Ridge:
        return fit_ridge(x, y, c=c, max_seconds=seconds)

    def value(made: Ridge) -> float:
        return -float(((made.predict(valid) - truth) ** 2).mean())

    return _best(fit, value, max_seconds, choices)


def drawn(n: int, most: int, hold: bool, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Which of n cases to learn from, at most so many, and which choose: a tenth with `hold`, all
    where that is none; int64 each, in order."""
    order = np.argsort(bits(seed, Stream.BASELINE, np.arange(n)), kind="stable")
    held = n // 10 if hold else 0
    own = np.sort(order[held : held + most])
    return own, np.sort(order[:held]) if held else np.arange(n)


def _best(
    fit: Callable[[float, float], Fit],
    value: Callable[[Fit], float],
    max_seconds: float,
    choices: Sequence[float],
) -> tuple[Fit, float]:
    """Each choice has an even part of the time that is left; without time the first is it."""
    deadline = time.monotonic() + max_seconds
    best: tuple[float, Fit, float] | None = None
    for place, c in enumerate(choices):
        left = deadline - time.monotonic()
        if left <= 0 and best is not None:
            break
        made = fit(c, max(0.0, left) / (len(choices) - place))
        reached = value(made)
        if best is None or reached > best[0]:
            best = reached, made, c
    assert best is not None  # noqa: S101 - the first choice is always fitted
    return best[1], best[2]
