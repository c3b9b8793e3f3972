"""From a stretch of ids to windows: subsample, choose a radius, draw negatives.

Every choice is a function of (seed, stream, position in the run) alone, so a stretch gives the
same windows whichever thread works it, and an interrupted run goes on as if it had not been.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.jit import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TRIES = 8  # drawing a negative that is not taken; a tiny vocabulary goes without


class Sampling(NamedTuple):
    """How windows are drawn. `states` uint64 [3]: subsampling, radius, negatives.

    `keep` uint32 [V]: an item stays if 32 random bits are not above it. `chance` uint32 [V] and
    `alias` int32 [V]: Walker's alias table of the noise distribution. `radius`: words on each
    side at most, drawn uniformly from 1 to it where `shrink`. `negatives` are drawn for a window,
    distinct, or for each word of its context where `per_pair`.
    """

    states: np.ndarray
    keep: np.ndarray
    chance: np.ndarray
    alias: np.ndarray
    radius: int
    shrink: bool
    negatives: int
    per_pair: bool


class Windows(NamedTuple):
    """Window w: `centres[w]`, its context `contexts[cuts[w]:cuts[w + 1]]` and its negatives (-1
    where none was found): K from `negatives[w · K]` on, or K for each word of the context from
    `negatives[cuts[w] · K]` on.
    """

    centres: np.ndarray
    contexts: np.ndarray
    cuts: np.ndarray
    negatives: np.ndarray


def room(entries: int, sampling: Sampling) -> Windows:
    """Space for the windows of `entries` entries."""
    contexts = entries * 2 * sampling.radius
    drawn = contexts if sampling.per_pair else entries
    return Windows(
        np.empty(entries, np.int32),
        np.empty(contexts, np.int32),
        np.zeros(entries + 1, np.int64),
        np.empty(drawn * sampling.negatives, np.int32),
    )


@kernel
def mix(state: int) -> int:
    """SplitMix64's output for a state; the twin of `rowspace.random.mix`."""
    z = np.uint64(state)
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@kernel
def bits(state: int, position: int) -> int:
    """64 random bits for a position; the twin of `rowspace.random.bits`."""
    return mix(np.uint64(state) + (np.uint64(position) + np.uint64(1)) * _GOLDEN)


@kernel
def draw_windows(
    ids: np.ndarray, position: int, sampling: Sampling, kept: np.ndarray, windows: Windows
) -> int:
    """Fill `windows` from `ids` int32 (-1 ends a sentence); returns how many there are.

    `position` is that of ids[0] in the whole run, `kept` int32 [2, len(ids)] is scratch.
    Subsampled items are gone before windows are laid, as in word2vec and fastText.
    """
    n = 0
    for at in range(len(ids)):
        item = ids[at]
        if item >= 0:
            chance = bits(sampling.states[0], position + at) >> np.uint64(32)
            if chance > np.uint64(sampling.keep[item]):
                continue
        kept[0, n] = item
        kept[1, n] = at
        n += 1
    count = 0
    total = 0
    windows.cuts[0] = 0
    for at in range(n):
        centre = kept[0, at]
        if centre < 0:
            continue
        where = position + kept[1, at]
        radius = sampling.radius
        if sampling.shrink:
            upper = bits(sampling.states[1], where) >> np.uint64(32)
            radius = 1 + np.int64((upper * np.uint64(sampling.radius)) >> np.uint64(32))
        before = total
        for step in (-1, 1):
            near = at + step
            while near >= 0 and near < n and kept[0, near] >= 0 and abs(near - at) <= radius:
                windows.contexts[total] = kept[0, near]
                total += 1
                near += step
        if total == before:
            continue
        windows.centres[count] = centre
        first, last = (before, total) if sampling.per_pair else (count, count + 1)
        drawn = windows.negatives[first * sampling.negatives : last * sampling.negatives]
        _draw_negatives(where, sampling, centre, drawn)
        count += 1
        windows.cuts[count] = total
    return count


@kernel
def _draw_negatives(position: int, sampling: Sampling, centre: int, out: np.ndarray) -> None:
    """Items from the noise distribution, none of them the centre; -1 fills the rest.

    Those for a whole window are distinct; those for its pairs may repeat, as in word2vec.
    """
    size = np.uint64(len(sampling.chance))
    state = bits(sampling.states[2], position)
    found = 0
    for _ in range(len(out) + _TRIES):
        if found == len(out):
            return
        state += _GOLDEN
        draw = mix(state)
        item = np.int32(((draw >> np.uint64(32)) * size) >> np.uint64(32))
        if np.uint32(draw) >= sampling.chance[item]:
            item = sampling.alias[item]
        taken = item == centre
        if not sampling.per_pair:
            for other in out[:found]:
                taken = taken or other == item
        if not taken:
            out[found] = item
            found += 1
    out[found:] = -1
