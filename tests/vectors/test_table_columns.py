"""Cells as rows and pieces: what is stripped, what is missing, where a number lies."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus.records import Records, records
from rowspace.errors import InputError
from rowspace.vectors.table_columns import (
    MISSING,
    UNSEEN,
    Column,
    Sheet,
    numbers_of,
    reserved_levels,
    spellings,
    texts_of,
    trimmed,
)

USUAL = spellings(None)


def number(knots: list[float], own: dict[str, int] | None = None) -> Column:
    levels = reserved_levels(own or {}, min_count=1, max_size=None)
    pieces = np.zeros(len(knots) - 1, np.float32)
    return Column("n", "number", "n", levels, np.array(knots), pieces)


def reference(x: float, knots: list[float]) -> list[float]:
    """The pieces, one by one."""
    found = []
    for low, high in pairwise(knots):
        found.append(0.0 if x < low else 1.0 if x >= high else (x - low) / (high - low))
    return found


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9, unique=True).map(sorted),
    st.floats(-1e7, 1e7),
)
def test_pieces_are_those_of_the_definition(knots, x):
    if min(np.diff(knots)) < 1e-6:
        return
    found = Sheet((number(knots),), USUAL).placed(np.array([[x]]))[0]
    assert found == pytest.approx(reference(x, knots), abs=1e-6)


def test_missing_numbers_are_the_mean_and_the_ends_hold():
    column = number([0.0, 1.0, 3.0])
    column = Column("n", "number", "n", column.levels, column.knots, np.array([0.5, 0.25], "f"))
    found = Sheet((column,), USUAL).placed(np.array([[np.nan], [-9], [2.0], [1e300]]))
    assert found.tolist() == [[0, 0], [-0.5, -0.25], [0.5, 0.25], [0.5, 0.75]]


def test_large_numbers_that_lie_close_are_told_apart():
    found = Sheet((number([1.7e9, 1.7e9 + 4]),), USUAL).placed(np.array([[1.7e9 + 1]]))
    assert found[0, 0] == 0.25


def test_values_of_their_own_rows():
    column = number([0.0, 9.5], {"0": 5, "9.5": 3, "1e+30": 2})
    ids = column.ids_of_numbers(np.array([9.5, 0.0, -0.0, 4.0, np.nan, 1e30]))
    names = list(column.levels)
    assert [names[one] for one in ids] == ["9.5", "0", "0", UNSEEN, MISSING, "1e+30"]


def test_white_space_and_spellings_of_missing():
    table = records({" a ": [" x", "x ", "?", "NA", "", None, "n/a"], "b": list(range(7))})
    table = trimmed(table)
    assert texts_of(table, "a", USUAL).tolist() == ["x", "x", *[None] * 5]
    assert texts_of(table, "a", spellings("x, -")).tolist()[2:4] == ["?", "NA"]
    assert spellings("?,Unknown") == {"", "?", "unknown"} and spellings(["."]) == {"", "."}
    with pytest.raises(InputError, match="two columns"):
        trimmed(records({"a": [1], " a": [2]}))


def test_numbers_that_stand_for_missing():
    assert np.isnan(numbers_of(records({"n": [1.0, -999.0]}), "n", spellings("-999")))[1]
    assert np.isnan(numbers_of(records({"n": ["1", " -999 "]}), "n", spellings("-999")))[1]
    with pytest.raises(InputError, match=r"row 1.*'inf'"):
        numbers_of(records({"n": ["1", "inf"]}), "n", USUAL)


def test_cells_of_a_table_in_the_columns_order():
    levels = reserved_levels({"a": 2}, min_count=1, max_size=None)
    none = np.zeros(0)
    word = Column("w", "category", "w", levels, none, none.astype(np.float32))
    sheet = Sheet((number([0.0, 1.0]), word), USUAL)
    cells = sheet.cells(records({"w": ["a", "new"], "more": [1, 2], "n": ["0.5", ""]}))
    assert cells.ids.tolist() == [[0, 2], [1, 0]]
    assert cells.numbers.tolist()[0] == [0.5] and np.isnan(cells.numbers[1, 0])
    assert sheet.unused(records({"w": ["a"], "more": [1], "n": [2]})) == ["more"]
    assert cells.take(slice(1, 2)).ids.tolist() == [[1, 0]]
    with pytest.raises(InputError, match="wanted a column 'n'"):
        sheet.cells(records({"w": ["a"]}))
    with pytest.raises(InputError, match="list"):
        sheet.cells(Records({"w": np.array([["a"], None], object)[:1], "n": np.ones(1)}, "x"))
