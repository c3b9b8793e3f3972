"""Intervals: percentiles, and the bootstrap of what is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.evaluate.resample import interval, percentiles


def test_percentiles_are_numpys():
    values = np.random.default_rng(0).normal(size=(101, 3))
    values[5, 1] = np.nan
    low, high = percentiles(values)
    assert low == pytest.approx(np.nanpercentile(values, 2.5, axis=0))
    assert high == pytest.approx(np.nanpercentile(values, 97.5, axis=0))
    assert all(math.isnan(one[0]) for one in percentiles(np.full((4, 1), np.nan)))


@pytest.mark.parametrize("patterns", [True, False])
def test_a_share(patterns):
    counts = np.array([30, 70]) if patterns else np.ones(100, int)
    right = np.array([0, 1]) if patterns else np.arange(100) >= 30
    low, high = interval(counts, lambda draws: (draws @ right / 100)[:, None], seed=1)
    assert low[0] == pytest.approx(0.7 - 1.96 * math.sqrt(0.21 / 100), abs=0.02)
    assert high[0] == pytest.approx(0.7 + 1.96 * math.sqrt(0.21 / 100), abs=0.02)
