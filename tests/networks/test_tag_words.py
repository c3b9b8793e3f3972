"""What a word is known by."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")

from rowspace.networks.tag_words import (
    LETTERS,
    UNKNOWN,
    Lexicon,
    letters_of,
    pieces_of,
    shape_of,
)


@pytest.mark.parametrize(
    ("word", "shape"),
    [("Paris", "Xxx"), ("USA", "XX"), ("1998", "dd"), ("3.5", "d.d"), ("U.S.", "X.X."),
     ("@paul", "@xx"), ("McDonald", "XxXxx"), ("…", "…"), ("北京", "xx"), ("a" * 40, "xx")],
)  # fmt: skip
def test_shapes(word, shape):
    assert shape_of(word) == shape


def test_pieces_and_letters():
    assert pieces_of("Rome", 2) == ["<r", "<ro", "e>", "me>"]
    assert pieces_of("a", 4) == ["<a", "a>"]
    long = "x" * 20 + "y" * 30
    assert letters_of(long) == "x" * 16 + "y" * 16 and letters_of("ab") == "ab"


@pytest.fixture
def lexicon():
    met = {"Rome": 3, "rome": 1, "is": 4, "old": 2, "gold": 1}
    return Lexicon.of(met, ["rome", "paris"], lower=True, longest=3)


def test_the_rows_of_words(lexicon):
    words = lexicon.words
    assert words.counts[words.id("rome")] == 4 and words.counts[words.id("paris")] == 0
    forms = lexicon.forms(["Rome", "ROME", "paris", "never"])
    rome, paris, unknown = (words.id(one) for one in ("rome", "paris", UNKNOWN))
    assert forms.rows.tolist() == [rome, rome, paris, unknown]
    assert forms.sizes.tolist() == [4, 4, 5, 5]
    letters = lexicon.letters
    assert forms.letters[0, :4].tolist() == [letters.id(one) for one in "Rome"]
    assert (forms.letters[0, 4:] == 0).all() and letters.id("<pad>") == 0
    assert forms.letters[2, 0] == letters.id(UNKNOWN)


def test_pieces_are_those_of_two_words_and_more(lexicon):
    assert {"ld>", "old>", "d>", "<o"} & set(lexicon.pieces) == {"ld>", "old>", "d>"}
    forms = lexicon.forms(["old", "xyz", "gold"])
    first = forms.pieces[forms.offsets[0] : forms.offsets[1]].tolist()
    assert first == [lexicon.pieces.id(one) for one in ("d>", "ld>", "old>")]
    assert forms.offsets[1] == forms.offsets[2]
    letters, pieces, offsets, shapes = forms.take(np.array([2, 1]))
    assert letters.shape == (2, 4) and offsets.tolist() == [0, 3, 3] and len(shapes) == 2
    assert sorted(pieces.tolist()) == sorted(first)


def test_case_may_be_kept_and_rare_words_have_no_row():
    lexicon = Lexicon.of({"Rome": 1, "rome": 2}, lower=False, longest=2, least=2)
    assert "rome" in lexicon.words and "Rome" not in lexicon.words
    forms = lexicon.forms(["Rome"])
    assert forms.rows[0] == lexicon.words.id(UNKNOWN)


def test_words_of_any_length_and_kind(lexicon):
    forms = lexicon.forms(["x" * 10_000, "\x00", "\U0001f600", "<unk>"])
    assert forms.letters.shape == (4, LETTERS) and forms.sizes[0] == LETTERS
    assert forms.rows[3] == lexicon.words.id(UNKNOWN)
