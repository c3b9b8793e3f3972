"""`Features`: rows of words, runs and n-grams that training met, and of nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.kernels.features_reference import gram_keys, run_keys
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.families import learn_features
from rowspace.vocabulary.features import Features

TEXTS = [b"good film", b"bad film", b"good good acting"]


def learned(**settings) -> Vocabulary:
    own = {"min_count": 1, "min_grams": 1, "max_grams": 1000, **settings}
    features = own.pop("features", Features(2, True, 3, 4))
    return learn_features([TEXTS], features, **own)


def test_rows_stand_one_behind_the_other():
    vocabulary = learned()
    features = vocabulary.unseen
    assert set(vocabulary.items.tokens()) == {
        b"<s>", b"</s>", b"good", b"film", b"bad", b"acting"
    }  # fmt: skip
    assert vocabulary.n_rows == len(vocabulary) + len(features.runs) + len(features.grams)
    runs = set(features.runs.tolist())
    words = [[b"<s>", *text.split(), b"</s>"] for text in TEXTS]
    assert runs == {key for row in words for key in run_keys(row, 2, True)}
    grams = {key for row in words for word in row for key in gram_keys(word, 3, 4)}
    assert set(features.grams.tolist()) == grams


def test_a_text_is_its_three_bags_each_row_once():
    vocabulary = learned()
    features = vocabulary.unseen
    own, runs, grams = features.families(vocabulary.items, [b"good", b"good", b"zzz", b"</s>"])
    assert [vocabulary.item(row) for row in own] == ["<s>", "good", "</s>"]
    size, first = len(vocabulary), len(vocabulary) + len(features.runs)
    met = [features.runs[row - size] for row in runs]
    begin, twice = run_keys([b"<s>", b"good"], 2, False), run_keys([b"good"] * 2, 2, False)
    gap = run_keys([b"<s>", b"good", b"good"], 2, True)[1]
    over = run_keys([b"good", b"zzz", b"</s>"], 2, True)[1]  # "good acting </s>" has it too
    assert met == [*begin, gap, *twice, over]
    assert [features.grams[row - first] for row in grams] == gram_keys(b"good", 3, 4)
    assert len(set(grams)) == len(grams)


def test_rare_features_have_no_row():
    assert len(learned(min_grams=2).unseen.runs) < len(learned().unseen.runs)
    assert len(learned(max_grams=3).unseen.grams) == 3
    assert len(learned(max_grams=0).unseen.grams) == len(learned(max_grams=0).unseen.runs) == 0
    assert "bad" not in learned(min_count=2) and "film" in learned(min_count=2)
    kept = set(learned(max_grams=2).unseen.runs.tolist())
    assert set(run_keys([b"<s>", b"good"], 2, False)) <= kept  # the frequent ones stay


def test_settings_and_keys_that_cannot_be():
    for wrong in ({"words": 0}, {"minn": 5, "maxn": 3}, {"gaps": 1}, {"maxn": -1}):
        with pytest.raises(InputError, match="Features"):
            Features(**wrong)
    for keys in (np.zeros(2, np.int32), np.zeros((1, 1), np.int64), [1, 2]):
        with pytest.raises(InputError, match="runs must be"):
            Features(runs=keys)
    for keys in ([2, 1], [1, 1], [-1, 5]):
        with pytest.raises(InputError, match="grams must be"):
            Features(grams=np.array(keys, np.int64))


def test_a_vector_of_a_single_word_has_its_grams():
    vocabulary = learned()
    rows = vocabulary.unseen.known_rows(vocabulary.items, vocabulary.id("good"))
    assert rows[0] == vocabulary.id("good")
    assert len(rows) == 1 + len(gram_keys(b"good", 3, 4))
    assert vocabulary.unseen.rows_of(vocabulary.items, b"column\tgood") == []
