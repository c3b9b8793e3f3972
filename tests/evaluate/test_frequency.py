"""How far frequency can be told from vectors made to hold it, or not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.evaluate import frequency_bias
from rowspace.evaluate.frequency import PENALTY, told_from
from rowspace.vectors import Vectors


def made(rows, counts=None):
    words = [f"w{at}" for at in range(len(rows))]
    return Vectors.from_arrays(words, rows, counts=counts)


COUNTS = np.exp(np.linspace(14, 2, 600)).astype(np.int64)


def test_frequency_in_a_direction():
    random = np.random.default_rng(0)
    rows = random.standard_normal((600, 6))
    without = {one.name: one for one in frequency_bias(made(rows, COUNTS))}
    rows[:, 2] = np.log(COUNTS)
    with_ = {one.name: one for one in frequency_bias(made(rows, COUNTS))}
    assert without["frequency/r2"].value < 0.05 < 0.99 < with_["frequency/r2"].value
    assert abs(without["frequency/norm"].value) < 0.2 < 0.8 < with_["frequency/norm"].value
    assert with_["frequency/r2"].n == 300 and with_["frequency/norm"].n == 600
    assert with_["frequency/r2"].extra["frequency"] == "counts"


def test_without_counts_the_rank_stands_for_them():
    rows = np.random.default_rng(0).standard_normal((600, 3))
    rows *= 1 / np.arange(1, 601)[:, None]
    found = frequency_bias(made(rows))
    assert found[1].value > 0.8 and found[1].extra["frequency"] == "rank"


def test_the_regression_is_scikit_learns():
    linear = pytest.importorskip("sklearn.linear_model")
    random = np.random.default_rng(0)
    x, y = random.standard_normal((80, 5)) * [1, 2, 3, 4, 5] + 3, random.standard_normal(80)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    theirs = linear.Ridge(alpha=PENALTY).fit(scaled, y).predict(scaled)
    assert told_from(x, y, x) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        (np.zeros((0, 3)), None),
        (np.eye(10), None),
        (np.zeros((600, 3)), COUNTS),
        (np.random.default_rng(0).standard_normal((600, 3)), np.full(600, 7)),
    ],
)
def test_too_little(rows, counts):
    for score in frequency_bias(made(rows, counts)):
        assert math.isnan(score.value)


def test_all_equal_vectors_tell_nothing():
    r2, norm = frequency_bias(made(np.ones((600, 3)), COUNTS))
    assert r2.value < 0.01 and math.isnan(norm.value)
