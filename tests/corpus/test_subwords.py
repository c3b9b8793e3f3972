"""Subwords: any text goes in and comes back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tokenizers")

from rowspace.corpus.subwords import SPECIAL, Subwords, is_subwords, learn_subwords
from rowspace.errors import FormatError, InputError, SettingError

LINES = [
    "A man sleeps in a green room.", "Ein Mann schläft in einem grünen Raum.",
    "Two young men are outside.", "Zwei junge Männer sind im Freien.", "it's the 2nd ice-cream",
] * 3  # fmt: skip


@pytest.fixture(scope="module")
def content():
    return learn_subwords(LINES, 600)


@pytest.fixture(scope="module")
def subwords(content):
    return Subwords.of(content)


def test_the_same_lines_give_the_same_bytes(content):
    assert learn_subwords(iter(LINES), 600) == content
    assert is_subwords(content) and json.loads(content)["model"]["type"] == "BPE"


def test_what_comes_first(subwords):
    assert subwords.names[:3] == list(SPECIAL) and len(subwords) <= 600
    assert len(set(subwords.names)) == len(subwords) == len(subwords.words)


@given(st.text())
def test_any_text_comes_back(subwords, text):
    import unicodedata

    told = text.encode("utf-8", "replace").decode()
    [ids] = subwords.ids([text])
    assert min(ids, default=3) >= 3 and max(ids, default=3) < len(subwords)
    assert subwords.text(ids) == unicodedata.normalize("NFC", told).removeprefix(" ")


@pytest.mark.parametrize("text", ["a </s> b", "<pad>", "<s><s>"])
def test_text_that_looks_special_is_text(subwords, text):
    [ids] = subwords.ids([text])
    assert not {0, 1, 2} & {*ids} and subwords.text(ids) == text


def test_special_ids_are_not_in_the_text(subwords):
    [ids] = subwords.ids(["A man sleeps"])
    assert subwords.text([1, *ids, 2, 0, 0]) == "A man sleeps"


def test_words_and_what_begins_one(subwords):
    [ids] = subwords.ids(["man sleeps."])
    whole = [subwords.words[id] for id in ids]
    assert whole[0] == "man" and whole[-1] == ""
    assert ids[0] in subwords.begins and ids[-1] not in subwords.begins


def test_lower_case_and_normal_form():
    small = Subwords.of(learn_subwords(LINES, 600, lower=True))
    [ids] = small.ids(["ZWEI Ma\u0308nner"])
    assert small.text(ids) == "zwei männer"


@pytest.mark.parametrize("size", [0, 511, 1 << 21, True, "many", 600.0])
def test_a_size_that_cannot_be(size):
    with pytest.raises(SettingError, match="subwords must be a whole number"):
        learn_subwords(LINES, size)


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_no_text(lines):
    with pytest.raises(InputError, match="no text to learn"):
        learn_subwords(lines, 600)


def test_a_tokenizer_of_another_kind(content):
    config = json.loads(content)
    config["added_tokens"] = []
    del config["model"]["vocab"]["<s>"]
    other = json.dumps(config).encode()
    assert not is_subwords(other) and not is_subwords(b"{") and not is_subwords(b"[1]")
    with pytest.raises(FormatError):
        Subwords.of(other)


@pytest.mark.parametrize("ids", [[-1], [10**6]])
def test_ids_that_are_none(subwords, ids):
    with pytest.raises(InputError, match="run from 0 to"):
        subwords.text(ids)
