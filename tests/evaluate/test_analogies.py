"""Analogies: sections, denominators, candidates, against a solver that can be read at a glance."""

from __future__ import annotations

import gzip
import math
import time

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate import Protocol, analogies
from rowspace.evaluate.lists import read_questions
from rowspace.vectors import Vectors
from rowspace.vocabulary import Subwords, Vocabulary

GRID = {
    "man": (1, 0, 0),
    "woman": (1, 1, 0),
    "king": (1, 0, 1),
    "queen": (1, 1, 1),
    "tree": (0, 0, -1),
}


def by_name(scores):
    return {score.name.partition("/")[2]: score for score in scores}


def plain(vectors, words, method="add"):
    """The best of all words but the three asked with, one question at a time."""
    units = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1, keepdims=True)
    a, b, c = (vectors.vocabulary.id(word) for word in words)
    cosines = units @ units[[a, b, c]].T
    if method == "add":
        scores = cosines[:, 1] - cosines[:, 0] + cosines[:, 2]
    else:
        near = (cosines + 1) / 2
        scores = near[:, 1] * near[:, 2] / (near[:, 0] + 1e-6)
    scores[[a, b, c]] = -np.inf
    return vectors.vocabulary.item(int(scores.argmax()))


def test_sections_and_totals(plane, write):
    path = write(
        ": family\nman woman king queen\nman king woman queen\n"
        ": gram1\nman woman king tree\nman woman king ghost\n",
        "q.txt",
    )
    scores = analogies(plane(GRID), path)
    assert [score.name for score in scores] == [
        "q/family", "q/gram1", "q/semantic", "q/syntactic", "q/total"
    ]  # fmt: skip
    found = by_name(scores)
    assert (found["family"].value, found["family"].n) == (1.0, 2)
    assert (found["gram1"].value, found["gram1"].n, found["gram1"].coverage) == (0.0, 1, 0.5)
    assert found["total"].value == pytest.approx(2 / 3)
    assert found["total"].extra["right"] == 2 and found["total"].coverage == 0.75
    assert found["total"].low <= 2 / 3 <= found["total"].high


def test_missing_counts_as_wrong_under_hyperwords(plane, write):
    path = write("man woman king queen\nman woman king ghost\n")
    total = by_name(analogies(plane(GRID), path, protocol="hyperwords"))["total"]
    assert (total.value, total.n, total.coverage) == (0.5, 2, 0.5)


def test_restrict(plane, write):
    path = write("man woman king queen\n")
    assert by_name(analogies(plane(GRID), path, restrict=3))["total"].n == 0
    assert by_name(analogies(plane(GRID), path, restrict=4))["total"].value == 1
    assert by_name(analogies(plane(GRID), path, restrict=0))["total"].n == 1


def test_case_of_each_protocol(plane, write):
    vectors, path = plane(GRID), write("Man Woman King Queen\n")
    counted = {
        name: by_name(analogies(vectors, path, protocol=name))["total"].n
        for name in ("rowspace", "word2vec", "gensim", "glove", "fasttext")
    }
    assert counted == {"rowspace": 1, "word2vec": 1, "gensim": 1, "glove": 0, "fasttext": 1}


def test_other_spellings_of_the_question(plane, write):
    """A second spelling of c stands nearer than the answer: gensim passes it over, word2vec not."""
    path = write("man woman king queen\n")
    near = plane({**GRID, "King": (1, 1.0, 1.0), "queen": (1, 0.7, 1.2)})
    assert by_name(analogies(near, path, protocol="word2vec"))["total"].value == 0.0
    assert by_name(analogies(near, path, protocol="gensim"))["total"].value == 1.0


def test_another_spelling_of_the_answer_is_right(plane, write):
    vectors = plane({**GRID, "queen": (1, 0.7, 1.2), "Queen": (1, 1, 1)})
    path = write("man woman king queen\n")
    assert by_name(analogies(vectors, path, protocol="word2vec"))["total"].value == 1.0


def test_any_spelling_of_the_answer_is_right_under_gensim(plane, write):
    """The first spelling of queen is far away, the second is found: gensim calls it right."""
    vectors = plane({**GRID, "queen": (-1, 0.1, 0.2), "Queen": (1, 1, 1)})
    path = write("man woman king queen\n")
    assert by_name(analogies(vectors, path, protocol="gensim"))["total"].value == 1.0


def test_the_first_item_asks_for_what_is_missing_under_vecto(plane, write):
    """man is item 0: ghost asks as man does, but an answer that is missing is never given."""
    path = write("ghost woman king queen\nman woman king ghost\n")
    total = by_name(analogies(plane(GRID), path, protocol="vecto"))["total"]
    assert (total.n, total.extra["right"], total.extra["answered"]) == (2, 1, 0)


@pytest.mark.parametrize("method", ["add", "mul"])
def test_against_the_plain_solver(data, method):
    items, rows = [], []
    with gzip.open(data / "pretrained" / "glove.twitter.25d.top11925.txt.gz", "rt") as file:
        for line in file:
            item, *numbers = line.rstrip("\n").split(" ")
            items.append(item)
            rows.append(numbers)
    vectors = Vectors.from_arrays(items, np.array(rows, np.float32))
    path = data / "analogy" / "questions-words.txt"
    found = by_name(analogies(vectors, path, method=method, protocol="hyperwords"))["family"]
    questions = read_questions(path)
    family = np.flatnonzero(questions.section == questions.names.index("family")).tolist()
    asked = [questions.words[at] for at in family]
    known = [words for words in asked if all(word in vectors for word in words)]
    right = sum(plain(vectors, words[:3], method) == words[3] for words in known)
    assert found.n == len(asked) == 506
    assert found.extra["answered"] == len(known)
    assert found.extra["right"] == right > 20


def test_unseen_words_ask_but_do_not_answer(write):
    vocabulary = Vocabulary.from_counts(
        {"cat": 4, "cats": 3, "dogs": 2}, unseen=Subwords(buckets=99)
    )
    vectors = Vectors.random(vocabulary, 8, seed=1)
    path = write("cat cats doggy dogs\ncat cats dogs doggy\n")
    without = by_name(analogies(vectors, path))["total"]
    with_ = by_name(analogies(vectors, path, unseen=True))["total"]
    assert (without.n, with_.n, with_.extra["known"]) == (0, 1, 0)
    assert with_.value == 1.0, "the only candidate left"
    assert math.isnan(without.value)


def test_pooled_rows(write):
    """Under a policy of several rows an item the candidates are pooled, restricted or not."""
    vocabulary = Vocabulary.from_counts(
        {f"w{i}": 9 - i for i in range(8)}, unseen=Subwords(buckets=50)
    )
    vectors = Vectors.random(vocabulary, 6, seed=2)
    expected = plain(vectors, ("w0", "w1", "w2"))
    path = write(f"w0 w1 w2 {expected}\n")
    assert by_name(analogies(vectors, path))["total"].value == 1.0
    rules = Protocol("exact", analogy_limit=vectors.vocabulary.id(expected) + 1)
    assert by_name(analogies(vectors, path, protocol=rules))["total"].n == 1


@pytest.mark.parametrize("bad", [{"method": "sum"}, {"restrict": -1}, {"protocol": "x"}])
def test_bad_settings(plane, write, bad):
    with pytest.raises(InputError):
        analogies(plane(GRID), write("man woman king queen\n"), **bad)


@pytest.mark.slow
def test_all_of_google_among_30000_words_takes_seconds(data):
    path = data / "analogy" / "questions-words.txt"
    words = sorted({word.lower() for question in read_questions(path).words for word in question})
    items = words + [f"filler{i}" for i in range(30_000 - len(words))]
    rows = np.random.default_rng(0).standard_normal((30_000, 100)).astype(np.float32)
    start = time.perf_counter()
    total = by_name(analogies(Vectors.from_arrays(items, rows), path))["total"]
    assert total.n == 19_544
    assert time.perf_counter() - start < 20
