"""Drawn windows against the same choices made slowly, number by number."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace import random
from rowspace.kernels.cpu_windows import Sampling, Windows, draw_windows, room
from rowspace.objectives.sampling import keep_thresholds, noise

V = 50


def sampling(
    negatives: int = 5,
    *,
    radius: int = 4,
    shrink: bool = True,
    sample: float = 0.02,
    per_pair: bool = False,
) -> Sampling:
    counts = np.arange(1, V + 1)[::-1].astype(np.int64) ** 2
    states = np.array([random.state(7, stream) for stream in (3, 4, 5)], np.uint64)
    chance, alias = noise(counts, 0.75)
    keep = keep_thresholds(counts, sample)
    return Sampling(states, keep, chance, alias, radius, shrink, negatives, per_pair)


def corpus(n: int = 400) -> np.ndarray:
    ids = np.random.default_rng(3).integers(0, V, n).astype(np.int32)
    ids[::23] = -1
    return ids


def draw(ids: np.ndarray, position: int, how: Sampling) -> tuple[Windows, int]:
    windows = room(len(ids), how)
    count = draw_windows(ids, position, how, np.empty((2, len(ids)), np.int32), windows)
    return windows, count


def slowly(ids: np.ndarray, position: int, how: Sampling) -> list[tuple[int, list[int]]]:
    """Centres and contexts, from rowspace.random alone."""
    chance = random.bits(7, 3, position + np.arange(len(ids))) >> np.uint64(32)
    kept = [
        (item, at)
        for at, item in enumerate(ids.tolist())
        if item < 0 or chance[at] <= how.keep[item]
    ]
    found = []
    for k, (centre, at) in enumerate(kept):
        if centre < 0:
            continue
        radius = how.radius
        if how.shrink:
            radius = 1 + int(random.integers(7, 4, position + at, how.radius))
        context = []
        for step in (-1, 1):
            near = k + step
            while 0 <= near < len(kept) and abs(near - k) <= radius and kept[near][0] >= 0:
                context.append(kept[near][0])
                near += step
        if context:
            found.append((centre, context))
    return found


@pytest.mark.parametrize("shrink", [True, False])
@pytest.mark.parametrize("position", [0, 2**40])
def test_windows_are_those_of_the_slow_reading(shrink: bool, position: int) -> None:
    how = sampling(shrink=shrink)
    windows, count = draw(corpus(), position, how)
    found = [
        (int(windows.centres[w]), windows.contexts[windows.cuts[w] : windows.cuts[w + 1]].tolist())
        for w in range(count)
    ]
    assert found == slowly(corpus(), position, how)
    assert count > 100


def test_a_stretch_gives_the_same_windows_alone_as_in_the_run() -> None:
    """What a thread draws depends on the position in the run, not on where its stretch began."""
    how, ids = sampling(), corpus()
    ids[200] = -1  # windows do not cross the cut
    whole, count = draw(ids, 0, how)
    first, n = draw(ids[:200], 0, how)
    second, m = draw(ids[200:], 200, how)
    assert n + m == count
    joined = np.concatenate([first.centres[:n], second.centres[:m]])
    assert (joined == whole.centres[:count]).all()
    negatives = np.concatenate([first.negatives[: n * 5], second.negatives[: m * 5]])
    assert (negatives == whole.negatives[: count * 5]).all()


def test_another_epoch_draws_other_windows() -> None:
    """The same random stream in every epoch cost eleven points of analogies in a trial."""
    how, ids = sampling(), corpus()
    first, n = draw(ids, 0, how)
    second, m = draw(ids, len(ids), how)
    assert n != m or (first.negatives[: n * 5] != second.negatives[: n * 5]).any()


def test_negatives_are_distinct_and_never_the_centre() -> None:
    windows, count = draw(corpus(), 0, sampling(6))
    for w in range(count):
        drawn = [item for item in windows.negatives[w * 6 : w * 6 + 6].tolist() if item >= 0]
        assert len(set(drawn)) == len(drawn)
        assert windows.centres[w] not in drawn


def test_negatives_of_pairs_lie_beside_their_words() -> None:
    how = sampling(3, per_pair=True)
    windows, count = draw(corpus(), 0, how)
    assert len(windows.negatives) == 3 * len(windows.contexts)
    for w in range(count):
        drawn = windows.negatives[windows.cuts[w] * 3 : windows.cuts[w + 1] * 3]
        assert ((drawn >= 0) & (drawn < V)).all() and windows.centres[w] not in drawn


def test_negatives_follow_the_noise_distribution() -> None:
    ids = np.tile(np.arange(V, dtype=np.int32), 800)
    how = sampling(1, sample=0)
    windows, count = draw(ids, 0, how)
    expected = (np.arange(1, V + 1)[::-1].astype(float) ** 2) ** 0.75
    # The centre is drawn again, so each centre has a distribution of its own.
    share = np.zeros(V)
    for centre in range(V):
        others = expected.copy()
        others[centre] = 0
        share += others / others.sum() / V
    seen = np.bincount(windows.negatives[:count], minlength=V) / count
    assert np.abs(seen - share).max() < 0.004


def test_a_vocabulary_too_small_for_the_negatives_does_not_hang() -> None:
    counts = np.array([5, 4], np.int64)
    states = np.array([random.state(0, stream) for stream in (3, 4, 5)], np.uint64)
    how = Sampling(states, keep_thresholds(counts, 0.0), *noise(counts, 0.75), 2, True, 8, False)
    windows, count = draw(np.array([0, 1, 0, 1], np.int32), 0, how)
    assert count == 4
    assert (np.sort(windows.negatives[:8])[:-1] == -1).all()


def test_subsampling_keeps_the_shares_of_the_formula() -> None:
    counts = np.array([900, 90, 10], np.int64)
    kept = keep_thresholds(counts, 0.01) / 2.0**32
    share = counts / counts.sum()
    assert kept == pytest.approx(np.minimum(1, np.sqrt(0.01 / share) + 0.01 / share), rel=1e-6)
    assert (keep_thresholds(counts, 0.0) == 2**32 - 1).all()


def test_an_item_never_counted_is_never_drawn_as_noise() -> None:
    chance, alias = noise(np.array([0, 3, 5, 0], np.int64), 0.75)
    assert chance[0] == chance[3] == 0
    assert set(alias[[0, 3]]) <= {1, 2}
