"""Learned against random: the measure sees what is there, and says half where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.cli.compare import compare, estimate, nearer, plurals
from rowspace.vectors import Vectors


@pytest.fixture(scope="module")
def words():
    singles = [f"word{chr(97 + i)}{chr(97 + j)}" for i in range(20) for j in range(10)]
    return [word for single in singles for word in (single, single + "s")]


def test_plurals():
    assert plurals(["files", "file", "as", "a", "list", "x1", "x1s"]) == [(1, 0)]


def test_vectors_that_know(words):
    rng = np.random.default_rng(3)
    rows = np.repeat(rng.standard_normal((200, 16)), 2, axis=0)
    rows += 0.05 * rng.standard_normal(rows.shape)
    found = compare(Vectors.from_arrays(words, rows.astype(np.float32)))
    assert found.pairs == 200
    assert found.learned[0] > 0.98
    assert found.random[0] == pytest.approx(0.5, abs=0.08)


def test_chance_is_a_half_in_the_mean_of_many(words):
    rng = np.random.default_rng(1)
    pairs = plurals(words)
    values = [nearer(rng.standard_normal((400, 8)), pairs).mean() for _ in range(20)]
    assert np.mean(values) == pytest.approx(0.5, abs=0.02)


def test_equal_vectors_are_chance(words):
    assert nearer(np.ones((400, 4)), plurals(words)).mean() == pytest.approx(0.5)
    assert nearer(np.zeros((400, 4)), plurals(words)).mean() == pytest.approx(0.5)


def test_interval_covers():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(300):
        value, low, high = estimate(rng.random(80), rng)
        assert low <= value <= high
        hits += low <= 0.5 <= high
    assert 270 <= hits <= 297


def test_no_pairs():
    found = compare(Vectors.random(["a", "b"], 4))
    assert found.pairs == 0 and np.isnan(found.learned[0])
