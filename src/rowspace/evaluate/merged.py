"""Features that one case alone has, as one feature of that case: the same fit, far smaller.

An L2 penalty makes the weights of such features multiples of their values x, so one feature of the
value |x| stands for them all. Most words and pairs of words occur once. Axes: `n` cases, `F`
features, `k` outputs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from rowspace.evaluate.design import Design, Sparse
from rowspace.evaluate.minimise import Linear, Loss, minimise
from rowspace.ragged import Ragged


@final
@dataclass(frozen=True, slots=True)
class Merged:
    """`design`: the smaller one. Of its features the first are `common` int64, by number; then one
    a case. `alone` int64 [A]: features of one case; `places` [A]: what stands for each; `parts`
    float64 [A]: x / |x|."""

    design: Sparse
    common: np.ndarray
    alone: np.ndarray
    places: np.ndarray
    parts: np.ndarray

    def small(self, weights: np.ndarray) -> np.ndarray:
        """The weights [F, k] of the larger design for this one."""
        out = np.zeros((self.design.width, weights.shape[1]))
        out[: len(self.common)] = weights[self.common]
        for column in range(weights.shape[1]):
            values = self.parts * weights[self.alone, column]
            out[:, column] += np.bincount(self.places, values, minlength=len(out))
        return out

    def large(self, weights: np.ndarray, width: int) -> np.ndarray:
        """The weights of this design for the larger one of `width` features."""
        out = np.zeros((width, weights.shape[1]))
        out[self.common] = weights[: len(self.common)]
        out[self.alone] = self.parts[:, None] * weights[self.places]
        return out


def merged(x: Sparse) -> Merged:
    """The smaller design, for features whose every entry is named once a case."""
    ids, offsets, values = x.entries
    counts = np.bincount(ids, minlength=x.width)
    cases = np.repeat(np.arange(x.n), np.diff(offsets))
    once, common = counts[ids] == 1, np.flatnonzero(counts > 1)
    lengths = np.sqrt(np.bincount(cases[once], values[once] ** 2, minlength=x.n))
    own = np.flatnonzero(lengths > 0)
    stands = np.full(x.n, -1)
    stands[own] = len(common) + np.arange(len(own))
    place = np.cumsum(counts > 1) - 1
    owners = np.concatenate([cases[~once], own])
    order = np.argsort(owners, kind="stable")
    features = np.concatenate([place[ids[~once]], stands[own]])[order]
    entries = np.concatenate([values[~once], lengths[own]])[order]
    ends = np.append(0, np.cumsum(np.bincount(owners, minlength=x.n)))
    alone = once & (values != 0)
    at = cases[alone]
    small = Sparse(Ragged(features, ends, entries), len(common) + len(own))
    return Merged(small, common, ids[alone], stands[at], values[alone] / lengths[at])


def fit(x: Design, loss: Loss, penalty: float, start: Linear, **limits: Any) -> Linear:
    """`minimise`, over the smaller design where `x` is sparse; `limits` are its own."""
    if not isinstance(x, Sparse):
        return minimise(x, loss, penalty, start, **limits)
    if x.smaller is None:
        x.smaller = merged(x)
    less: Merged = x.smaller
    first = replace(start, weights=less.small(start.weights))
    found = minimise(less.design, loss, penalty, first, **limits)
    return replace(found, weights=less.large(found.weights, x.width))
