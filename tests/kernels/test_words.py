"""Whole passes over windows: the compiled ones against the same written with NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.kernels import reference
from rowspace.kernels.cpu_windows import Windows
from rowspace.kernels.cpu_words import Bags, Scratch, cbow, scratch, skipgram_bags, skipgram_rows

V, STRIDE, LR = 30, 32, 0.1


def windows(count: int = 40, negatives: int = 5, *, per_pair: bool = False) -> Windows:
    rng = np.random.default_rng(5)
    lengths = rng.integers(1, 7, count)
    cuts = np.concatenate([[0], np.cumsum(lengths)])
    drawn = np.stack([rng.permutation(V)[:negatives] for _ in range(count)]).astype(np.int32)
    drawn[::7, -1] = -1
    centres = np.array([rng.choice(np.setdiff1d(np.arange(V), row)) for row in drawn], np.int32)
    if per_pair:
        drawn = rng.integers(-1, V, (cuts[-1], negatives)).astype(np.int32)
    return Windows(centres, rng.integers(0, V, cuts[-1]).astype(np.int32), cuts, drawn.ravel())


def tables(rows: int = V) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    inputs = rng.normal(0, 0.3, (rows + 1, STRIDE)).astype(np.float32)
    outputs = rng.normal(0, 0.3, (V + 1, STRIDE)).astype(np.float32)
    inputs[-1] = outputs[-1] = 0
    return inputs, outputs


def bags(mean: bool = True, dtype: type = np.int32) -> Bags:
    """Each item its own row and up to three of ten shared ones; item 4 has none."""
    rng = np.random.default_rng(2)
    rows = [[item, *(V + rng.integers(0, 10, item % 4))] for item in range(V)]
    rows[4] = []
    offsets = np.cumsum([0, *map(len, rows)])
    return Bags(np.concatenate(rows).astype(dtype), offsets.astype(np.int64), mean)


def room(longest: int = 4, dtype: type = np.int32, negatives: int = 5) -> Scratch:
    return scratch(5, negatives, longest, STRIDE, dtype)


def contexts(drawn: Windows, w: int) -> np.ndarray:
    return drawn.contexts[drawn.cuts[w] : drawn.cuts[w + 1]]


def shared(drawn: Windows, w: int) -> list[int]:
    return [item for item in drawn.negatives[w * 5 : w * 5 + 5].tolist() if item >= 0]


def half_frozen(rows: int) -> np.ndarray:
    return (np.random.default_rng(9).random(rows) < 0.5).astype(np.uint8)


def held(fast: np.ndarray, frozen: np.ndarray | None) -> bool:
    """Whether every frozen row is as it was, bit for bit."""
    before = tables(len(fast) - 1)[0]
    return frozen is None or (fast[:-1][frozen != 0] == before[:-1][frozen != 0]).all()


FREEZING = pytest.mark.parametrize("freezing", [False, True], ids=["free", "frozen"])


@FREEZING
def test_skipgram_rows(freezing: bool) -> None:
    frozen = half_frozen(V) if freezing else None
    drawn, (inputs, outputs), own = windows(), tables(), room()
    skipgram_rows(drawn, 40, 5, inputs, outputs, LR, own, frozen)
    slow_in, slow_out = tables()
    loss = room().loss
    for w in range(40):
        rows = np.array([drawn.centres[w], *shared(drawn, w)])
        near = contexts(drawn, w)
        reference.window(
            slow_in, near, len(near), slow_out, rows, len(rows), 1, LR, np.zeros(0), loss, frozen
        )
    assert held(inputs, frozen)
    np.testing.assert_allclose(inputs, slow_in, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(outputs[:-1], slow_out[:-1], rtol=1e-3, atol=1e-5)
    assert reference.log_loss_take(own.loss) == pytest.approx(
        reference.log_loss_take(loss), rel=1e-5
    )


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@FREEZING
def test_skipgram_bags(mean: bool, dtype: type, freezing: bool) -> None:
    frozen = half_frozen(V + 10) if freezing else None
    drawn, (inputs, outputs) = windows(negatives=3, per_pair=True), tables(V + 10)
    own, bagged = room(negatives=3, dtype=dtype), bags(mean, dtype)
    skipgram_bags(drawn, 40, 3, bagged, inputs, outputs, LR, own, frozen)
    slow_in, slow_out = tables(V + 10)
    loss = 0.0
    for w in range(40):
        centre = drawn.centres[w]
        rows = bagged.ids[bagged.offsets[centre] : bagged.offsets[centre + 1]]
        free = np.ones(len(rows), bool) if frozen is None else frozen[rows] == 0
        if not len(rows):
            continue
        near, moved = contexts(drawn, w), np.zeros(STRIDE)
        for start in range(0, len(near), 2):
            pair, first = near[start : start + 2], int(drawn.cuts[w]) + start
            noise = drawn.negatives[first * 3 : (first + len(pair)) * 3]
            far = [i for i in noise.tolist() if i >= 0 and i not in pair]
            h = (slow_in[rows] + free[:, None] * moved).sum(0) / (len(rows) if mean else 1)
            steps = []
            for item, label in [*((i, 1) for i in pair), *((i, 0) for i in far)]:
                p = reference.sigmoid(slow_out[item] @ h)
                loss -= np.log(p if label else 1 - p)
                steps.append((item, LR * (label - p)))
            for item, step in steps:
                moved += step * slow_out[item]
                slow_out[item] += step * h
        np.add.at(slow_in, rows[free], moved.astype(np.float32))
    assert held(inputs, frozen)
    np.testing.assert_allclose(inputs, slow_in, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(outputs[:-1], slow_out[:-1], rtol=1e-3, atol=1e-5)
    assert reference.log_loss_take(own.loss) == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize("mean", [True, False])
@FREEZING
def test_cbow(mean: bool, freezing: bool) -> None:
    frozen = half_frozen(V + 10) if freezing else None
    drawn, (inputs, outputs), own, bagged = windows(), tables(V + 10), room(), bags(mean)
    cbow(drawn, 40, 5, bagged, inputs, outputs, LR, own, frozen)
    slow_in, slow_out = tables(V + 10)
    loss = 0.0
    for w in range(40):
        near = contexts(drawn, w)
        rows = np.concatenate([bagged.ids[bagged.offsets[i] : bagged.offsets[i + 1]] for i in near])
        if not len(rows):
            continue
        h = slow_in[rows].sum(0) / (len(rows) if mean else len(near))
        gradient = np.zeros(STRIDE)
        chosen = [drawn.centres[w], *shared(drawn, w)]
        steps = []
        for k, item in enumerate(chosen):
            p = reference.sigmoid(slow_out[item] @ h)
            loss -= np.log(1 - p if k else p)
            steps.append((item, LR * ((k == 0) - p)))
        for item, step in steps:
            gradient += step * slow_out[item]
            slow_out[item] += step * h
        rows = rows if frozen is None else rows[frozen[rows] == 0]
        np.add.at(slow_in, rows, gradient.astype(np.float32))
    assert held(inputs, frozen)
    np.testing.assert_allclose(inputs, slow_in, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(outputs[:-1], slow_out[:-1], rtol=1e-3, atol=1e-5)
    assert reference.log_loss_take(own.loss) == pytest.approx(loss, rel=1e-4)


def test_no_window_changes_nothing() -> None:
    (inputs, outputs), before = tables(), tables()
    skipgram_rows(windows(), 0, 5, inputs, outputs, LR, room())
    assert (inputs == before[0]).all() and (outputs == before[1]).all()
