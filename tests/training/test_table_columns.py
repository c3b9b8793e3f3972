"""What a table's columns are: kinds, levels, knots, what is left out and what is said of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.corpus.records import records
from rowspace.errors import InputError, SettingError
from rowspace.objectives.columns import Columns
from rowspace.training.table_columns import Chosen, kind_of, knots_of, memory, sheet_of
from rowspace.vectors.table_columns import MISSING, UNSEEN, spellings


def chosen(**given) -> Chosen:
    own = {"category": (), "number": (), "ignore": (), "missing": spellings(None), **given}
    return Chosen(**own)


def sheet(table, said=None, settings=None, **given):
    found = records(table)
    warn = (said if said is not None else []).append
    rows = np.arange(len(found))
    return sheet_of(found, rows, settings or Columns(), chosen(**given), apart=["y"], warn=warn)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["a", "b", None], "category"),
        (["1.5", "2", "?", ""], "number"),
        (["1", "2", "3", "3"], "category"),
        ([str(n) for n in range(11)], "number"),
        (list(range(10)), "category"),
        (list(range(11)), "number"),
        ([0.5, 1.5], "number"),
        ([True, False], "category"),
        (["1e5", "nan", "2.5"], "number"),
        (["1_0", "2.5"], "category"),
    ],
)
def test_kinds_by_the_rule(cells, kind):
    assert kind_of(records({"x": cells}), "x", chosen()) == kind


def test_kinds_that_are_given_win():
    table = records({"x": [str(n) for n in range(50)]})
    assert kind_of(table, "x", chosen(category=["x"])) == "category"
    assert kind_of(records({"x": [1, 2]}), "x", chosen(number=["x"])) == "number"


def test_numbers_with_text_among_them_are_told():
    said: list[str] = []
    table = {"x": ["1", "2", "3.5", "unknown"], "y": [0, 1, 0, 1]}
    assert sheet(table, said).columns[0].kind == "category"
    assert "3 of 4 cells are numbers" in said[0] and "'unknown'" in said[0]
    assert sheet(table, missing=spellings("unknown")).columns[0].kind == "number"
    with pytest.raises(InputError, match=r"row 3.*'unknown'"):
        sheet(table, number=["x"])


def test_levels_and_values_with_rows_of_their_own():
    table = {
        "c": ["a"] * 5 + ["b"] * 3 + ["rare"] + [None] * 3,
        "n": [0.0] * 6 + [1.5, 2.5, 3.5, 4.5, 5.5, np.nan],
        "y": [0, 1] * 6,
    }
    first, second = sheet(table).columns
    assert list(first.levels) == [UNSEEN, MISSING, "a", "b"]
    assert list(second.levels) == [UNSEEN, MISSING, "0"]
    assert first.ids_of_texts(np.array(["b", "rare", None, "new"], object)).tolist() == [3, 0, 1, 0]
    assert second.ids_of_numbers(np.array([0.0, 1.5, np.nan])).tolist() == [2, 0, 1]
    assert len(sheet(table, settings=Columns(values=0)).columns[1].levels) == 2
    kept = sheet(table, settings=Columns(max_levels=1)).columns[0]
    assert list(kept.levels) == [UNSEEN, MISSING, "a"]


def test_columns_of_one_value_are_left_out():
    said: list[str] = []
    table = {"same": ["a", "a"], "empty": [None, None], "one": [7, 7], "x": ["u", "v"], "y": [0, 1]}
    assert [one.name for one in sheet(table, said).columns] == ["x"]
    assert len([one for one in said if "one value throughout" in one]) == 3
    with pytest.raises(InputError, match="no column is left"):
        sheet({"same": ["a", "a"], "y": [0, 1]})


def test_names_of_rows_are_told():
    said: list[str] = []
    names = {"id": [f"n{n}" for n in range(60)], "no": list(range(60)), "y": [0, 1] * 30}
    sheet(names, said)
    assert any("'id'" in one and "--ignore" in one for one in said)
    assert any("'no'" in one and "--ignore" in one for one in said)


def test_columns_that_are_not_there_or_of_two_kinds():
    table = {"x": ["a", "b"], "y": [0, 1]}
    with pytest.raises(InputError, match="wanted a column 'z'"):
        sheet(table, ignore=["z"])
    with pytest.raises(SettingError, match="category"):
        sheet(table, category=["x"], number=["x"])
    with pytest.raises(SettingError, match="target"):
        sheet(table, category=["y"])


def test_parts_have_names_that_paths_can_have():
    table = {"km/h": ["a", "b"], "km_h": ["a", "b"], "..": ["a", "b"], "y": [0, 1]}
    assert [one.part for one in sheet(table).columns] == ["km_h", "km_h 2", "column .."]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=300), st.integers(2, 40))
def test_knots_ascend_and_reach_from_end_to_end(values, most):
    known = np.array(values)
    distinct = np.unique(known)
    knots = knots_of(known, distinct, most)
    assert (np.diff(knots) > 0).all()
    if len(distinct) > 1:
        assert knots[0] == distinct[0] and knots[-1] == distinct[-1]
        assert 2 <= len(knots) <= max(most, 3) and np.isin(knots, distinct).all()
        assert len(distinct) > most or len(knots) == len(distinct)


def test_knots_reach_into_a_long_tail():
    known = np.concatenate([np.zeros(9900), np.arange(1, 101)])
    knots = knots_of(known, np.unique(known), 16)
    assert (knots > 0).sum() >= 7


def test_memory_of_both_ways():
    found = memory(sheet({"x": ["a", "b"] * 3, "y": [0, 1] * 3}), [3])
    assert found["one_hot"]["numbers_a_row"] == 4
    assert found["embedding"] == {"numbers_a_row": 3, "bytes_a_row": 12, "table_bytes": 48}
