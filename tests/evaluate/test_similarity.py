"""Word similarity under each protocol, against figures worked out by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate import PROTOCOLS, Protocol, similarity
from rowspace.vectors import Vectors
from rowspace.vocabulary import Subwords, Vocabulary

PLACES = {"cat": (1, 0), "dog": (1, 0.2), "car": (0, 1), "Paris": (0.5, 1), "zero": (0, 0)}
LIST = "cat dog 9\ncat car 1\nDOG car 2\ncat ghost 5\nparis car 8\nzero cat 7\n"


def test_perfect_order(plane, write):
    score = similarity(plane(PLACES), write("cat dog 9\ndog car 5\ncat car 1\n", "mine.txt"))
    assert (score.name, score.value, score.n, score.coverage) == ("mine", 1.0, 3, 1.0)
    assert score.low <= 1.0 == score.high


ANSWERED = {
    "rowspace": (4, 4),  # DOG by its lower case; paris is not Paris
    "word2vec": (5, 5),
    "gensim": (5, 5),
    "glove": (3, 3),
    "hyperwords": (6, 4),  # a missing pair counts with similarity 0
    "fasttext": (3, 3),  # no zero vectors
    "vecto": (6, 4),  # cat stands for what is missing
}


@pytest.mark.parametrize("protocol", ANSWERED)
def test_protocols(plane, write, protocol):
    n, answered = ANSWERED[protocol]
    score = similarity(plane(PLACES), write(LIST), protocol=protocol)
    assert score.n == n and score.extra["answered"] == answered
    assert score.coverage == pytest.approx(answered / 6)
    assert -1 <= score.low <= score.value <= score.high <= 1


def test_every_protocol_is_tried_here():
    assert set(PROTOCOLS) == set(ANSWERED)


def test_the_first_item_stands_for_what_is_missing_under_vecto(plane, write):
    places = {**PLACES, "ghost": PLACES["cat"], "paris": PLACES["cat"]}
    told = similarity(plane(places), write(LIST), protocol="hyperwords")
    assert similarity(plane(PLACES), write(LIST), protocol="vecto").value == told.value


def test_limit(plane, write):
    rules = Protocol("exact", similarity_limit=2)
    assert similarity(plane(PLACES), write("cat dog 1\ncat car 2\n"), protocol=rules).n == 1


def test_unseen_words_are_answered_by_their_n_grams(write):
    vocabulary = Vocabulary.from_counts({"cats": 3, "dogs": 2}, unseen=Subwords(buckets=100))
    vectors = Vectors.random(vocabulary, 8, seed=1)
    path = write("cats dogs 1\ncats catty 5\ndogs doggy 4\n")
    without, with_ = similarity(vectors, path), similarity(vectors, path, unseen=True)
    assert (without.n, without.extra["known"], without.extra["answered"]) == (1, 1, 1)
    assert (with_.n, with_.extra["known"], with_.extra["answered"]) == (3, 1, 3)
    assert similarity(vectors, path, protocol="fasttext").value == with_.value


def test_nothing_known(plane, write):
    score = similarity(plane(PLACES), write("x y 1\nz w 2\n"))
    assert score.n == 0 and score.coverage == 0 and math.isnan(score.value)
    found = json.loads(json.dumps(score.as_json(), allow_nan=False))
    assert found["type"] == "score" and found["value"] is None


def test_json(plane, write):
    found = similarity(plane(PLACES), write(LIST)).as_json()
    assert list(found)[:7] == ["type", "name", "value", "n", "coverage", "low", "high"]
    json.dumps(found, allow_nan=False)


def test_seed(plane, write):
    path, vectors = write(LIST), plane(PLACES)
    assert similarity(vectors, path, seed=3) == similarity(vectors, path, seed=3)


def test_half_precision_and_huge_numbers(write):
    rows = np.array([[6e4, 0], [6e4, 6e4], [0, 1]], np.float16)
    score = similarity(Vectors.from_arrays("abc", rows), write("a b 3\nb c 2\na c 1\n"))
    assert math.isfinite(score.value)


def test_unknown_protocol(plane, write):
    with pytest.raises(InputError, match="no protocol 'gensm'") as caught:
        similarity(plane(PLACES), write(LIST), protocol="gensm")
    assert "gensim" in caught.value.hint
