"""`Design`: the features of n cases, dense or sparse, as a fit needs them: X·W and Xᵀ·G.

Axes: `n` cases, `F` features, `k` outputs, `N` entries that are not zero.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.sparse_reference import weighted_sums
from rowspace.ragged import Ragged
from rowspace.threads import get_threads, spread

WIDE = 1 << 25
"""Dense numbers beyond which float32 stays float32."""
FEW = 1 << 10
"""Features whose axes are worked out."""
FILLED = 1 << 26
"""Places of a sparse matrix, zeros and all, that may be gone through for its axes."""
ROWS = 4096
Turned = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Weights of the cases, and eigenvalues and vectors for them."""
MANY = 1 << 17
"""Numbers a product touches from which on the compiled one is worth loading."""


class Design(ABC):
    """Features of `n` cases, `width` to a case."""

    n: int
    width: int

    @abstractmethod
    def times(self, weights: np.ndarray) -> np.ndarray:
        """X · weights, float64 [n, k] from [F, k]."""

    @abstractmethod
    def back(self, values: np.ndarray) -> np.ndarray:
        """Xᵀ · values, float64 [F, k] from [n, k]."""

    @abstractmethod
    def squares(self, weights: np.ndarray) -> np.ndarray:
        """Σ over cases of weights · x², float64 [F]."""

    def axes(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Eigenvalues and vectors of Σ weights · [x 1]ᵀ[x 1], float64 [F + 1]; None where they
        would cost too much."""
        return None


@final
class Dense(Design):
    """A matrix of numbers [n, F]."""

    def __init__(self, x: np.ndarray) -> None:
        self.x = x if x.dtype == np.float32 and x.size > WIDE else x.astype(np.float64, copy=False)
        self.n, self.width = x.shape
        self._turned: Turned | None = None

    def times(self, weights: np.ndarray) -> np.ndarray:
        """X · weights."""
        return np.asarray(self.x @ weights.astype(self.x.dtype), np.float64)

    def back(self, values: np.ndarray) -> np.ndarray:
        """Xᵀ · values."""
        return np.asarray(self.x.T @ values.astype(self.x.dtype), np.float64)

    def axes(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Of at most 1,024 features; kept for the next fit with the same weights."""
        if self.width > FEW:
            return None
        if self._turned is None or not np.array_equal(self._turned[0], weights):
            scaled = self.x * np.sqrt(weights)[:, None].astype(self.x.dtype)
            sums, total = self.back(weights[:, None])[:, 0], float(weights.sum())
            self._turned = weights.copy(), *_axes(scaled.T @ scaled, sums, total)
        return self._turned[1:]

    def squares(self, weights: np.ndarray) -> np.ndarray:
        """Σ weights · x²."""
        return np.einsum("nf,nf,n->f", self.x, self.x, weights.astype(self.x.dtype)).astype(float)


@final
class Sparse(Design):
    """A bag of features a case, `weights` their values (None: ones). Ids from `width` on are left
    out: no weight was learned for them."""

    def __init__(self, bags: Ragged, width: int | None = None) -> None:
        ids = bags.ids.astype(np.int64, copy=False)
        values = np.ones(len(ids)) if bags.weights is None else bags.weights.astype(np.float64)
        offsets = bags.offsets.astype(np.int64, copy=False)
        self.width = int(ids.max(initial=-1)) + 1 if width is None else width
        if (ids >= self.width).any():
            kept = ids < self.width
            before = np.append(0, np.cumsum(kept))
            ids, values, offsets = ids[kept], values[kept], before[offsets]
        self.n = len(bags)
        self.entries = ids, offsets, values
        self._down: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        self._turned: Turned | None = None
        self.smaller: Any = None
        """What `merged` made of it, for the next fit."""

    def times(self, weights: np.ndarray) -> np.ndarray:
        """X · weights."""
        return _sums(weights, *self.entries)

    def back(self, values: np.ndarray) -> np.ndarray:
        """Xᵀ · values: the same sums over the transpose, which is made at the first call."""
        if self._down is None:
            ids, offsets, entries = self.entries
            order = np.argsort(ids, kind="stable")
            cases = np.repeat(np.arange(self.n), np.diff(offsets))
            ends = np.append(0, np.cumsum(np.bincount(ids, minlength=self.width)))
            self._down = cases[order], ends, entries[order]
        return _sums(values, *self._down)

    def axes(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Of at most 1,024 features, filled in block by block; kept as a Dense keeps them."""
        if self.width > FEW or self.n * self.width > FILLED:
            return None
        if self._turned is None or not np.array_equal(self._turned[0], weights):
            sums, total = self.back(weights[:, None])[:, 0], float(weights.sum())
            self._turned = weights.copy(), *_axes(self._moments(weights), sums, total)
        return self._turned[1:]

    def _moments(self, weights: np.ndarray) -> np.ndarray:
        ids, offsets, values = self.entries
        moments = np.zeros((self.width, self.width))
        for first in range(0, self.n, ROWS):
            last = min(first + ROWS, self.n)
            part = slice(int(offsets[first]), int(offsets[last]))
            rows = np.repeat(np.arange(last - first), np.diff(offsets[first : last + 1]))
            keys, size = rows * self.width + ids[part], (last - first) * self.width
            some = np.bincount(keys, values[part], minlength=size).reshape(-1, self.width)
            moments += some.T @ (some * weights[first:last, None])
        return moments

    def squares(self, weights: np.ndarray) -> np.ndarray:
        """Σ weights · x²."""
        ids, offsets, values = self.entries
        each = np.repeat(weights, np.diff(offsets))
        return np.bincount(ids, each * values * values, minlength=self.width)


def design(x: Any, width: int | None = None) -> Design:
    """A Design of float [n, F] or a Ragged of features (`width`: how many there are).

    Raises InputError for numbers that are not finite, for no cases, for what has another shape.
    """
    if isinstance(x, Design):
        return x
    if isinstance(x, Ragged):
        if x.ids.size and x.ids.min() < 0:
            raise InputError(f"a feature's number is from 0 on, not {x.ids.min()}")
        values = x.weights
        made: Design = Sparse(x, width)
    else:
        values = np.asarray(x)
        if values.ndim != 2 or values.dtype.kind not in "fiub":
            raise InputError(f"features are numbers [n, F], not {values.dtype} {values.shape}")
        made = Dense(values)
    if not made.n:
        raise InputError("there are no cases to learn from", hint="give at least one")
    if values is not None and not np.isfinite(values).all():
        raise InputError("a feature is not finite: NaN or infinity", hint="fill in what is missing")
    return made


def _axes(moments: np.ndarray, sums: np.ndarray, total: float) -> tuple[np.ndarray, np.ndarray]:
    """The axes of the features and the intercept."""
    whole = np.empty((len(sums) + 1, len(sums) + 1))
    whole[:-1, :-1], whole[-1, :-1], whole[:-1, -1], whole[-1, -1] = moments, sums, sums, total
    lengths, turn = np.linalg.eigh(whole)
    return lengths, turn


def _sums(
    rows: np.ndarray, ids: np.ndarray, offsets: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """`weighted_sums`, compiled and on every core where it is worth it."""
    if len(ids) * rows.shape[1] < MANY:
        return weighted_sums(rows, ids, offsets, weights)
    from rowspace.kernels import cpu_sparse

    rows = np.ascontiguousarray(rows, np.float64)
    out = np.zeros((len(offsets) - 1, rows.shape[1]))
    # Ranges of equal work: as many ids in each.
    shares = np.linspace(0, len(ids), 4 * get_threads() + 1).astype(np.int64)
    cuts = np.unique(np.append(np.searchsorted(offsets, shares[:-1]), [0, len(out)])).tolist()

    def work(first: int, last: int) -> None:
        cpu_sparse.weighted_sums(rows, ids, offsets, weights, cuts[first], cuts[last], out)

    spread(work, len(cuts) - 1, 1)
    return out
