"""Tags and the entities they mark: every scheme, both ways, and what breaks one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus.tag_schemes import (
    Span,
    breaches,
    parted,
    scheme_of,
    spans_of,
    spans_of_words,
    tags_of,
)

TYPES = st.sampled_from(["PER", "LOC", "creative-work"])
TAGS = st.one_of(
    st.just("O"), st.builds(lambda mark, type: f"{mark}-{type}", st.sampled_from("BIES"), TYPES)
)


@st.composite
def sentences(draw):
    """Spans that do not overlap, and the length of their sentence."""
    found, at = [], 0
    for _ in range(draw(st.integers(0, 5))):
        at += draw(st.integers(0, 2))
        end = at + draw(st.integers(1, 3))
        found.append(Span(at, end, draw(TYPES)))
        at = end
    return found, at + draw(st.integers(0, 2))


def iob1(spans, length):
    """IOB1, written apart from the code: B only behind an entity of the same type."""
    tags = ["O"] * length
    for start, end, type in spans:
        tags[start:end] = [f"I-{type}"] * (end - start)
        if start and tags[start - 1] != "O" and tags[start - 1][2:] == type:
            tags[start] = f"B-{type}"
    return tags


@given(sentences(), st.sampled_from(["iob1", "iob2", "bioes"]))
def test_spans_come_back_from_every_scheme(made, scheme):
    spans, length = made
    tags = iob1(spans, length) if scheme == "iob1" else tags_of(spans, length, scheme)
    assert spans_of(tags) == spans
    assert not list(breaches(tags, scheme))


def ends_before(previous, tag):
    """conlleval's endOfChunk, case by case, of tags such as "B-PER"."""
    (a, x), (b, y) = [(one[0], one[2:]) for one in (previous, tag)]
    if a == "O":
        return False
    return a in "ES" or (a in "BI" and b in "BSO") or x != y


def starts_with(previous, tag):
    """conlleval's startOfChunk."""
    (a, x), (b, y) = [(one[0], one[2:]) for one in (previous, tag)]
    if b == "O":
        return False
    return b in "BS" or a in "ESO" or x != y


def as_conlleval(tags):
    found, start = [], None
    for at, (previous, tag) in enumerate(zip(["O", *tags], [*tags, "O"], strict=True)):
        if start is not None and ends_before(previous, tag):
            found.append(Span(start, at, previous[2:]))
            start = None
        if starts_with(previous, tag):
            start = at
    return found


@given(st.lists(TAGS, max_size=12))
def test_broken_tags_count_as_conlleval_counts_them(tags):
    assert spans_of(tags) == as_conlleval(tags)


@given(st.lists(st.lists(TAGS, max_size=8), max_size=4))
def test_what_is_lenient_is_valid_afterwards(several):
    for tags in several:
        for scheme in ("iob2", "bioes"):
            again = tags_of(spans_of(tags), len(tags), scheme)
            assert not list(breaches(again, scheme)) and spans_of(again) == spans_of(tags)


@pytest.mark.parametrize(
    ("tags", "scheme"),
    [
        ("O I-PER I-PER O", "iob1"),
        ("I-PER B-PER O", "iob1"),
        ("B-PER I-PER O", "iob2"),
        ("O O", "iob2"),
        ("B-PER E-PER O S-LOC", "bioes"),
        ("B-PER L-PER O U-LOC", "bioes"),
        ("S-LOC S-PER", "bioes"),
        ("DET NOUN VERB", "plain"),
        ("O NN-TL VB", "plain"),
        ("in-hl np-tl O", "plain"),
    ],
)
def test_schemes_are_told_apart(tags, scheme):
    assert scheme_of([tags.split()]) == scheme


def test_one_stray_tag_does_not_change_the_scheme():
    assert scheme_of([["B-PER", "I-PER", "O"]] * 9 + [["O", "I-PER"]]) == "iob2"
    assert scheme_of([["I-PER", "I-PER", "O"]] * 9 + [["O", "B-PER"]]) == "iob1"


@pytest.mark.parametrize(
    ("tags", "scheme", "at", "told"),
    [
        ("O I-PER", "iob2", 1, "I-PER stands behind O"),
        ("B-LOC I-PER", "iob2", 1, "I-PER stands behind B-LOC"),
        ("O B-PER", "iob1", 1, "B-PER stands behind O"),
        ("B-PER O", "bioes", 1, "has not ended"),
        ("O B-PER", "bioes", 1, "the sentence ends within an entity"),
        ("S-PER E-PER", "bioes", 1, "E-PER stands behind S-PER"),
        ("O PER", "iob2", 1, "'PER' is neither O nor"),
        ("O B-", "iob2", 1, "'B-' is neither O nor"),
        ("O X-PER", "iob2", 1, "'X-PER' is neither O nor"),
    ],
)
def test_what_breaks_a_scheme_is_told_with_its_place(tags, scheme, at, told):
    [(place, why)] = breaches(tags.split(), scheme)
    assert place == at and told in why


def test_types_may_hold_hyphens_and_other_letters_mean_the_same():
    assert parted("B-creative-work") == ("B", "creative-work")
    assert parted("L-PER") == ("E", "PER") and parted("U-PER") == ("S", "PER")
    assert parted("M-PER") == ("I", "PER") and parted("-") == ("", "")


def test_words_as_spans():
    assert spans_of_words(["DET", "NOUN"]) == [Span(0, 1, "DET"), Span(1, 2, "NOUN")]
