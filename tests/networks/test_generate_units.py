"""Units of a text: put together again they are the text."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

from rowspace.errors import FormatError, InputError, SettingError
from rowspace.networks.generate_units import Units, UnitSettings
from rowspace.vocabulary import Vocabulary

TEXT = "To be, or not to be:\nthat is the question.\n\n  Whether 'tis nobler — naïve 日本?\n"
needs_tokenizers = pytest.mark.skipif(
    importlib.util.find_spec("tokenizers") is None, reason="the tokenizers extra is not installed"
)
KINDS = ["characters", "words", pytest.param("subwords", marks=needs_tokenizers)]


def learned(text, kind, **more):
    return Units.learned(text, UnitSettings(units=kind, min_count=1, **more))


def written(units, text, **more):
    return "".join(units.spelled(units.ids(text).tolist(), **more))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_characters_give_any_text_back(text):
    assert written(learned(text, "characters"), text) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_words_give_any_text_back(text):
    units = learned(text, "words")
    assert written(units, text) == text
    characters, octets = units.lengths(units.ids(text))
    assert characters.sum() == len(text) and octets.sum() == len(text.encode())


@needs_tokenizers
@given(st.lists(st.text(st.sampled_from("ab né日🙂.'"), max_size=8).map(str.lstrip), min_size=1))
def test_subwords_give_lines_back(lines):
    text = "\n".join([*lines, "end"])
    units = subwords()
    assert written(units, text) == text


def subwords(made=[]):  # noqa: B006 - learned once
    if not made:
        made.append(learned(TEXT * 5, "subwords", size=512))
    return made[0]


@pytest.mark.parametrize("kind", KINDS)
def test_lengths_add_up_to_the_text(kind):
    text = "To be\n\nor nöt to be\n" if kind == "subwords" else TEXT
    units = subwords() if kind == "subwords" else learned(text, kind)
    ids = units.ids(text)
    characters, octets = units.lengths(ids)
    assert characters.sum() == len(text) and octets.sum() == len(text.encode())
    assert len(ids) == len(characters) == len(octets)


def test_white_space_alone_parts_texts_that_are_cut():
    text = "the <unk> , is\nthe end .\n"
    units = learned(text, "whitespace")
    assert written(units, text) == text
    assert units.ids("<unk>").tolist() == [units.unknown]
    characters, _ = units.lengths(units.ids(text))
    assert characters.sum() == pytest.approx(len(text), abs=2)
    assert list(units.spelled(units.ids("is the").tolist(), after=True)) == [" is", " the"]


def test_words_bring_their_space():
    units = learned(TEXT, "words")
    assert [*units.spelled(units.ids("To be").tolist())] == ["To", " be"]
    assert " be" in units.vocabulary and "," in units.vocabulary
    assert "be" in units.words and " be" not in units.words


def test_rare_and_unseen_units_are_unknown():
    units = Units.learned("a b b c\na b b c\na rare", UnitSettings(units="words"))
    assert units.ids("a").tolist() != [units.unknown]
    assert units.ids(" rare zebra").tolist() == [units.unknown] * 2
    assert units.unwritten == [units.unknown]
    few = Units.learned("aaabbc", UnitSettings(size=3))
    assert len(few.vocabulary) == 3 and few.ids("c").tolist() == [few.unknown]
    assert few.vocabulary.counts[few.unknown] == 1


def test_lower_case():
    units = learned("The END", "characters", lower=True)
    assert written(units, "The END") == "the end"


def test_a_text_without_a_beginning_goes_on_from_a_line_end():
    assert learned(TEXT, "characters").begins == learned(TEXT, "characters").ids("\n")[0]
    assert learned("aab", "characters").begins == learned("aab", "characters").ids("a")[0]


@needs_tokenizers
def test_subwords_are_counted_on_their_text_and_kept_with_the_vocabulary():
    units = subwords()
    assert units.vocabulary.counts.sum() == len(units.ids(TEXT * 5))
    again = Units.of_model(units.vocabulary, {"units": "subwords"})
    assert np.array_equal(again.ids(TEXT), units.ids(TEXT))
    assert units.unknown == -1 and 2 not in units.unwritten


def test_a_model_whose_units_do_not_hold_together():
    plain = Vocabulary.of(["a", "b"])
    with pytest.raises(FormatError, match="its units"):
        Units.of_model(plain, {"units": "syllables"})
    with pytest.raises(FormatError, match="no tokenizer"):
        Units.of_model(plain, {"units": "subwords"})


def test_settings_that_cannot_be():
    for wrong in ({"units": "bytes"}, {"size": 1}, {"min_count": 0}, {"lower": 1}):
        with pytest.raises(SettingError):
            UnitSettings(**wrong)
    if importlib.util.find_spec("tokenizers"):
        with pytest.raises(SettingError, match="512"):
            learned(TEXT, "subwords", size=100)
        with pytest.raises(InputError):
            learned("\n\n", "subwords", size=512)
