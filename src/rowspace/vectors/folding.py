"""A user who was never trained, from items alone: the vector that explains them best.

z maximises Σᵢ log softmax(h·Qᵀ + b)ᵢ - |z|²/2, h = mean + A·z: items keep their rows, and the user
is taken to be one of those trained, whose vectors have that mean and the covariance A·Aᵀ. It is
concave: there is one such vector. Axes: `V` items, `D` dimensions.
"""

from __future__ import annotations

import numpy as np

STEPS = 60
CLOSE = 1e-4  # of the gradient's length at the start


def spread_of(users: np.ndarray) -> np.ndarray:
    """A, float32 [D, D]: the root of the covariance of users' vectors [U, D]."""
    centred = users.astype(np.float64) - users.mean(axis=0, dtype=np.float64)
    values, axes = np.linalg.eigh(centred.T @ centred / max(1, len(users) - 1))
    return (axes * np.sqrt(np.maximum(values, 0))).astype(np.float32)


def folded(
    items: np.ndarray,
    vectors: np.ndarray,
    biases: np.ndarray,
    *,
    mean: np.ndarray,
    spread: np.ndarray,
) -> np.ndarray:
    """The vector of a user who met `items` (ids, some perhaps twice), float32 [D].

    vectors float32 [V, D], biases float32 [V]; mean [D] and spread [D, D] of the users trained.
    """
    z = np.zeros(spread.shape[1])
    wide = np.asarray(spread, np.float64)
    start = np.asarray(mean, np.float64)
    met = vectors[items].sum(axis=0, dtype=np.float64)

    def slope(z: np.ndarray) -> tuple[float, np.ndarray]:
        """What is maximised, and its gradient."""
        scores = vectors @ (start + wide @ z).astype(np.float32) + biases
        top = float(scores.max())
        powers = np.exp(scores - top)
        whole = float(powers.sum(dtype=np.float64))
        value = float(scores[items].sum(dtype=np.float64)) - len(items) * (top + np.log(whole))
        expected = (powers @ vectors).astype(np.float64) / whole
        return value - z @ z / 2, wide.T @ (met - len(items) * expected) - z

    value, gradient = slope(z)
    least = CLOSE * (np.linalg.norm(gradient) + 1e-12)
    rate = 1.0 / (1 + len(items))
    for _ in range(STEPS):
        if np.linalg.norm(gradient) <= least:
            break
        other = z + rate * gradient
        after, turned = slope(other)
        if after < value:  # too far
            rate /= 4
            continue
        move, bend = other - z, gradient - turned
        z, value, gradient = other, after, turned
        curve = float(move @ bend)
        rate = float(move @ move) / curve if curve > 0 else 2 * rate  # Barzilai and Borwein 1988
    return (start + wide @ z).astype(np.float32)
