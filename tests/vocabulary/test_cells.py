"""Cells of other columns: a row each, one for what is missing or was never seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.cells import cell_item, cell_rows
from rowspace.vocabulary.families import families, learn_features
from rowspace.vocabulary.features import Features

ITEMS = {"town\t": 2, "town\tBath": 3, "hour\t": 1, "hour\t7": 2, "Bath": 5}


def test_a_cell_is_column_and_value():
    assert cell_item("town", "Bath") == b"town\tBath" and cell_item("town", None) == b"town\t"


def test_rows_by_column():
    vocabulary = Vocabulary.from_counts(ITEMS)
    columns = {"town": ["Bath", None, "Cork", "7"], "hour": ["7", "8", None, "Bath"]}
    found = cell_rows(vocabulary, columns)
    named = [[vocabulary.item(row) for row in line] for line in found.tolist()]
    assert named == [
        ["town\tBath", "hour\t7"], ["town\t", "hour\t"], ["town\t", "hour\t"], ["town\t", "hour\t"],
    ]  # fmt: skip


@given(st.lists(st.none() | st.text(max_size=8), min_size=1, max_size=8))
def test_any_value_has_a_row(values):
    vocabulary = Vocabulary.from_counts(ITEMS)
    assert (cell_rows(vocabulary, {"town": values}) >= 0).all()


def test_where_training_met_no_missing_cell_an_unseen_value_has_no_row():
    vocabulary = Vocabulary.from_counts({"town\tBath": 3})
    assert cell_rows(vocabulary, {"town": ["Bath", "Cork", None]}).tolist() == [[0], [-1], [-1]]


def test_a_word_of_a_text_is_no_cell():
    vocabulary = learn_features(
        [[b"Bath town Bath"]], Features(1, False, 0, 0), min_count=1, min_grams=1, max_grams=9,
        cells=[("town\t", 0), ("town\tBath", 2)],
    )  # fmt: skip
    cells = cell_rows(vocabulary, {"town": ["Bath"]})
    found = families(vocabulary, [b"Bath"], cells)
    assert found.lengths.tolist() == [3, 0, 0, 1]
    assert vocabulary.item(int(found.ids[-1])) == "town\tBath"
    assert vocabulary.item(int(found.ids[1])) == "Bath"


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(ValueError, match="same shape"):
        cell_rows(Vocabulary.from_counts(ITEMS), {"town": ["a"], "hour": []})
