"""Entities counted, by hand and against a plainer count."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus.tag_schemes import spans_of
from rowspace.errors import InputError
from rowspace.evaluate.spans import judge_tags, most_frequent, quick_figures

TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "S-LOC", "E-PER"])
SENTENCES = st.lists(st.lists(st.tuples(TAGS, TAGS), max_size=7), min_size=1, max_size=6)


def test_an_entity_is_right_with_its_ends_and_its_type():
    truth = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"]]
    given = [["B-PER", "O", "O", "B-LOC"], ["B-PER", "O"]]
    found = judge_tags(truth, given)
    assert found["precision"].value == pytest.approx(1 / 3)
    assert found["recall"].value == pytest.approx(1 / 3)
    assert found["f1"].value == pytest.approx(1 / 3)
    assert found["accuracy"].value == pytest.approx(4 / 6)
    assert found.scores[0].name == "f1"
    assert found["f1/LOC"].value == pytest.approx(2 / 3)
    assert found["f1/PER"].value == 0
    assert found["macro-f1"].value == pytest.approx(1 / 3)
    loc = next(row for row in found.labels if row.label == "LOC")
    assert (loc.cases, loc.answers) == (2, 1)
    assert (found["f1"].n, found["precision"].n, found["accuracy"].n) == (3, 3, 6)


@given(SENTENCES)
def test_figures_are_those_of_a_plain_count(sentences):
    truth = [[a for a, _ in one] for one in sentences]
    given = [[b for _, b in one] for one in sentences]
    hits = answers = cases = 0
    for true, own in zip(truth, given, strict=True):
        a, b = set(spans_of(true)), set(spans_of(own))
        hits, answers, cases = hits + len(a & b), answers + len(b), cases + len(a)
    found = quick_figures(truth, given, spans=True)
    assert found["precision"] == pytest.approx(hits / answers if answers else 0)
    assert found["recall"] == pytest.approx(hits / cases if cases else 0)
    assert found["f1"] == pytest.approx(2 * hits / (answers + cases) if answers + cases else 0)


def test_any_scheme_may_be_judged_by_any_other():
    found = judge_tags([["B-PER", "I-PER"]], [["B-PER", "E-PER"]])
    assert found["f1"].value == found["accuracy"].value == 1


def test_intervals_draw_sentences():
    truth = [["B-PER", "O"], ["B-LOC", "O"]] * 30
    given = [["B-PER", "O"], ["O", "O"]] * 30
    found = judge_tags(truth, given)["recall"]
    assert found.low < found.value == 0.5 < found.high
    assert judge_tags(truth, given)["recall"] == found
    assert judge_tags(truth, truth)["f1"].low == 1


def test_single_words():
    found = judge_tags([["DET", "NOUN", "VERB"]], [["DET", "NOUN", "NOUN"]], spans=False)
    assert [score.name for score in found.scores] == ["accuracy", "macro-f1"]
    assert found["accuracy"].value == pytest.approx(2 / 3)
    assert found["precision/NOUN"].value == 0.5 and found["f1/VERB"].value == 0
    assert quick_figures([["A"]], [["A"]], spans=False) == {"accuracy": 1}


def test_no_entities_at_all():
    found = judge_tags([["O", "O"]], [["O", "O"]])
    assert found["f1"].value == 0 and found["accuracy"].value == 1 and not found.labels
    assert not any(math.isnan(score.low) for score in found.scores)


@pytest.mark.parametrize(
    ("truth", "given", "told"),
    [([], [], "0 sentences"), ([["O"]], [], "1 sentences"), ([["O"]], [["O", "O"]], "sentence 0")],
)
def test_what_does_not_go_together(truth, given, told):
    with pytest.raises(InputError, match=told):
        judge_tags(truth, given)


def test_the_yardstick_knows_each_words_most_frequent_tag():
    words = [["a", "b", "a", "c"], ["a", "d"]]
    tags = [["X", "Y", "Z", "Y"], ["Z", "X"]]
    best, other = most_frequent(words, tags, spans=False)
    assert best == {"a": "Z", "b": "Y", "c": "Y", "d": "X"} and other == "Y"
    assert most_frequent(words, tags, spans=True)[1] == "O"
    assert most_frequent([["a", "a"]], [["X", "X"]], spans=False)[1] == "X"
