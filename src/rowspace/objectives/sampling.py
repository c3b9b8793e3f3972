"""From counts and an objective to how windows are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rowspace.objectives.objective import Prediction
from rowspace.random import Stream, state

if TYPE_CHECKING:
    from rowspace.kernels.cpu_windows import Sampling

_STREAMS = (Stream.SUBSAMPLE, Stream.WINDOW, Stream.NEGATIVES)


def keep_thresholds(counts: np.ndarray, sample: float) -> np.ndarray:
    """uint32 [V]: an item stays if 32 random bits are not above it (Mikolov's C code's rule)."""
    share = np.maximum(counts, 1) / max(1, counts.sum())
    kept = np.sqrt(sample / share) + sample / share if sample else np.ones(len(counts))
    return np.asarray(np.minimum(kept * 2.0**32, 2**32 - 1), np.uint32)


def noise(counts: np.ndarray, power: float) -> tuple[np.ndarray, np.ndarray]:
    """Walker's alias table of counts ** power: chance uint32 [V], alias int32 [V].

    An item that was never counted is never drawn.
    """
    from rowspace.kernels.cpu_fill import alias_table

    present = counts > 0 if (counts > 0).any() else np.ones(len(counts), bool)
    weights = np.zeros(len(counts))
    # Scaled by the largest count first, or a large power would leave the float64 range.
    weights[present] = (np.maximum(counts[present], 1) / max(1, counts.max())) ** power
    weights *= len(counts) / weights.sum()
    chance, alias = np.empty(len(counts), np.uint32), np.empty(len(counts), np.int32)
    alias_table(weights, chance, alias)
    return chance, alias


def sampling(
    objective: Prediction, counts: np.ndarray, *, per_pair: bool = False, seed: int
) -> Sampling:
    """How the windows of a run are drawn; the same for the same seed, whoever draws them."""
    from rowspace.kernels.cpu_windows import Sampling

    states = np.array([state(seed, stream) for stream in _STREAMS], np.uint64)
    keep = keep_thresholds(counts, objective.sample)
    chance, alias = noise(counts, objective.noise_power)
    size, negative = objective.window, objective.drawn
    return Sampling(states, keep, chance, alias, size, objective.shrink, negative, per_pair)
