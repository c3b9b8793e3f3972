"""The least loss of a linear model with an L2 penalty, by L-BFGS.

f(W, b) = Σ s_i ℓ(x_i W + b, y_i) / Σ s_i + λ/2 |W|², convex, the intercept b free. The margins
x_i W along a direction are a straight line, so a search along it needs no further products: one
X·W and one Xᵀ·G a step. Source: Liu and Nocedal (1989), started from the features' curvature. Axes:
`n` cases, `F` features, `k` outputs.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np

from rowspace.evaluate.design import Design

MEMORY = 12
NUMBERS = 1 << 26
"""Numbers the memory of steps may hold."""
MOST = 2000
TOLERANCE = 1e-8
_FLAT = 0.2
"""A search along a line ends where the slope has fallen to this share."""


Scaling: TypeAlias = Callable[[np.ndarray], np.ndarray]
"""A gradient [F + 1, k] by about the inverse of the curvature."""


class Loss(ABC):
    """A convex loss of margins [n, k]; the weights of the cases are inside it, their sum 1."""

    @abstractmethod
    def at(self, margins: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss, and its gradient by the margins [n, k]."""

    @abstractmethod
    def curvature(self) -> np.ndarray:
        """About how curved the loss of a case is by each output, float64 [k]."""


@final
@dataclass(frozen=True, slots=True)
class Linear:
    """`weights` float64 [F, k] and `bias` [k]; whether the fit `converged`, in how many `steps`."""

    weights: np.ndarray
    bias: np.ndarray
    converged: bool
    steps: int


def minimise(
    x: Design,
    loss: Loss,
    penalty: float,
    start: Linear,
    *,
    shares: np.ndarray,
    max_seconds: float,
    tolerance: float = TOLERANCE,
) -> Linear:
    """From `start` to where no slope is above `tolerance`, or the time is over.

    `shares` float64 [n]: the weights of the cases, sum 1.
    """
    deadline = time.monotonic() + max_seconds
    w, b = start.weights.copy(), start.bias.copy()
    margins = x.times(w) + b
    value, slopes = loss.at(margins)
    gradient = _gradient(x, slopes, w, penalty)
    memory = _Memory(_scaling(x, loss, penalty, shares), (len(w) + 1) * len(b))
    step = 0
    while step < MOST and time.monotonic() < deadline:
        if np.abs(gradient).max() <= tolerance:
            return Linear(w, b, True, step)
        way = memory.direction(gradient)
        line = _Line(loss, margins, x.times(way[:-1]) + way[-1], penalty, w, way[:-1])
        length, slopes = line.search(value + penalty / 2 * dot(w, w))
        if length == 0.0:
            break
        w += length * way[:-1]
        b += length * way[-1]
        margins = margins + length * line.way
        value = line.loss_there
        before, gradient = gradient, _gradient(x, slopes, w, penalty)
        memory.keep(np.multiply(way, length, out=way), np.subtract(gradient, before, out=before))
        step += 1
    return Linear(w, b, bool(np.abs(gradient).max() <= tolerance), step)


def _scaling(x: Design, loss: Loss, penalty: float, shares: np.ndarray) -> Scaling:
    """About the inverse of the curvature: by the features' own axes where they are few,
    else feature by feature."""
    curved = loss.curvature()
    axes = x.axes(shares)
    if axes is None:
        diagonal = x.squares(shares)[:, None] * curved + penalty
        scale = np.concatenate([1 / np.maximum(diagonal, 1e-12), 1 / curved[None]])
        return lambda way: way * scale
    lengths, turn = axes
    inverse = 1 / np.maximum(lengths[:, None] * curved + penalty, 1e-12)
    return lambda way: turn @ (inverse * (turn.T @ way))


def _gradient(x: Design, slopes: np.ndarray, w: np.ndarray, penalty: float) -> np.ndarray:
    """By the weights and, in the last row, the intercept; float64 [F + 1, k]."""
    return np.concatenate([x.back(slopes) + penalty * w, slopes.sum(axis=0)[None]])


def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Σ a · b, in this thread: BLAS's own threads cost more than they give where cores are busy."""
    return float(np.einsum("i,i->", a.reshape(-1), b.reshape(-1)))


@final
class _Memory:
    """The last steps and how the gradient changed over them."""

    def __init__(self, scale: Scaling, size: int) -> None:
        self._scale = scale
        self._kept: list[tuple[np.ndarray, np.ndarray, float]] = []
        self._most = int(np.clip(NUMBERS // (2 * size), 3, MEMORY))

    def keep(self, moved: np.ndarray, changed: np.ndarray) -> None:
        """A step that curved upwards."""
        product = dot(moved, changed)
        if product > 1e-14 * dot(moved, moved):
            self._kept = [*self._kept, (moved, changed, product)][-self._most :]

    def direction(self, gradient: np.ndarray) -> np.ndarray:
        """Downhill: minus the inverse of the remembered curvature times the gradient."""
        way, taken, room = gradient.copy(), [], np.empty_like(gradient)
        for moved, changed, product in reversed(self._kept):
            taken.append(dot(moved, way) / product)
            way -= np.multiply(changed, taken[-1], out=room)
        way = self._scale(way)
        if self._kept:
            _, changed, product = self._kept[-1]
            way *= product / dot(self._scale(changed), changed)
        for (moved, changed, product), share in zip(self._kept, reversed(taken), strict=True):
            rest = share - dot(changed, way) / product
            way += np.multiply(moved, rest, out=room)
        return np.negative(way, out=way)


@final
class _Line:
    """The whole objective along margins + t · way, where the slope only rises with t."""

    def __init__(
        self,
        loss: Loss,
        margins: np.ndarray,
        way: np.ndarray,
        penalty: float,
        w: np.ndarray,
        dw: np.ndarray,
    ) -> None:
        self._loss, self._margins, self.way = loss, margins, way
        ww, wd, dd = dot(w, w), dot(w, dw), dot(dw, dw)
        self._penalty = penalty * ww / 2, penalty * wd, penalty * dd
        self.loss_there = 0.0

    def at(self, t: float) -> tuple[float, float, np.ndarray]:
        """Objective, slope, and the loss's gradient by the margins."""
        self.loss_there, slopes = self._loss.at(self._margins + t * self.way)
        start, first, second = self._penalty
        value = self.loss_there + start + t * first + t * t * second / 2
        return value, dot(slopes, self.way) + first + t * second, slopes

    def search(self, value: float) -> tuple[float, np.ndarray]:
        """A length at which the slope is nearly gone and the objective no higher, and the
        gradient there; length 0 where there is no way down."""
        _, steep, slopes = self.at(0.0)
        if not steep < 0:
            return 0.0, slopes
        low, low_slope, high, high_slope = 0.0, steep, np.inf, np.inf
        t = 1.0
        for _ in range(30):
            here, slope, slopes = self.at(t)
            fine = np.isfinite(here) and here <= value + 1e-4 * t * steep + 1e-15 * abs(value)
            if fine and abs(slope) <= _FLAT * -steep:
                return t, slopes
            if fine and slope < 0:
                low, low_slope = t, slope
            else:
                high, high_slope = t, slope
            if np.isinf(high):
                t = low + min(max(1.0, 4 * low), -low_slope * low / max(1e-300, low_slope - steep))
                t = max(t, 1.5 * low)
            else:
                t = self._between(low, low_slope, high, high_slope)
        if low:
            return low, self.at(low)[2]
        return 0.0, slopes

    @staticmethod
    def _between(low: float, low_slope: float, high: float, high_slope: float) -> float:
        """Where a straight slope would be gone, kept away from the ends."""
        share = 0.5
        if np.isfinite(high_slope) and high_slope > 0:
            share = min(max(low_slope / (low_slope - high_slope), 0.1), 0.9)
        return low + share * (high - low)
