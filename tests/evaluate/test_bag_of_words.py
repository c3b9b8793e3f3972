"""Baselines of texts: scikit-learn's TF-IDF, real questions, and the rules at the edges."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate import bag_of_words as module
from rowspace.evaluate.bag_of_words import Labelled, text_baselines
from rowspace.evaluate.features import learn_tf_idf, words, words_in

TEXTS = [b"good film very good", b"bad film", b"", b"good", b"very bad very bad film \xff"]


def test_tf_idf_as_scikit_learn():
    text = pytest.importorskip("sklearn.feature_extraction.text")
    oracle = text.TfidfVectorizer(
        ngram_range=(1, 2), tokenizer=str.split, token_pattern=None, lowercase=False
    )
    decoded = [one.decode("latin-1") for one in TEXTS]
    wanted = np.sort(oracle.fit_transform(decoded).toarray(), axis=1)
    vocabulary = words_in(TEXTS)
    bags = vocabulary.bags(TEXTS)
    found = learn_tf_idf(bags, len(vocabulary.ids), 1000).features(bags)
    ours = np.zeros(wanted.shape)
    ours[np.repeat(np.arange(len(bags)), found.lengths), found.ids] = found.weights
    assert np.sort(ours, axis=1) == pytest.approx(wanted)


def test_rarest_features_go_first():
    vocabulary = words_in(TEXTS)
    bags = vocabulary.bags(TEXTS)
    kept = learn_tf_idf(bags, len(vocabulary.ids), 3).keys.tolist()
    assert {vocabulary.ids[b"film"], vocabulary.ids[b"good"]} < set(kept) and len(kept) == 3


def test_words_are_cut_as_fasttext_does():
    assert words(b"a  b\tc\n") == [b"a", b"b", b"c"] and words(b"") == []
    assert words(b"a </s> b") == [b"a"]


def small(n=60, seed=0):
    """Texts whose label is a word of theirs."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, n)
    return [f"the {'xyz'[label]} {random.integers(0, 30)}".encode() for label in truth], truth


def test_baselines():
    train, test = Labelled(*small()), Labelled(*small(seed=1))
    found = text_baselines(train, test, labels=["x", "y", "z"], valid=Labelled(*small(seed=2)))
    assert [one.name for one in found] == ["majority", "tf-idf", "random vectors"]
    accuracy = [{s.name: s.value for s in one.scores}["accuracy"] for one in found]
    assert accuracy[0] < 0.6 and accuracy[1] == accuracy[2] == 1.0
    features = found[1].about["features"]
    assert found[1].bytes == 4 * (features + 1) * 3
    assert found[1].about["case_bytes"]["dense"] == 4 * features
    assert found[2].about["case_bytes"] == {"dense": 400, "stored": 400}
    json.dumps([one.as_json() for one in found], allow_nan=False)
    assert found[0].as_json().keys() >= {"name", "scores", "bytes", "seconds"}


def test_lists_of_words_and_a_cut_of_ones_own():
    texts, truth = small()
    lists = Labelled([text.decode().split() for text in texts], truth)
    same = [
        text_baselines(lists, lists, labels=list("xyz")),
        text_baselines(Labelled(texts, truth), Labelled(texts, truth), labels=list("xyz")),
        text_baselines(
            Labelled([text.replace(b" ", b"-") for text in texts], truth),
            Labelled([text.replace(b" ", b"-") for text in texts], truth),
            labels=list("xyz"),
            cut=lambda text: text.split(b"-"),
        ),
    ]
    figures = [[score.value for one in found for score in one.scores] for found in same]
    assert figures[0] == figures[1] == figures[2]


def test_several_labels_and_unseen_ones():
    texts, truth = small()
    sets = [{label, 3} if label else set() for label in truth.tolist()]
    found = text_baselines(Labelled(texts, sets), Labelled(texts, sets), labels=list("xyzw"))
    assert {s.name: s.value for s in found[1].scores}["micro-f1"] > 0.95
    unseen = np.where(truth == 2, -1, truth)
    found = text_baselines(Labelled(texts, truth), Labelled(texts, unseen), labels=list("xyz"))
    right = (truth != 2).mean()
    assert {s.name: s.value for s in found[1].scores}["accuracy"] == pytest.approx(right)


def test_one_label_only_and_one_text():
    one = Labelled([b"a b"], [0])
    for found in text_baselines(one, one, labels=["a"]):
        assert found.scores[0].value == 1
    for found in text_baselines(Labelled([b""], [0]), one, labels=["a", "b"], dim=3):
        assert found.scores[0].value == 1


def test_bounds(monkeypatch):
    texts, truth = small()
    both = Labelled(texts, truth)
    monkeypatch.setattr(module, "MOST_TEXTS", 30)
    found = text_baselines(both, both, labels=list("xyz"), max_seconds=0)
    assert found[1].about["cases"] == 30 and not found[1].about["converged"]
    monkeypatch.setattr(module, "MOST_WEIGHTS", 3000)
    assert [one.name for one in text_baselines(both, both, labels=list("xyz"))] == ["majority"]


def test_mistakes():
    one = Labelled([b"a"], [0, 1])
    with pytest.raises(InputError, match="1 training texts"):
        text_baselines(one, one, labels=["a", "b"])
    with pytest.raises(InputError, match="for 1 names"):
        text_baselines(Labelled([b"a", b"b"], [0, 1]), one, labels=["a"])


@pytest.mark.slow
def test_real_questions(data):
    def read(name):
        pairs = [
            line.split(b" ", 1)
            for line in (data / "topic" / name).read_bytes().split(b"\n")
            if line
        ]
        return [text for _, text in pairs], [label.split(b":")[0].decode() for label, _ in pairs]

    (texts, labels), (test, wanted) = read("TREC.train"), read("TREC.test")
    names = sorted(set(labels))
    train = Labelled(texts, np.array([names.index(one) for one in labels]))
    held = Labelled(test, np.array([names.index(one) for one in wanted]))
    found = text_baselines(train, held, labels=names)
    accuracy = [{s.name: s.value for s in one.scores}["accuracy"] for one in found]
    assert accuracy[0] < 0.3 and accuracy[1] > 0.87 and 0.6 < accuracy[2] < accuracy[1]
