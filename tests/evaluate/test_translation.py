"""BLEU and chrF are sacrebleu's; what is held against them; translating word by word."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("sacrebleu")
import sacrebleu

from rowspace.errors import InputError, MissingExtraError
from rowspace.evaluate.translation import bleu, judge_translations
from rowspace.evaluate.word_by_word import by_words, dictionary

TRUTH = ["Ein Mann schläft in einem Raum.", "Zwei Hunde laufen über die Wiese."] * 10
ANSWERS = ["Ein Mann schläft in dem Raum.", "Zwei Hunde rennen über die Wiese."] * 10


def test_they_are_those_of_sacrebleu():
    found = judge_translations(ANSWERS, TRUTH)
    assert [score.name for score in found] == ["BLEU", "chrF"]
    assert found[0].value == sacrebleu.corpus_bleu(ANSWERS, [TRUTH]).score == bleu(ANSWERS, TRUTH)
    assert found[1].value == sacrebleu.corpus_chrf(ANSWERS, [TRUTH]).score
    for score in found:
        assert 0 < score.low <= score.value + 3 and score.value - 3 <= score.high < 100
        assert score.n == 20 and score.coverage == 1 and "case:mixed" in score.extra["signature"]


def test_capitals_count_and_what_is_right_is_100():
    assert judge_translations(TRUTH, TRUTH)[0].value == pytest.approx(100)
    assert bleu([one.lower() for one in TRUTH], TRUTH) < 80


def test_the_one_figure_is_no_0_where_no_answer_has_four_words():
    assert bleu(["ein Hund", "ein Baum"], ["ein Hund", "ein Baum"]) == pytest.approx(100)
    assert 0 < bleu(["ein Hund", "ein Haus"], ["ein Hund", "ein Baum"]) < 100


def test_empty_answers_are_not_covered():
    found = judge_translations(["", *ANSWERS[1:]], TRUTH)
    assert found[0].coverage == pytest.approx(0.95)


@pytest.mark.parametrize(("answers", "truth"), [([], []), (["a"], ["a", "b"])])
def test_as_many_of_both(answers, truth):
    with pytest.raises(InputError, match="as many of both"):
        judge_translations(answers, truth)


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacrebleu", None)
    with pytest.raises(MissingExtraError) as error:
        bleu(["a"], ["a"])
    assert "rowspace[translate]" in error.value.hint


def test_a_dictionary_by_hand():
    sources = ["the dog", "the cat", "a dog"]
    targets = ["der hund", "die katze", "ein hund"]
    found = dictionary(sources, targets)
    # dice(dog, hund) = 2·2/(2+2); cat stands beside die and katze alike, and die comes first.
    assert found["dog"] == "hund" and found["cat"] == "die" and found["a"] == "ein"
    assert by_words(["A dog, a zebra!", "Dog"], found) == ["Ein hund, ein zebra!", "Hund"]


def test_a_dictionary_in_several_pieces(monkeypatch):
    sources = [f"w{at % 7} x{at % 3}" for at in range(50)]
    targets = [f"v{at % 7} y{at % 3}" for at in range(50)]
    whole = dictionary(sources, targets)
    monkeypatch.setattr("rowspace.evaluate.word_by_word._AT_ONCE", 8)
    assert dictionary(sources, targets) == whole
    assert whole["w3"] == "v3" and whole["x2"] == "y2"


def test_no_words_at_all():
    assert dictionary(["!", "?"], [".", "."]) == {}
    assert by_words(["? !"], {}) == ["? !"]
