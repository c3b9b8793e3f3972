"""Hubs against counts by hand and SciPy's skewness."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.errors import SettingError
from rowspace.evaluate import hubness
from rowspace.evaluate.hubness import occurrences
from rowspace.vectors import Vectors


def made(rows):
    return Vectors.from_arrays([f"w{at}" for at in range(len(rows))], rows)


def plain(rows, k):
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, -2)
    return np.bincount(np.argsort(-cosines, axis=1)[:, :k].ravel(), minlength=len(rows))


def test_against_a_plain_count():
    stats = pytest.importorskip("scipy.stats")
    rows = np.random.default_rng(0).standard_normal((300, 20)).astype(np.float32)
    counts = plain(rows, 5)
    assert np.array_equal(occurrences(rows, 5), counts)
    skewness, antihubs = hubness(made(rows), k=5)
    assert skewness.value == pytest.approx(stats.skew(counts))
    assert antihubs.value == (counts == 0).mean()
    best = int(counts.argmax())
    assert skewness.extra["hubs"][0] == [f"w{best}", int(counts[best])]
    assert skewness.low <= skewness.value <= skewness.high


def test_a_hub():
    """Spokes of a wheel whose hub is nearest to all of them."""
    rows = np.eye(40, 41)
    rows[:, 40] = 0.1
    rows = np.concatenate([np.ones((1, 41)), rows])
    skewness, antihubs = hubness(made(rows), k=1)
    assert skewness.value > 5 and antihubs.value > 0.9
    assert skewness.extra["hubs"][0] == ["w0", 40]


def test_the_first_items_alone():
    rows = np.random.default_rng(0).standard_normal((300, 8))
    found = hubness(made(rows), most=100)
    assert found[0].value == hubness(made(rows[:100]))[0].value
    assert (found[0].n, found[0].extra["items"], found[0].extra["of"]) == (100, 100, 300)


@pytest.mark.parametrize("rows", [np.zeros((0, 3)), np.zeros((50, 3)), np.eye(5)])
def test_too_few(rows):
    for score in hubness(made(rows)):
        assert math.isnan(score.value)


def test_all_equal_vectors_are_finite_or_nan():
    for score in hubness(made(np.ones((50, 3)))):
        assert score.n == 50 and -10 < score.value < 100


def test_k():
    with pytest.raises(SettingError):
        hubness(made(np.eye(20)), k=0)
