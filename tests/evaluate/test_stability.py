"""Neighbours of two models against a loop that can be read at a glance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.errors import InputError, SettingError
from rowspace.evaluate import stability
from rowspace.evaluate.stability import shared
from rowspace.vectors import Vectors

WORDS = [f"w{at}" for at in range(60)]


def made(seed, words=WORDS, dim=5):
    rows = np.random.default_rng(seed).standard_normal((len(words), dim))
    return Vectors.from_arrays(words, rows)


def nearest(vectors, words, word, k):
    own = vectors[word]
    found = sorted(
        (other for other in words if other != word),
        key=lambda other: -(own @ vectors[other]) / np.linalg.norm(vectors[other]),
    )
    return set(found[:k])


def test_against_a_plain_loop():
    a, b = made(0), made(1, WORDS[::-1][:50])
    words = [word for word in WORDS if word in b]
    pairs = [(nearest(a, words, word, 4), nearest(b, words, word, 4)) for word in words]
    overlap, jaccard = stability([a, b], k=4)
    assert overlap.value == pytest.approx(np.mean([len(x & y) / 4 for x, y in pairs]))
    assert jaccard.value == pytest.approx(np.mean([len(x & y) / len(x | y) for x, y in pairs]))
    assert (overlap.name, overlap.n, overlap.coverage) == ("neighbours/overlap@4", 50, 50 / 60)
    assert overlap.low <= overlap.value <= overlap.high


def test_the_same_and_a_turned_space():
    a = made(0)
    turn = np.linalg.qr(np.random.default_rng(9).standard_normal((5, 5)))[0]
    turned = Vectors.from_arrays(WORDS, a.matrix @ turn)
    assert [score.value for score in stability([a, turned])] == [1.0, 1.0]


def test_three_models_are_three_pairs():
    models = [made(seed) for seed in range(3)]
    pairs = [stability([models[x], models[y]])[0].value for x, y in ((0, 1), (0, 2), (1, 2))]
    assert stability(models)[0].value == pytest.approx(np.mean(pairs))


def test_the_most_frequent_of_both():
    a, b = made(0), made(1, [*WORDS[30:], *WORDS[:30]])
    ids = shared([a, b], 10)
    assert ids[0].max() < 40 and [WORDS[at] for at in ids[0]] == [list(b)[at] for at in ids[1]]


def test_vectors_that_are_zero_or_broken_are_not_shared():
    a, b = made(0), made(1)
    rows = b.matrix.copy()
    rows[3], rows[5] = 0, math.nan
    ids = shared([a, Vectors.from_arrays(WORDS, rows)], 100)
    assert len(ids[0]) == 58 and not {3, 5} & {*ids[0].tolist()}


@pytest.mark.parametrize("words", [["x", "y"], WORDS[:5], []])
def test_too_little_shared(words):
    for score in stability([made(0), made(1, words)]):
        assert score.n == 0 and math.isnan(score.value)


def test_what_cannot_be_compared():
    with pytest.raises(InputError, match="two models or more"):
        stability([made(0)])
    with pytest.raises(SettingError):
        stability([made(0), made(1)], k=0)
