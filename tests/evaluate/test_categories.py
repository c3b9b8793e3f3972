"""Purity against scikit-learn's counts, by hand, and on hostile vectors."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.evaluate import categories
from rowspace.evaluate.categories import hits

PLACES = {
    "cat": (1, 0), "dog": (1, 0.1), "lion": (1, 0.2), "oak": (0, 1), "elm": (0.1, 1),
    "zero": (0, 0),
}  # fmt: skip
LIST = "animal cat\nanimal dog\nanimal lion\nplant oak\nplant elm\n"


def test_by_hand(plane, write):
    score = categories(plane(PLACES), write(LIST, "kinds.txt"))
    assert (score.name, score.value, score.n, score.coverage) == ("kinds/purity", 1.0, 5, 1.0)
    assert score.extra["clusters"] == 2 and 0.5 < score.extra["chance"] < 1


def test_a_word_in_the_wrong_place(plane, write):
    score = categories(plane(PLACES), write(LIST + "plant dog\n"))
    assert score.value == pytest.approx(5 / 6)
    assert score.low <= score.value <= score.high


def test_hits_against_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(0)
    clusters, category = random.integers(0, 5, 200), random.integers(0, 7, 200)
    table = metrics.cluster.contingency_matrix(category, clusters)
    assert hits(clusters, category).mean() == table.max(axis=0).sum() / 200


def test_what_is_missing(plane, write):
    path = write(LIST + "plant ghost\nplant zero\n")
    score = categories(plane(PLACES), path)
    assert (score.n, score.coverage) == (5, pytest.approx(5 / 7))
    counted = categories(plane(PLACES), path, protocol="hyperwords")
    assert (counted.n, counted.value) == (7, pytest.approx(5 / 7))


@pytest.mark.parametrize("content", ["a x\nb y\n", "a cat\nb y\n", "a cat\na dog\nb y\n"])
def test_too_little_known(plane, write, content):
    score = categories(plane(PLACES), write(content))
    assert math.isnan(score.value) and score.as_json()["low"] is None


def test_the_same_for_the_same_seed(plane, write):
    path = write(LIST)
    assert categories(plane(PLACES), path, seed=1) == categories(plane(PLACES), path, seed=1)
