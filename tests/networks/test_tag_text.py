"""Raw text cut as the training data were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

import itertools

from rowspace.networks.tag_text import WORDS, Cutter
from rowspace.networks.tag_words import Lexicon

MET = ["I", "'m", "ca", "n't", "don't", "U.S.", "l'", "eau", ":)", "Rome", "'s", "the"]
CUTTER = Cutter.of(Lexicon.of(dict.fromkeys(MET, 2), ["paris."], lower=True, longest=2))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rome, the", ["Rome", ",", "the"]),
        ("(Rome).", ["(", "Rome", ")", "."]),
        ("the U.S.", ["the", "U.S."]),
        ("I'm :)", ["I", "'m", ":)"]),
        ("can't don't", ["ca", "n't", "don't"]),
        ("l'eau l'amour Paul's", ["l'", "eau", "l'", "amour", "Paul", "'s"]),
        ("O'Neill", ["O'Neill"]),
        ("@paul #rome", ["@paul", "#rome"]),
        ("EFE-Madrid 1,5", ["EFE-Madrid", "1,5"]),
        ("paris.", ["paris", "."]),
        ("'I'", ["'", "I", "'"]),
        ("--", ["-", "-"]),
        ("", []),
        (" \t\u00a0\n", []),
    ],
)
def test_words(text, words):
    assert [text[a:b] for a, b in CUTTER.words(text)] == words


@given(st.text(max_size=40))
def test_every_character_but_white_space_is_in_one_word(text):
    places = list(CUTTER.words(text))
    assert all(a < b for a, b in places)
    assert all(before <= a for (_, before), (a, _) in itertools.pairwise(places))
    covered = {at for a, b in places for at in range(a, b)}
    rest = "".join(one for at, one in enumerate(text) if at not in covered)
    assert not rest.split()


def test_sentences_end_at_marks_and_before_they_are_too_long():
    text = "Rome . the ! x"
    cut = [[text[a:b] for a, b in one] for one in CUTTER.sentences(text)]
    assert cut == [["Rome", "."], ["the", "!"], ["x"]]
    assert [len(one) for one in CUTTER.sentences("x " * (WORDS + 5))] == [WORDS, 5]
    assert CUTTER.sentences("") == []
