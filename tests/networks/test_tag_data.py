"""Sentences in batches, tags by number."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace.corpus.conll import Tagged  # noqa: E402
from rowspace.errors import InputError  # noqa: E402
from rowspace.networks import tag_data  # noqa: E402
from rowspace.networks.tag_data import Sentences, Tags, hidden_words  # noqa: E402
from rowspace.networks.tag_words import UNKNOWN, Lexicon  # noqa: E402

WORDS = [["a", "b"], ["c"], ["a", "d", "e", "a"], ["b", "b", "b"]]
MET = {"a": 3, "b": 4, "c": 1, "d": 1, "e": 1}


def data(tags, scheme="iob2"):
    words = [[f"w{at}" for at, _ in enumerate(one)] for one in tags]
    return Tagged(words, tags, [("here", 1)] * len(tags), scheme, "here")


@pytest.fixture
def lexicon():
    return Lexicon.of(MET, lower=True, longest=2)


@pytest.fixture
def sentences(lexicon):
    tags = [np.arange(len(one)) for one in WORDS]
    return Sentences.of(WORDS, lexicon, tags)


def test_a_batch_holds_each_word_once_and_the_longest_sentence_first(sentences, lexicon):
    batch = sentences.batch([0, 2, 1])
    assert batch.lengths.tolist() == [4, 2, 1]
    id = lexicon.words.id
    assert batch.words[0].tolist() == [id("a"), id("d"), id("e"), id("a")]
    assert batch.words[1, :2].tolist() == [id("a"), id("b")] and batch.words[2, 0] == id("c")
    assert batch.tags[0].tolist() == [0, 1, 2, 3] and batch.tags[1, :2].tolist() == [0, 1]
    assert len(batch.shapes) == len(batch.letters) == 5 and len(batch.offsets) == 6
    spelled = batch.letters[batch.forms[0, 0]]
    assert spelled[0] == lexicon.letters.id("a") and batch.forms[0, 0] == batch.forms[0, 3]
    assert batch.forms[1, 0] == batch.forms[0, 0]


def test_every_sentence_once_an_epoch_in_another_order(sentences):
    first = sentences.shuffled(2, 0, 0)
    assert sorted(at for one in first for at in one) == [0, 1, 2, 3]
    assert first == sentences.shuffled(2, 0, 0)
    others = [sentences.shuffled(2, 0, epoch) for epoch in range(1, 9)]
    assert any(one != first for one in others)
    assert [len(one) for one in sentences.in_order(3)] == [3, 1]


def test_long_sentences_make_smaller_batches(sentences, monkeypatch):
    monkeypatch.setattr(tag_data, "MOST", 4)
    assert [len(one) for one in sentences.in_order(4)] == [1, 1, 2]


def test_rare_words_are_hidden_as_often_as_said(lexicon):
    words = [["a", "c"]] * 4000
    sentences = Sentences.of(words, lexicon)
    found = hidden_words(sentences, range(4000), lexicon, 1.0, at=0, seed=0)
    unknown = lexicon.words.id(UNKNOWN)
    hidden = np.stack(found) == unknown
    assert hidden[:, 0].mean() == pytest.approx(1 / 4, abs=0.03)
    assert hidden[:, 1].mean() == pytest.approx(1 / 2, abs=0.03)
    again = hidden_words(sentences, range(4000), lexicon, 1.0, at=0, seed=0)
    assert np.array_equal(np.stack(found), np.stack(again))
    none = hidden_words(sentences, range(4000), lexicon, 0.0, at=0, seed=0)
    assert not (np.stack(none) == unknown).any()


def test_tags_of_spans_are_bioes_within():
    given = data([["B-LOC", "I-LOC", "O", "B-PER"]])
    tags = Tags.of(given)
    assert tags.names[0] == "O" and len(tags.names) == 9
    assert [tags.names[at] for at in tags.ids(given)[0]] == ["B-LOC", "E-LOC", "O", "S-PER"]
    assert Tags(("O", "B-X", "I-X", "E-X", "S-X"), True).ids(given)[0].tolist() == [-1, -1, 0, -1]


def test_the_rules_of_chains():
    tags = Tags.of(data([["B-LOC", "O", "B-PER"]]))
    begins, ends, follows = tags.chains()
    place = {name: at for at, name in enumerate(tags.names)}
    assert begins[place["B-LOC"]] and begins[place["O"]] and not begins[place["I-LOC"]]
    assert ends[place["S-PER"]] and ends[place["E-PER"]] and not ends[place["B-PER"]]
    assert follows[place["B-LOC"], place["E-LOC"]] and follows[place["E-LOC"], place["B-PER"]]
    assert not follows[place["B-LOC"], place["E-PER"]] and not follows[place["B-LOC"], place["O"]]
    assert not follows[place["O"], place["I-LOC"]] and follows[place["O"], place["S-LOC"]]


def test_plain_tags_know_no_rules():
    tags = Tags.of(data([["DET", "NOUN"]], "plain"))
    assert tags.names == ("DET", "NOUN") and all(one.all() for one in tags.chains())


@pytest.mark.parametrize(("tags", "scheme"), [([["O", "O"]], "iob2"), ([["N"], ["N"]], "plain")])
def test_one_tag_alone_teaches_nothing(tags, scheme):
    with pytest.raises(InputError, match="every word has the tag"):
        Tags.of(data(tags, scheme))
