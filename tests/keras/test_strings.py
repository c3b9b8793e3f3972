"""Strings become table rows, of any shape, under every policy."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("keras", reason="needs keras and a backend (the `keras` extra)")

from rowspace import Exact, Hashed, InputError, Quotient, Subwords, Vocabulary, VocabularyError
from rowspace.corpus import Reading, tokenizer
from rowspace.keras.strings import NO_ROW, Strings, is_text, leaves
from rowspace.vectors import IdTypeError

ITEMS = ["king", "queen", "woman"]
POLICIES = [Hashed(50), Subwords(buckets=40), Quotient(unknown="<unk>")]


def exact(**options):
    return Strings(Vocabulary.of(ITEMS, unseen=Exact("<unk>")), **options)


def test_shapes_stay():
    rows = exact().rows
    assert rows("queen").shape == () and int(rows("queen")) == 1
    assert rows(["king", "queen"]).tolist() == [0, 1]
    assert rows(np.array([["king", "zebra"]])).tolist() == [[0, 3]]
    assert rows(np.array(["king", b"queen"], object)).tolist() == [0, 1]
    assert rows([[["king"], ["woman"]]]).tolist() == [[[0], [2]]]
    assert rows([]).shape == (0,)


def test_padding_takes_row_0_and_moves_the_others_up():
    rows = exact(mask_zero=True).rows
    assert rows([["king"], ["queen", "woman"], []]).tolist() == [[1, 0], [2, 3], [0, 0]]
    assert rows(np.array([["king", ""]])).tolist() == [[1, 0]]


def test_length_cuts_and_fills():
    rows = exact(mask_zero=True, length=2).rows
    assert rows([["king"], ["king", "queen", "woman"]]).tolist() == [[1, 0], [1, 2]]
    assert exact(length=1).rows([["king", "queen"]]).tolist() == [[0]]


def test_different_lengths_need_padding():
    with pytest.raises(InputError, match=r"differ in length: \[1, 2\]") as caught:
        exact().rows([["king"], ["king", "queen"]])
    assert "mask_zero" in caught.value.hint


def test_texts_are_cut():
    words = tokenizer(Reading("words", lower=True))
    rows = exact(mask_zero=True, tokenizer=words).rows
    assert rows(["The King!", "queen, woman, king"]).tolist() == [[4, 1, 0], [2, 3, 1]]
    assert rows("King").tolist() == [1]
    assert rows([["king"], ["queen"]]).tolist() == [[[1]], [[2]]]


def test_a_text_without_items_is_an_unknown_one():
    words = tokenizer(Reading("words"))
    rows = exact(mask_zero=True, tokenizer=words).rows
    assert rows([":)", "king queen"]).tolist() == [[4, 0], [1, 2]]
    strict = Strings(Vocabulary.of(ITEMS), mask_zero=True, tokenizer=words)
    assert strict.rows([":)", "king"]).tolist() == [[0], [1]]
    assert exact(mask_zero=True).rows([[], ["king"]]).tolist() == [[0], [1]]


@pytest.mark.parametrize("unseen", POLICIES, ids=lambda one: one.name)
@pytest.mark.parametrize("mask_zero", [False, True])
def test_bags_are_those_of_the_vocabulary(unseen, mask_zero):
    vocabulary = Vocabulary.of(ITEMS, unseen=unseen)
    asked = ["king", "kingdom", "king", "woman"]
    rows = Strings(vocabulary, mask_zero).rows(asked)
    empty = 0 if mask_zero else NO_ROW
    for item, found in zip(asked, rows.tolist(), strict=True):
        bag = [row + mask_zero for row in vocabulary.bag(item)]
        assert found == bag + [empty] * (len(found) - len(bag))


def test_widths_of_bags_are_few():
    vocabulary = Vocabulary.of(ITEMS, unseen=Subwords(buckets=1000))
    widths = {Strings(vocabulary).rows(["x" * n]).shape[-1] for n in range(3, 20)}
    mixed = {Strings(vocabulary).rows(["king", "x" * n]).shape[-1] for n in range(3, 20)}
    assert len(widths) > len(mixed) and all(width & (width - 1) == 0 for width in mixed)


def test_an_item_without_a_row_is_named():
    strings = Strings(Vocabulary.of(ITEMS))
    with pytest.raises(VocabularyError, match="'quene'") as caught:
        strings.rows(["king", "quene"])
    assert caught.value.near[0] == "queen"
    with pytest.raises(VocabularyError, match="'x'"):
        Strings(Vocabulary.of(ITEMS, unseen=Subwords(maxn=0, minn=0, buckets=0))).rows(["x"])


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (["king", None], "None .* at position 1 is"),
        ([["king"], ["queen", 3]], r"3 \(int\) at position \(1, 1\) is"),
        (np.array(["king", float("nan")], object), "nan"),
        (7, r"7 \(int\) is not a string"),
        ([["king"], "queen"], r"\['king'\]"),
    ],
)
def test_what_is_no_string_is_named(inputs, said):
    with pytest.raises(IdTypeError, match=said):
        exact().rows(inputs)


def test_irregular_lists_are_refused():
    with pytest.raises(InputError, match="differ in shape"):
        exact(mask_zero=True).rows([[["king"]], [["king"], ["queen"]]])


@pytest.mark.parametrize(
    ("inputs", "text"),
    [
        ("a", True),
        (b"a", True),
        ([["a"]], True),
        ([[], ["a"]], True),
        (np.array(["a"]), True),
        (np.array([None, "a"], object), True),
        ([1], False),
        ([], False),
        (None, False),
        (np.array([1]), False),
        (np.array([None], object), False),
    ],
)
def test_text_is_told_from_ids(inputs, text):
    assert is_text(inputs) is text


def test_leaves_of_anything():
    batches = (np.array([["a", "b"]]) for _ in range(2))
    assert list(leaves(batches)) == ["a", "b", "a", "b"]
    assert list(leaves("a")) == ["a"]
    with pytest.raises(IdTypeError, match="3"):
        list(leaves(["a", 3]))
