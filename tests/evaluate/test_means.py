"""Means with intervals over groups."""

from __future__ import annotations

import math

import numpy as np

from rowspace.evaluate import Score
from rowspace.evaluate.means import mean_by_group

EMPTY = Score("x", 0.0, 0, 1.0, 0.0, 0.0)


def test_groups_that_are_alike_inside_are_drawn_whole():
    values = np.repeat([0.0, 1.0], 50)
    of_cases = mean_by_group(EMPTY, values)
    of_groups = mean_by_group(EMPTY, values, np.repeat([0, 1], 50))
    assert of_cases.value == of_groups.value == 0.5
    assert of_cases.high - of_cases.low < 0.3 < of_groups.high - of_groups.low


def test_one_group_is_drawn_by_cases():
    values = np.arange(10.0)
    assert mean_by_group(EMPTY, values, np.zeros(10)) == mean_by_group(EMPTY, values)


def test_nothing():
    assert math.isnan(mean_by_group(EMPTY, np.zeros(0)).value)
