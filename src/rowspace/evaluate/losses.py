"""Losses of linear models: softmax of one label, logistic of several, squares of numbers.

Each holds the truth and the cases' shares (their weights, sum 1). Axes: `n` cases, `k` outputs.
"""

from __future__ import annotations

from typing import final

import numpy as np

from rowspace.evaluate.minimise import Loss

LEAST_CURVED = 1e-3


@final
class Softmax(Loss):
    """-log softmax(margins)[label], labels int64 [n] below k."""

    def __init__(self, labels: np.ndarray, k: int, shares: np.ndarray) -> None:
        self._labels, self._shares = labels, shares
        self._cases = np.arange(len(labels))
        self._rates = np.bincount(labels, shares, minlength=k)

    def at(self, margins: np.ndarray) -> tuple[float, np.ndarray]:
        """Σ share · loss, and its gradient."""
        margins = margins - margins.max(axis=1, keepdims=True)
        slopes = np.exp(margins)
        total = slopes.sum(axis=1)
        lost = np.log(total) - margins[self._cases, self._labels]
        slopes *= (self._shares / total)[:, None]
        slopes[self._cases, self._labels] -= self._shares
        return float(self._shares @ lost), slopes

    def curvature(self) -> np.ndarray:
        """p (1 - p) at the labels' own rates."""
        return np.maximum(self._rates * (1 - self._rates), LEAST_CURVED)

    def start(self) -> np.ndarray:
        """The intercepts that answer with the labels' rates."""
        return np.log(np.maximum(self._rates, 1e-12))


@final
class Logistic(Loss):
    """Σ over outputs of log(1 + e^margin) - truth · margin, truth float64 [n, k] of 0 and 1."""

    def __init__(self, truth: np.ndarray, shares: np.ndarray) -> None:
        self._truth, self._shares = truth, shares
        self._rates = shares @ truth

    def at(self, margins: np.ndarray) -> tuple[float, np.ndarray]:
        """Σ share · loss, and its gradient."""
        small = np.exp(-np.abs(margins))
        lost = np.log1p(small) + np.maximum(margins, 0) - self._truth * margins
        p = np.where(margins >= 0, 1.0, small) / (1 + small)
        return float(self._shares @ lost.sum(axis=1)), self._shares[:, None] * (p - self._truth)

    def curvature(self) -> np.ndarray:
        """p (1 - p) at the outputs' own rates."""
        return np.maximum(self._rates * (1 - self._rates), LEAST_CURVED)

    def start(self) -> np.ndarray:
        """The intercepts that answer with the outputs' rates."""
        rates = np.clip(self._rates, 1e-12, 1 - 1e-12)
        return np.log(rates / (1 - rates))


@final
class Squares(Loss):
    """(margin - truth)² / 2 summed over outputs, truth float64 [n, k]."""

    def __init__(self, truth: np.ndarray, shares: np.ndarray) -> None:
        self._truth, self._shares = truth, shares

    def at(self, margins: np.ndarray) -> tuple[float, np.ndarray]:
        """Σ share · loss, and its gradient."""
        off = margins - self._truth
        slopes = self._shares[:, None] * off
        return float((slopes * off).sum()) / 2, slopes

    def curvature(self) -> np.ndarray:
        """One, everywhere."""
        return np.ones(self._truth.shape[1])

    def start(self) -> np.ndarray:
        """The means."""
        return np.asarray(self._shares @ self._truth)
