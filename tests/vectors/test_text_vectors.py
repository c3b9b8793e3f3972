"""Vectors of texts: the mean and SIF against their equations, kept in a model, on any policy."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.corpus import Reading
from rowspace.ragged import Ragged
from rowspace.vectors.pooling import pool_weighted
from rowspace.vectors.text_rows import BLOCK
from rowspace.vectors.text_vectors import TextVectors, sif_weights
from rowspace.vocabulary.joining import Joining
from rowspace.vocabulary.phrases import Phrases

WORDS = ["the", "cat", "dog", "of", "naïve", "new_york", "new", "york"]
COUNTS = np.array([1000, 20, 30, 500, 2, 9, 0, 4])
TEXTS = ["the cat of the dog", "cat", "", "nothing known", "the naïve dog", "THE Cat", "new york"]
WHITE = Reading(tokenizer="whitespace", lower=False)


def vectors(**more: Any) -> rs.Vectors:
    matrix = np.random.default_rng(0).normal(size=(len(WORDS), 6)).astype(np.float32)
    return rs.Vectors.from_arrays(WORDS, matrix, counts=COUNTS, **more)


def sif(own: rs.Vectors, texts: list[str], a: float = 1e-3) -> np.ndarray:
    """The paper's equations, word by word."""
    rows = []
    for text in texts:
        known = [word for word in text.split() if word in own]
        weighted = [own[w] * a / (a + COUNTS[WORDS.index(w)] / COUNTS.sum()) for w in known]
        rows.append(np.sum(weighted, axis=0) / len(known) if known else np.zeros(own.dim))
    return np.array(rows)


def test_sif_is_the_papers() -> None:
    own = vectors()
    made = TextVectors.fit(own, TEXTS)
    bare = sif(own, TEXTS)
    u = np.linalg.svd(bare, full_matrices=False)[2][0]
    wanted = bare - np.outer(bare @ u, u)
    np.testing.assert_allclose(made.transform(TEXTS), wanted, atol=1e-5)
    assert made.fitted_on == len(TEXTS)
    assert (made.transform(["", "nothing known"]) == 0).all()
    assert made.transform(TEXTS).dtype == np.float32


def test_without_components_and_with_two() -> None:
    own = vectors()
    none = TextVectors.fit(own, TEXTS, components=0, a=0.1)
    np.testing.assert_allclose(none.transform(TEXTS), sif(own, TEXTS, 0.1), atol=1e-6)
    two = TextVectors.fit(own, TEXTS, components=2)
    assert two.components is not None
    np.testing.assert_allclose(two.components @ two.components.T, np.eye(2), atol=1e-5)
    np.testing.assert_allclose(two.transform(TEXTS) @ two.components.T, 0, atol=1e-5)


@pytest.mark.parametrize(
    "unseen", [rs.Exact(), rs.Subwords(minn=2, maxn=3, buckets=50), rs.Hashed(buckets=60)],
    ids=lambda one: one.name,
)  # fmt: skip
def test_the_mean_is_that_of_each_text_alone(unseen: Any) -> None:
    own = rs.Vectors.random(rs.Vocabulary.of(WORDS, counts=COUNTS, unseen=unseen), 5, seed=1)
    found = TextVectors.of(own).transform(TEXTS)
    np.testing.assert_allclose(found, [own.mean(text) for text in TEXTS], atol=1e-6)
    listed = TextVectors.of(own).transform([text.split() for text in TEXTS])
    np.testing.assert_array_equal(listed, found)


def test_texts_are_cut_as_in_training() -> None:
    model = rs.Model(vectors(), {"training": {"tokenizer": "words", "lower": True}})
    found = TextVectors.of(model).transform(["The cat, of\nThe DOG!", b"cat"])
    own = vectors()
    wanted = [own.mean("the cat of the dog"), own["cat"]]
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_many_blocks_are_one() -> None:
    texts = TEXTS * (BLOCK // 3)
    made = TextVectors.fit(vectors(), iter(texts))
    found = made.transform(iter(texts))
    assert made.fitted_on == len(texts) == len(found)
    np.testing.assert_allclose(found[-len(TEXTS) :], made.transform(TEXTS), atol=1e-6)


def test_counts_come_from_the_texts_where_there_are_none() -> None:
    own = rs.Vectors.from_arrays(WORDS, vectors().matrix)
    made = TextVectors.fit(own, iter(["cat dog cat", "the cat"]), a=0.5)
    shares = np.array([1, 3, 1, 0, 0, 0, 0, 0]) / 5
    np.testing.assert_allclose(made.weights, 0.5 / (0.5 + shares), rtol=1e-6)


def test_a_word_never_counted_counts_whole() -> None:
    assert sif_weights(np.array([0, 5]), 1e-3).tolist() == [1.0, pytest.approx(1e-3 / 1.001)]


def test_kept_in_a_model_and_found_again(tmp_path: Path) -> None:
    phrases = Phrases(({("new", "york"): 1.0},), Joining())
    model = rs.Model(vectors(), {"own": 1}, arrays={"phrases": phrases.to_array()})
    made = TextVectors.fit(model, TEXTS)
    np.testing.assert_allclose(
        TextVectors.of(model).transform(["new york"])[0], vectors()["new_york"], atol=1e-6
    )
    rs.save(made.model(), tmp_path / "m")
    again = TextVectors.of(rs.load(tmp_path / "m"))
    np.testing.assert_array_equal(again.transform(TEXTS), made.transform(TEXTS))
    assert (again.weighting, again.a, again.fitted_on) == ("sif", 1e-3, len(TEXTS))
    assert again.mean().components is None
    assert rs.load(tmp_path / "m").config["own"] == 1


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("many", [0, 1 << 60])
def test_weighted_sums(dtype: type, many: int) -> None:
    rng = np.random.default_rng(2)
    rows = rng.normal(size=(40, 7)).astype(dtype)
    lengths = rng.integers(0, 6, 50)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    ids, weights = rng.integers(0, 40, offsets[-1]), rng.random(offsets[-1]).astype(np.float32)
    found = pool_weighted(rows, Ragged(ids, offsets, weights), many=many)
    for b, (first, last) in enumerate(pairwise(offsets)):
        wanted = weights[first:last] @ rows[ids[first:last]].astype(np.float32)
        np.testing.assert_allclose(found[b], wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weighting": "tfidf"}, "weighting must be mean or sif"), ({"a": 0}, "a must be"),
        ({"a": float("nan")}, "a must be"), ({"components": -1}, "components must be"),
        ({"components": 6}, "at most 5, below the dim"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(rs.SettingError, match=said):
        TextVectors.fit(vectors(), TEXTS, **wrong)


def test_texts_that_cannot_be() -> None:
    made = TextVectors.of(vectors())
    for wrong in ("a text", b"a text"):
        with pytest.raises(rs.InputError, match="not one text"):
            made.transform(wrong)
        with pytest.raises(rs.InputError, match="not one text"):
            TextVectors.fit(vectors(), wrong)
    with pytest.raises(rs.InputError, match="no texts"):
        TextVectors.fit(vectors(), [])
    with pytest.raises(rs.InputError, match="text or a list of tokens"):
        made.transform([3])  # type: ignore[list-item]
    assert made.transform([]).shape == (0, 6)


def test_rows_that_are_not_finite() -> None:
    matrix = vectors().matrix.copy()
    matrix[1] = np.nan
    with pytest.raises(rs.InputError, match="not finite"):
        TextVectors.fit(rs.Vectors.from_arrays(WORDS, matrix, counts=COUNTS), TEXTS)


@pytest.mark.parametrize(
    ("arrays", "kept"),
    [
        ({"texts.weights": np.ones(3, np.float32)}, {}),
        ({"texts.components": np.ones((1, 5), np.float32)}, {}),
        ({"texts.components": np.full((1, 6), np.nan, np.float32)}, {}),
        ({"texts.components": np.ones((1, 6))}, {}),
        ({}, {"weighting": "other"}), ({}, {"a": "much"}),
    ],
)  # fmt: skip
def test_a_model_that_keeps_what_cannot_be(arrays: Any, kept: Any) -> None:
    model = rs.Model(vectors(), {"texts": kept}, arrays=arrays)
    with pytest.raises(rs.InputError, match="text vectors"):
        TextVectors.of(model)


def test_a_trained_tokenizer_is_asked_for() -> None:
    model = rs.Model(vectors(), {"training": {"tokenizer": "tokenizer.json"}})
    with pytest.raises(rs.InputError, match="were cut by"):
        TextVectors.of(model)
    assert TextVectors.of(model, reading=WHITE).transform(["cat"]).any()
