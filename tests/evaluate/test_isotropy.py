"""Evenness in space, against the definitions written out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.evaluate import isotropy
from rowspace.vectors import Vectors


def made(rows):
    return Vectors.from_arrays([f"w{at}" for at in range(len(rows))], rows)


def by_name(rows, **more):
    return {one.name.partition("/")[2]: one for one in isotropy(made(rows), **more)}


def test_as_written():
    rows = np.random.default_rng(0).standard_normal((200, 6)) + 0.3
    rows = rows.astype(np.float32).astype(float)
    found = by_name(rows)
    directions = np.linalg.svd(rows, full_matrices=False)[2]
    z = [np.exp(rows @ c).sum() for c in (*directions, *-directions)]
    assert found["partition"].value == pytest.approx(min(z) / max(z))
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = (units @ units.T)[~np.eye(200, dtype=bool)]
    assert found["mean-cosine"].value == pytest.approx(cosines.mean(), abs=1e-6)
    singular = np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False) ** 2
    assert found["top-components"].value == pytest.approx(singular[0] / singular.sum())
    for score in found.values():
        assert score.low <= score.value <= score.high


def test_a_ball_is_even_and_a_cone_is_not():
    ball = np.random.default_rng(1).standard_normal((2000, 10))
    even, cone = by_name(ball), by_name(ball + 4)
    assert even["partition"].value > 0.7 > 0.01 > cone["partition"].value
    assert abs(even["mean-cosine"].value) < 0.02 < 0.8 < cone["mean-cosine"].value


def test_a_sample_tells_so():
    rows = np.random.default_rng(1).standard_normal((500, 4))
    score = by_name(rows, most=100)["mean-cosine"]
    assert (score.n, score.extra["of"]) == (100, 500)
    assert by_name(rows, most=100)["mean-cosine"] == score
    assert by_name(rows, most=100, seed=1)["mean-cosine"].value != score.value


def test_zero_and_broken_vectors_are_left_out():
    rows = np.random.default_rng(1).standard_normal((50, 4))
    rows[:5], rows[5:10] = 0, math.nan
    score = by_name(rows)["partition"]
    assert (score.n, score.coverage) == (40, 0.8)


@pytest.mark.parametrize("rows", [np.zeros((0, 3)), np.eye(2), np.ones((9, 3))])
def test_too_little(rows):
    assert all(math.isnan(score.value) for score in isotropy(made(rows)))


def test_huge_numbers():
    rows = np.random.default_rng(1).standard_normal((50, 4)) * 1e18
    for score in isotropy(made(rows)):
        assert 0 <= abs(score.value) <= 1
