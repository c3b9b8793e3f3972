"""Files of fastText made smaller: classifiers with buckets, vectors with subwords."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rowspace as rs
from rowspace.compressing.labelled import Swaying
from rowspace.vocabulary.grams import Grams
from rowspace.vocabulary.kept_grams import KeptGrams

GOLDEN = Path(__file__).parents[1] / "golden" / "fasttext"
TEXTS = ["a b c", "which one is it", "the day was long and the night was short"]


@pytest.mark.parametrize("name", ["softmax.bin", "ova.bin", "cut.ftz"])
def test_all_rows_kept_are_the_same_answers(name: str) -> None:
    model = rs.load(GOLDEN / name)
    assert model.head is not None
    ngrams = Swaying.of(model.vectors, model.head)
    assert ngrams is not None
    done = rs.compress(model, ngrams=len(ngrams), measure=False)
    unseen = done.model.vectors.vocabulary.unseen
    assert isinstance(unseen, Grams) and unseen.kept is not None
    before, after = model.predict(TEXTS, k=3), done.model.predict(TEXTS, k=3)
    for old, new in zip(before, after, strict=True):
        assert [label for label, _ in old] == [label for label, _ in new]
        assert [p for _, p in old] == pytest.approx([p for _, p in new], abs=1e-5)


def test_fewer_rows_are_those_that_sway_most(tmp_path: Path) -> None:
    model = rs.load(GOLDEN / "softmax.bin")
    assert model.head is not None
    ngrams = Swaying.of(model.vectors, model.head)
    assert ngrams is not None
    size, n = len(model.vectors), len(ngrams) // 4
    weights = np.asarray(model.head.weights)
    scores = np.asarray(model.vectors.rows)[size:] @ (weights - weights.mean(axis=0)).T
    sways = np.linalg.norm(scores, axis=1)
    chosen = ngrams.places[:n]
    assert sways[chosen].min() >= np.delete(sways, chosen).max() - 1e-6
    rs.compress(model, tmp_path / "m", ngrams=n, kind="int8")
    back = rs.load(tmp_path / "m")
    assert len(back.vectors.rows) == size + n and len(back.predict(TEXTS)) == len(TEXTS)


def test_vectors_with_subwords() -> None:
    model = rs.load(GOLDEN / "skipgram.bin")
    done = rs.compress(model, ngrams=10**9)
    assert isinstance(done.model.vectors.vocabulary.unseen, KeptGrams)
    assert {score.name: score.value for score in done.scores}["cosine"] == pytest.approx(1)
    word = next(iter(model.vectors))
    assert np.allclose(done.model.vectors[word], model.vectors[word], atol=1e-6)
