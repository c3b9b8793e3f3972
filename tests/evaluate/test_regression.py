"""RMSE, MAE and R² against scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate import judge_numbers


def test_as_scikit_learn():
    oracle = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(0)
    y = random.normal(size=300) * 3 + 1e6
    p = y + random.normal(size=300)
    found = {score.name: score for score in judge_numbers(y, p)}
    assert found["rmse"].value == pytest.approx(oracle.root_mean_squared_error(y, p))
    assert found["mae"].value == pytest.approx(oracle.mean_absolute_error(y, p))
    assert found["r2"].value == pytest.approx(oracle.r2_score(y, p))
    for score in found.values():
        assert score.low < score.value < score.high and score.n == 300
    assert found["rmse"].extra["better"] == found["mae"].extra["better"] == "lower"


def test_missing_and_flat():
    y, p = [1.0, 1.0, np.nan, 1.0], [1.0, 2.0, 3.0, np.nan]
    found = {score.name: score for score in judge_numbers(y, p)}
    assert found["mae"].value == 0.5 and found["mae"].n == 2
    assert found["mae"].coverage == pytest.approx(2 / 3)
    assert math.isnan(found["r2"].value)


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [([], [], "nothing"), ([1.0], [1.0, 2.0], "predictions for"), ([np.nan], [1.0], "nothing"),
     ([np.inf], [1.0], "finite")],
)  # fmt: skip
def test_what_cannot_be_judged(y, p, message):
    with pytest.raises(InputError, match=message):
        judge_numbers(y, p)
