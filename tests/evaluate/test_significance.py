"""Tests of a difference: against SciPy, and how often they are wrong where there is none."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.evaluate import Comparison, Score
from rowspace.evaluate.correlation import spearman
from rowspace.evaluate.significance import by_means, by_rhos, by_right, coin, nothing


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_coin_is_the_binomial_test(a, b):
    stats = pytest.importorskip("scipy.stats")
    expected = stats.binomtest(a, a + b).pvalue if a + b else 1.0
    assert coin(a, b) == pytest.approx(expected, rel=1e-9)


def test_many_heads():
    assert coin(9000, 9000) == 1.0
    assert 0 <= coin(12_000, 3000) < 1e-100


def test_right_or_wrong():
    a = np.array([True] * 70 + [False] * 30)
    b = np.array([True] * 50 + [False] * 50)
    found = by_right(a, b)
    assert (found.a, found.b, found.test) == (0.7, 0.5, "McNemar")
    assert found.p == pytest.approx(2 * 0.5**20)
    assert 0.1 < found.low < 0.2 < found.high < 0.3


def test_means():
    random = np.random.default_rng(0)
    a = random.random(200)
    found = by_means(a, a - 0.1 + 0.1 * random.standard_normal(200))
    assert found.low < found.a - found.b < found.high and found.p < 0.01
    same = by_means(a, a)
    assert (same.low, same.high, same.p) == (0.0, 0.0, 1.0)


def test_groups_are_drawn_whole():
    a, b = np.repeat([1.0, 0.0, 1.0, 1.0], 25), np.repeat([0.0, 1.0, 1.0, 1.0], 25)
    a[:5] = 0.5
    alone, whole = by_means(a, b), by_means(a, b, np.repeat(np.arange(4), 25))
    assert whole.high - whole.low > alone.high - alone.low


def test_correlations():
    random = np.random.default_rng(0)
    human = random.standard_normal(150)
    near, far = (human + noise * random.standard_normal(150) for noise in (0.5, 2))
    found = by_rhos(near, far, human)
    assert found.a == spearman(near, human) and found.b == spearman(far, human)
    assert found.low > 0 and found.p < 0.01
    back = by_rhos(far, near, human)
    assert (back.low, back.high, back.p) == (-found.high, -found.low, found.p)
    assert by_rhos(near, near, human).p == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["right", "means", "rhos"])
def test_where_there_is_no_difference_few_are_found(kind):
    random = np.random.default_rng(1)
    found = 0
    for _ in range(200):
        if kind == "right":
            p = by_right(random.random(80) < 0.6, random.random(80) < 0.6).p
        elif kind == "means":
            p = by_means(random.random(80), random.random(80)).p
        else:
            human = random.standard_normal(80)
            p = by_rhos(*(human + random.standard_normal(80) for _ in range(2)), human).p
        found += p < 0.05
    assert found <= 20  # of 200, 5 % are 10


@pytest.mark.parametrize("n", [0, 1, 2])
def test_next_to_nothing(n):
    a = np.zeros(n)
    for found in (by_right(a == 1, a == 1), by_means(a, a), by_rhos(a, a, a)):
        assert found.p == 1.0 or math.isnan(found.p)


def test_json():
    score = Score("x", math.nan, 0, 0.0, math.nan, math.nan)
    found = Comparison("x", nothing("McNemar"), 0, 0.0, (score, score), {"total": 3}).as_json()
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text)["type"] == "comparison"
    assert found["difference"] is None and found["a_alone"]["value"] is None
