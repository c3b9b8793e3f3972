"""Lengths and cosines, where a vector that is zero or not finite has similarity 0 to all."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np

# Below this a float32 norm's inverse is no longer a finite float32.
SMALLEST = 1e-37
BLOCK = 1 << 22


def row_blocks(matrix: np.ndarray, numbers: int = BLOCK) -> range:
    """Where to cut the rows of a matrix so that a block holds about `numbers` numbers."""
    return range(0, len(matrix), max(1, numbers // max(1, matrix.shape[1])))


def inverse_norms(matrix: np.ndarray) -> np.ndarray:
    """1 / |row|, float32 [V]; 0 for a row that is zero or not finite."""
    out = np.zeros(len(matrix), np.float32)
    blocks = row_blocks(matrix)
    for start in blocks:
        # float64: the square of a float32 may leave float32's range.
        some = matrix[start : start + blocks.step].astype(np.float64)
        norms = np.sqrt(np.einsum("vd,vd->v", some, some))
        fine = np.isfinite(norms) & (norms > SMALLEST)
        out[start : start + blocks.step][fine] = 1.0 / norms[fine]
    return out


def unit_rows(matrix: np.ndarray) -> np.ndarray:
    """Each row divided by its length, float32; zeros where `inverse_norms` is 0."""
    out = np.zeros(matrix.shape, np.float32)
    inverse = inverse_norms(matrix)
    np.multiply(matrix, inverse[:, None], out=out, where=inverse[:, None] > 0)
    return out


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of two vectors, in [-1, 1]."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = sqrt(np.dot(a, a)) * sqrt(np.dot(b, b))
    if not SMALLEST < lengths < inf:
        return 0.0
    return float(min(1.0, max(-1.0, np.dot(a, b) / lengths)))
