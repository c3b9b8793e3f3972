"""Fewer numbers a vector: the principal axes through the origin, on which cosines stay best.

y = x P, with P [D, d] the eigenvectors of Σ x xᵀ over the known items of the d largest eigenvalues.
The mean is not taken off first, so that zero stays zero, cosines are those of the nearest vectors
in d dimensions, and rows that are pooled may be turned one by one. Axes: `D` dimensions, `d` kept.
"""

from __future__ import annotations

import numpy as np

from rowspace.errors import SettingError
from rowspace.vectors import Head, Model, Vectors
from rowspace.vectors.derived import TurnedRows
from rowspace.vectors.stored import parts_of

PART = 1 << 20


def axes_of(vectors: Vectors, dim: int) -> tuple[np.ndarray, float]:
    """P float32 [D, d], and the share of the squared lengths that stays. Raises SettingError."""
    wanted = f"from 1 to {vectors.dim}, the numbers that the vectors have"
    SettingError.unless(1 <= dim <= vectors.dim, "dim", dim, wanted)
    moments = np.zeros((vectors.dim, vectors.dim))
    for block in vectors.blocks(PART):
        wide = block[np.isfinite(block).all(axis=1)].astype(np.float64)
        moments += wide.T @ wide
    values, axes = np.linalg.eigh(moments)
    best = axes[:, ::-1][:, :dim]
    # Of the two directions of an axis the one whose largest number is positive.
    best = best * np.where(best[np.abs(best).argmax(axis=0), np.arange(dim)] < 0, -1, 1)
    total = values.sum()
    kept = float(values[::-1][:dim].sum() / total) if total > 0 else 1.0
    return best.astype(np.float32), min(1.0, kept)


def on_axes(model: Model, axes: np.ndarray) -> Model:
    """The model with its rows, and its labels' rows, on these axes."""
    vectors, head = model.vectors, model.head
    rows = np.empty((len(vectors.rows), axes.shape[1]), np.float32)
    turned = TurnedRows(vectors.rows, axes)
    blocks = parts_of(vectors.rows)
    for start in blocks:
        rows[start : start + blocks.step] = turned[start : start + blocks.step]
    if head is not None:
        weights = np.asarray(head.weights, np.float32) @ axes
        head = Head(head.labels, weights, head.loss, head.exact)
    return Model(Vectors(vectors.vocabulary, rows), model.config, model.record, None, head)
