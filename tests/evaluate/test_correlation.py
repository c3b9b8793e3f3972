"""Spearman and intervals against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rowspace.evaluate.correlation import share_interval, spearman, spearman_interval

NUMBERS = st.lists(
    st.tuples(st.integers(-5, 5), st.floats(-1e6, 1e6, allow_subnormal=False)),
    min_size=3,
    max_size=40,
)


@given(pairs=NUMBERS)
def test_spearman_is_scipys(pairs):
    a, b = np.array(pairs, float).T
    if len(set(a)) < 2 or len(set(b)) < 2:
        assert math.isnan(spearman(a, b))
    else:
        assert spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-12)


def test_too_few_or_no_spread():
    assert math.isnan(spearman(np.ones(1), np.ones(1)))
    assert math.isnan(spearman(np.empty(0), np.empty(0)))
    assert all(map(math.isnan, spearman_interval(np.ones(9), np.arange(9), 0)))
    assert all(map(math.isnan, share_interval(0, 0, 0)))


def test_interval_is_that_of_a_plain_bootstrap():
    random = np.random.default_rng(1)
    a = random.integers(0, 30, 200).astype(float)
    b = a + random.normal(0, 10, 200)
    low, high = spearman_interval(a, b, 0)
    drawn = [random.integers(0, 200, 200) for _ in range(1000)]
    plain = [stats.spearmanr(a[some], b[some]).statistic for some in drawn]
    assert (low, high) == pytest.approx(np.percentile(plain, [2.5, 97.5]), abs=0.02)
    assert low < spearman(a, b) < high
    assert spearman_interval(a, b, 0) == (low, high) != spearman_interval(a, b, 1)


def test_interval_of_a_share():
    low, high = share_interval(300, 1000, 0)
    assert low == pytest.approx(0.3 - 1.96 * math.sqrt(0.21 / 1000), abs=0.004)
    assert high == pytest.approx(0.3 + 1.96 * math.sqrt(0.21 / 1000), abs=0.004)
    assert share_interval(5, 5, 0) == (1, 1) and share_interval(0, 5, 0) == (0, 0)
