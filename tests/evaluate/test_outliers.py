"""Outlier detection against a plain reading of Camacho-Collados and Navigli (2016)."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.evaluate import outliers
from rowspace.evaluate.groups import read_groups
from rowspace.vectors import Vectors

PLACES = {
    "tiger": (1, 0.1), "lion": (1, 0), "lynx": (1, 0.3), "dog": (1, 1), "car": (0, 1),
    "puma": (1, 0.05), "zero": (0, 0), "broken": (math.nan, 1),
}  # fmt: skip


def compactness(units, left_out):
    """The mean similarity of all pairs of the set without one of its words."""
    rows = [row for at, row in enumerate(units) if at != left_out]
    pairs = [a @ b for i, a in enumerate(rows) for j, b in enumerate(rows) if i != j]
    return sum(pairs) / len(pairs)


def plain(vectors, group, outlier):
    """The position of the outlier when words are sorted by the compactness without them."""
    units = np.stack([vectors[word] for word in (*group.words, outlier)]).astype(float)
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    scores = [compactness(units, at) for at in range(len(units))]
    return sum(score < scores[-1] for score in scores[:-1])


def test_by_hand(plane, write):
    path = write("cats: tiger lion lynx puma | car dog\n", "cats.txt")
    accuracy, opp = outliers(plane(PLACES), path)
    assert (accuracy.name, accuracy.value, accuracy.n) == ("cats/accuracy", 1.0, 2)
    assert (opp.name, opp.value, opp.coverage) == ("cats/opp", 1.0, 1.0)


def test_as_the_paper_says(write):
    random = np.random.default_rng(1)
    words = [f"w{at}" for at in range(40)]
    vectors = Vectors.from_arrays(words, random.standard_normal((40, 4)))
    lines = [
        f"g{g}: {' '.join(words[g * 8 : g * 8 + 5])} | {' '.join(words[g * 8 + 5 : g * 8 + 8])}"
        for g in range(5)
    ]
    path = write("\n".join(lines))
    positions = [
        plain(vectors, group, outlier) for group in read_groups(path) for outlier in group.outliers
    ]
    accuracy, opp = outliers(vectors, path)
    assert accuracy.value == np.mean([at == 5 for at in positions])
    assert opp.value == pytest.approx(np.mean(positions) / 5)
    assert opp.low <= opp.value <= opp.high and opp.extra["groups"] == 5


def test_what_is_missing(plane, write):
    path = write("cats: tiger lion ghost | car phantom\nfew: tiger ghost | car\n")
    accuracy, _ = outliers(plane(PLACES), path)
    assert (accuracy.n, accuracy.coverage, accuracy.value) == (1, pytest.approx(1 / 3), 1.0)
    counted, _ = outliers(plane(PLACES), path, protocol="hyperwords")
    assert (counted.n, counted.value) == (3, pytest.approx(1 / 3))


def test_zero_and_broken_vectors_are_missing(plane, write):
    accuracy, _ = outliers(plane(PLACES), write("a: tiger lion | zero broken car\n"))
    assert accuracy.n == 1


def test_nothing_known(plane, write):
    for score in outliers(plane(PLACES), write("a: x y | z\n")):
        assert score.n == 0 and score.coverage == 0 and math.isnan(score.value)
        assert score.as_json()["value"] is None


def test_all_equal_vectors_tell_nothing(plane, write):
    same = dict.fromkeys("abcd", (1, 2))
    accuracy, opp = outliers(plane(same), write("g: a b c | d\n"))
    assert (accuracy.value, opp.value) == (0.0, 0.0)


def test_on_real_vectors(data):
    from rowspace.files import load

    vectors = load(data / "pretrained" / "glove.twitter.25d.top11925.txt.gz").vectors
    accuracy, opp = outliers(vectors, data / "outlier" / "8-8-8.csv")
    assert accuracy.n == 38 and 0.3 < accuracy.value < 0.7 < opp.value
