"""Temperature: found where it is known, never worse, one where nothing can be learned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.errors import InputError, SettingError
from rowspace.evaluate import judge, temperature


def softmax(scores):
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def drawn(seed, n=4000, labels=4):
    random = np.random.default_rng(seed)
    scores = random.normal(size=(n, labels)) * 2
    return scores, (softmax(scores).cumsum(axis=1) < random.random((n, 1))).sum(axis=1)


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_found_where_it_is_known(factor):
    scores, truth = drawn(0)
    assert temperature(scores * factor, truth) == pytest.approx(factor, rel=0.06)
    random = np.random.default_rng(1)
    several = random.random(scores.shape) < 1 / (1 + np.exp(-scores))
    assert temperature(scores * factor, several, loss="logistic") == pytest.approx(factor, rel=0.06)


def test_calibration_gets_better():
    scores, truth = drawn(2)
    t = temperature(4 * scores[:2000], truth[:2000])
    before, after = (judge(truth[2000:], softmax(4 * scores[2000:] / x)) for x in (1, t))
    assert after["ece"].value < before["ece"].value / 3
    assert after["accuracy"].value == before["accuracy"].value


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 30), st.floats(0.01, 50))
def test_never_worse(seed, n, factor):
    random = np.random.default_rng(seed)
    scores, truth = random.normal(size=(n, 3)) * factor, random.integers(-1, 4, n)
    t = temperature(scores, truth)
    assert 0.05 <= t <= 20
    known = np.flatnonzero((truth >= 0) & (truth < 3))
    if len(known):
        loss = [
            -np.log(np.maximum(softmax(scores / x)[known, truth[known]], 1e-300)).mean()
            for x in (1, t)
        ]
        assert loss[1] <= loss[0] + 1e-9


@pytest.mark.parametrize(
    ("scores", "truth"),
    [
        (np.zeros((0, 3)), []),
        (np.zeros((4, 3)), [0, 1, 2, 0]),
        (np.eye(3), [0, 1, 2]),  # all right: the surer the better
        (np.eye(3), [1, 2, 0]),
        (np.full((2, 3), np.nan), [0, 1]),
        (np.array([[np.inf, 0.0]]), [0]),
        (np.array([[1.0, 0.0]]), [-1]),
        (np.ones((3, 1)), [0, 0, 0]),
    ],
)
def test_one_where_nothing_can_be_learned(scores, truth):
    assert temperature(scores, truth) == 1.0


def test_mistakes():
    with pytest.raises(SettingError, match="loss"):
        temperature(np.zeros((1, 2)), [0], loss="hs")
    with pytest.raises(InputError, match="one label a case"):
        temperature(np.zeros((1, 2)), [{0, 1}])
    with pytest.raises(InputError, match="2 true labels"):
        temperature(np.zeros((1, 2)), [0, 1])
