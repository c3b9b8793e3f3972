"""Frames, mappings and lists of dictionaries as named columns."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from enum import Enum

import numpy as np
import pytest

from rowspace.corpus.records import Records, records
from rowspace.errors import InputError

DAY = 86400.0
NEW_YEAR = 1704067200.0  # 2024 in UTC


def same(column: np.ndarray, wanted: list) -> bool:
    """Equal, and NaN where it is wanted."""
    if column.dtype != object:
        return np.array_equal(
            column, np.array(wanted, column.dtype), equal_nan=column.dtype == "f8"
        )
    return column.tolist() == wanted


def pandas_frame():
    pd = pytest.importorskip("pandas")
    return pd.DataFrame(
        {
            "int": [1, 2, 3],
            "float": [1.5, None, 3],
            "text": ["a", None, "c"],
            "mixed": [1, "x", 2.0],
            "category": pd.Categorical(["u", None, "v"]),
            "numbered": pd.Categorical([5, None, 6]),
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "full": pd.array([1, 2, 3], dtype="Int64"),
            "bool": [True, False, True],
            "holes": pd.array([True, None, False], dtype="boolean"),
            "date": pd.to_datetime(["2024-01-01", None, "2024-01-02"]),
            "zone": pd.to_datetime(["2024-01-01", None, None]).tz_localize("Europe/Berlin"),
            "apart": pd.to_timedelta([1, 2, None], unit="s"),
            "string": pd.array(["a", None, "b"], dtype="string"),
            "list": [["a", 1], [], None],
            "wide": pd.array([2**60, None, 1], dtype="Int64"),
            "objects": np.array([dt.date(2024, 1, 1), pd.NaT, pd.Timestamp("2024-01-02")], object),
            "na": np.array([1, pd.NA, 2.5], object),
        }
    )


PANDAS = {
    "int": [1, 2, 3],
    "float": [1.5, np.nan, 3],
    "text": ["a", None, "c"],
    "mixed": ["1", "x", "2"],
    "category": ["u", None, "v"],
    "numbered": ["5", None, "6"],
    "nullable": [1.0, np.nan, 3.0],
    "full": [1, 2, 3],
    "bool": [True, False, True],
    "holes": ["True", None, "False"],
    "date": [NEW_YEAR, np.nan, NEW_YEAR + DAY],
    "zone": [NEW_YEAR - 3600, np.nan, np.nan],
    "apart": [1.0, 2.0, np.nan],
    "string": ["a", None, "b"],
    "list": [["a", "1"], [], None],
    "wide": [str(2**60), None, "1"],
    "objects": [NEW_YEAR, np.nan, NEW_YEAR + DAY],
    "na": [1.0, np.nan, 2.5],
}


@pytest.mark.parametrize("name", PANDAS)
def test_pandas(name: str) -> None:
    table = records(pandas_frame(), columns=[name])
    column = table.column(name)
    assert same(column, PANDAS[name]), column
    kinds = {int: "i", float: "f", bool: "b"}
    assert column.dtype.kind == kinds.get(type(PANDAS[name][0]), "O")
    assert table.source == "a DataFrame" and table.place(2) == "a DataFrame: row 2"


def polars_frame():
    pl = pytest.importorskip("polars")
    return pl.DataFrame(
        {
            "int": [1, 2, 3],
            "holed": [1, None, 3],
            "float": [1.5, None, 2],
            "text": ["a", None, "c"],
            "bool": [True, True, False],
            "holes": [True, None, False],
            "date": [dt.date(2024, 1, 1), None, dt.date(2024, 1, 2)],
            "time": [dt.time(1), None, dt.time(2)],
            "apart": [dt.timedelta(seconds=1), None, dt.timedelta(days=1)],
            "list": [["a"], [], None],
            "wide": [2**60, None, 1],
            "struct": [{"k": 1}, None, {"k": 2}],
            "category": pl.Series(["a", None, "b"], dtype=pl.Categorical),
            "enum": pl.Series(["a", None, "b"], dtype=pl.Enum(["a", "b"])),
        }
    ).with_columns(zone=pl.lit(dt.datetime(2024, 1, 1)).dt.replace_time_zone("Europe/Berlin"))


POLARS = {
    "int": [1, 2, 3],
    "holed": [1.0, np.nan, 3.0],
    "float": [1.5, np.nan, 2.0],
    "text": ["a", None, "c"],
    "bool": [True, True, False],
    "holes": ["True", None, "False"],
    "date": [NEW_YEAR, np.nan, NEW_YEAR + DAY],
    "time": ["01:00:00", None, "02:00:00"],
    "apart": [1.0, np.nan, DAY],
    "list": [["a"], [], None],
    "wide": [str(2**60), None, "1"],
    "struct": ['{"k":1}', None, '{"k":2}'],
    "category": ["a", None, "b"],
    "enum": ["a", None, "b"],
    "zone": [NEW_YEAR - 3600] * 3,
}


@pytest.mark.parametrize("kind", ["frame", "lazy", "table", "batch", "chunks"])
def test_polars_and_arrow(kind: str) -> None:
    frame = polars_frame()
    if kind == "lazy":
        frame = frame.lazy()
    elif kind != "frame":
        pa = pytest.importorskip("pyarrow")
        frame = frame.to_arrow()
        if kind == "batch":
            frame = frame.combine_chunks().to_batches()[0]
        if kind == "chunks":
            frame = pa.concat_tables([frame.slice(0, 1), frame.slice(1)])
    table = records(frame)
    for name, wanted in POLARS.items():
        assert same(table.column(name), wanted), (name, table.column(name))
    assert records(frame, columns=["text"]).names == ["text"]


def test_mappings_and_dictionaries() -> None:
    table = records(
        {
            "tuple": (1, None),
            "range": range(2),
            "array": np.array(["p", "q"]),
            "unsigned": np.array([1, 1 << 63], np.uint64),
            "half": np.array([1, np.nan], np.float16),
            "masked": np.ma.array([1, 2], mask=[0, 1]),
            "decimal": [Decimal("1.5"), Decimal("NaN")],
            "set": [{"b", "a"}, None],
            "generator": (word for word in "ab"),
            5: ["a number", "is a name"],
        }
    )
    assert same(table.column("tuple"), [1.0, np.nan]) and same(table.column("range"), [0, 1])
    assert table.column("array").tolist() == ["p", "q"]
    assert table.column("unsigned").tolist() == ["1", str(1 << 63)]
    assert same(table.column("half"), [1.0, np.nan]) and same(table.column("masked"), [1.0, np.nan])
    assert same(table.column("decimal"), [1.5, np.nan])
    assert table.column("set").tolist() == [["a", "b"], None]
    assert table.column("generator").tolist() == ["a", "b"] and "5" in table.names
    table = records([{"a": 1, "b": "x"}, {"a": 2.5}])
    assert same(table.column("a"), [1.0, 2.5]) and table.column("b").tolist() == ["x", None]
    array = np.array([(1, "x")], [("n", int), ("t", "U3")])
    assert records(array).column("t").tolist() == ["x"]


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1.0, 2.0, None], ["1", "2", None]),
        ([1, 2], ["1", "2"]),
        ([True, False], ["True", "False"]),
        ([1e300, 0.1], [str(1e300), "0.1"]),
        (["a", float("nan")], ["a", None]),
        ([Colour.RED, 1], ["red", "1"]),
        ([np.int64(3), "a"], ["3", "a"]),
        ([np.datetime64("1970-01-02"), np.datetime64("NaT")], ["86400", None]),
        ([None, None], [None, None]),
    ],
)
def test_anything_as_text(values: list, wanted: list) -> None:
    table = records({"a": values})
    assert table.strings("a").tolist() == wanted
    assert table.text("a") == [cell or "" for cell in wanted]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([], "empty list"),
        ({}, "no rows"),
        ({"a": []}, "no rows"),
        ({"a": "xyz"}, "wanted a sequence"),
        ({"a": 5}, "wanted a sequence"),
        ({"a": [1], "b": [1, 2]}, "different lengths"),
        ({1: [1], "1": [2]}, "'1' 2 times"),
        ([1], "int at position 0"),
        ([{"a": 1}, 3], "int at position 1"),
        (5, "came int"),
        (b"x", "came bytes"),
        (None, "came NoneType"),
        ({"a": [b"x"]}, "column 'a', row 0: .*bytes"),
        ({"a": [1j]}, "complex"),
        ({"a": [[["x"]]]}, "a list in a list"),
        ({"a": np.zeros((2, 2))}, r"shape \(2, 2\)"),
        ({"a": np.array(5)}, r"shape \(\)"),
    ],
)
def test_what_is_no_table(source: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        records(source)


def test_frames_without_rows_or_with_two_columns_of_one_name() -> None:
    pd = pytest.importorskip("pandas")
    with pytest.raises(InputError, match="no rows"):
        records(pd.DataFrame({"a": []}))
    with pytest.raises(InputError, match="'a' 2 times"):
        records(pd.DataFrame([[1, 2]], columns=["a", "a"]))
    with pytest.raises(InputError, match="wanted a column 'b'"):
        records(pd.DataFrame({"a": [1]}), columns=["b"])
    with pytest.raises(InputError):
        records(pd.Series([1, 2]))


def test_taking_rows() -> None:
    table = records({"a": ["x", "y", "z"], "l": [["1"], None, ["2", "3"]]})
    assert table.take(np.array([2, 0])).column("l").tolist() == [["2", "3"], ["1"]]
    assert table.take(table.column("a") == "y").text("a") == ["y"]
    assert len(table.take(np.array([]))) == 0 and len(Records({}, "nothing")) == 0


def test_no_library_is_imported_that_was_not_there() -> None:
    code = (
        "import sys; from rowspace.corpus.records import records; records([{'a': 1}]); "
        "print(*{m.partition('.')[0] for m in sys.modules} & {'pandas', 'polars', 'pyarrow'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
