"""Tables on disk as named columns."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rowspace.corpus.records import Records, records
from rowspace.errors import InputError, ResourceError

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[2] / "../shared/data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs the data sets (ROWSPACE_DATA)")


def written(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def cells(table: Records) -> dict[str, list]:
    return {name: column.tolist() for name, column in table.columns.items()}


def test_every_cell_of_a_csv_file_is_text_and_an_empty_one_none(tmp_path: Path) -> None:
    table = records(written(tmp_path, "a.csv", 'id,text\n1,"a, b"\n02,\n'))
    assert cells(table) == {"id": ["1", "02"], "text": ["a, b", None]}
    assert len(table) == 2 and table.names == ["id", "text"] and table.source.endswith("a.csv")
    assert table.text("text") == ["a, b", ""]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", 'a\tb\n"x\ty'),
        ("a.csv", 'a,b\n"""x",y\n'),
        ("a.csv", '\ufeffa,b\r\n"""x",y\r\n'),
        ("a.csv", 'a;b\n"""x";y\n'),
        ("a.txt", 'a, b\n"""x", y\n'),
        ("a.data", 'a\tb\n"x\ty\n'),
        ("a.jsonl", '{"a": "\\"x", "b": "y"}\n'),
        ("odd", '{"a": "\\"x", "b": "y"}\n'),
    ],
)
def test_kinds(tmp_path: Path, name: str, text: str) -> None:
    assert cells(records(written(tmp_path, name, text))) == {"a": ['"x'], "b": ["y"]}
    packed = written(tmp_path, name + ".gz", gzip.compress(text.encode()))
    assert cells(records(packed)) == {"a": ['"x'], "b": ["y"]}


def test_utf_16_and_other_encodings(tmp_path: Path) -> None:
    assert cells(records(written(tmp_path, "a.csv", "a\né\n".encode("utf-16")))) == {"a": ["é"]}
    path = written(tmp_path, "b.csv", b"a\nx\xe9\n")
    with pytest.raises(InputError, match="line 2, byte 3"):
        records(path)
    assert cells(records(path, encoding_errors="skip")) == {"a": ["x"]}


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("a,b\n1,2\n", "a\tb\n1\t2\n", '{"a": "1", "b": "2"}\n'):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert cells(records("-")) == {"a": ["1"], "b": ["2"]}


def test_line_ends_in_a_cell_are_kept_and_lines_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", '\na,b\n"x\ny\n",2\n\n3,4\n')
    table = records(path)
    assert cells(table) == {"a": ["x\ny\n", "3"], "b": ["2", "4"]}
    assert [table.place(row) for row in (0, 1)] == [f"{path}: line 3", f"{path}: line 7"]
    assert table.take(np.array([1])).place(0) == f"{path}: line 7"


def test_lines_are_counted_over_batches(tmp_path: Path) -> None:
    text = "a,b\n" + "1,2\n" * 40_000 + '\n"x\ny",2\n' + "1,2\n" * 40_000 + "bad\n"
    path = written(tmp_path, "a.csv", text)
    with pytest.raises(InputError, match=r"line 80005: wanted 2 cells .*came 1"):
        records(path)
    table = records(written(tmp_path, "b.csv", text[:-4]))
    assert len(table) == 80_001 and table.place(80_000).endswith("line 80004")
    assert table.place(40_000).endswith("line 40003")


def test_only_the_columns_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a,b,c\n1,2,3\n")
    assert records(path, columns=["c", "a"]).names == ["c", "a"]
    assert cells(records(records(path), columns=["b"])) == {"b": ["2"]}


@pytest.mark.parametrize(
    ("asked", "hint"), [("txt", "'text'"), ("TEXT", "'text'"), ("zzz", "here it is 'text,label'")]
)
def test_a_column_that_is_not_there(tmp_path: Path, asked: str, hint: str) -> None:
    path = written(tmp_path, "a.csv", "text,label\n1,2\n")
    with pytest.raises(InputError, match="the columns here are 'text', 'label'") as caught:
        records(path, columns=[asked])
    assert hint in caught.value.hint
    with pytest.raises(InputError, match="the columns here are 'text', 'label'"):
        records(path).column(asked)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "", "empty"),
        ("a.csv", "\n \n", "empty"),
        ("a.jsonl", "", "empty"),
        ("a.csv", "a,b\n", "no rows"),
        ("a.csv", "a,b\n1,2\n3\n", "line 3: wanted 2 cells .*, came 1"),
        ("a.csv", "a,b\n1,2,3\n", "line 2: wanted 2 cells .*, came 3"),
        ("a.tsv", "a\tb\n1\n", "line 2: wanted 2 cells"),
        ("a.csv", "a,a\n1,2\n", "'a' 2 times"),
        ("a.csv", 'a,b\n1,"2\n', "not a table"),
        ("a.csv", 'a,b\n1,"2"x\n', "line 2: not a table"),
        ("a.csv", "a,b\r1,2\r", "not a table"),
        ("a.txt", "just words\n", "wanted a table"),
        ("a.jsonl", '{"a": 1}\n[2]\n', "line 2: wanted a JSON object"),
        ("a.jsonl", '{"a": 1}\n\n{"a"\n', "line 3: not JSON"),
        ("a.jsonl", '{"a": NaN}\n', "line 1: not JSON"),
        ("a.jsonl", '{"a": [["x"]]}\n', "column 'a', row 0: a list in a list"),
        ("a.parquet", "PAR1", "wanted a parquet file"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(InputError, match=message) as caught:
        records(path)
    assert str(path) in str(caught.value)


def test_files_are_joined(tmp_path: Path) -> None:
    one = written(tmp_path, "1.csv", "a,b\n1,2\n")
    two = written(tmp_path, "2.jsonl", '{"b": 4, "a": "3"}\n')
    table = records([two, one])
    assert cells(table) == {"a": ["1", "3"], "b": ["2", "4"]}
    assert table.place(1) == f"{two}: line 1" and table.source == f"{one} and 1 more"
    assert cells(records(tmp_path)) == cells(table)
    three = written(tmp_path, "3.csv", "a,c\n1,2\n")
    with pytest.raises(InputError, match=r"3\.csv: wanted the columns of .*'b'.*only here: 'c'"):
        records([one, three])
    assert cells(records([one, three], columns=["a"])) == {"a": ["1", "1"]}


def test_numbers_of_several_files_stay_numbers(tmp_path: Path) -> None:
    one = written(tmp_path, "1.jsonl", '{"a": 1}\n')
    two = written(tmp_path, "2.jsonl", '{"a": 2.5}\n')
    assert cells(records([one, two])) == {"a": [1.0, 2.5]}


def test_values_of_json_lines(tmp_path: Path) -> None:
    rows = [
        {
            "i": 1,
            "f": 1,
            "m": 1,
            "l": ["x", 2],
            "b": True,
            "n": None,
            "big": 1 << 70,
            "d": {"k": 1},
        },
        {"i": 2, "f": None, "m": "y", "l": None, "b": False, "n": None, "big": 3, "extra": "z"},
    ]
    path = written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
    table = records(path)
    assert [table.columns[name].dtype.kind for name in "ifmlbn"] == ["i", "f", "O", "O", "b", "O"]
    assert np.isnan(table.column("f")[1]) and table.column("i").tolist() == [1, 2]
    assert table.column("m").tolist() == ["1", "y"] and table.column("n").tolist() == [None, None]
    assert table.column("l").tolist() == [["x", "2"], None]
    assert table.column("big").tolist() == [str(1 << 70), "3"]
    assert table.column("d").tolist() == ['{"k":1}', None]
    assert table.column("extra").tolist() == [None, "z"]
    with pytest.raises(InputError, match="wanted a column 'q'"):
        records(path, columns=["q"])
    with pytest.raises(InputError, match=r"line 1: column 'l': wanted one text, came a list of 2"):
        table.strings("l")
    assert table.text("l") == ["x 2", ""]


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"t": ["x", None], "n": [1, None], "l": [["a"], []]}), path)
    table = records(path)
    assert table.column("t").tolist() == ["x", None] and table.place(1) == f"{path}: row 1"
    assert table.column("l").tolist() == [["a"], []] and np.isnan(table.column("n")[1])
    assert records(path, columns=["n"]).names == ["n"]
    with pytest.raises(InputError, match="columns here are 't', 'n', 'l'"):
        records(path, columns=["x"])


def test_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "a,b\n 1 ,x\n-2.5e3,1\n?,2\nNA,3\n,1_0\n")
    table = records(path)
    found = table.numbers("a")
    assert found.dtype == np.float64 and found[:2].tolist() == [1.0, -2500.0]
    assert np.isnan(found[2:]).all()
    with pytest.raises(InputError, match=r"line 2: column 'b': wanted a number, came 'x'"):
        table.numbers("b")
    with pytest.raises(InputError, match=r"line 6: .*'1_0'"):
        table.take(np.arange(1, 5)).numbers("b")
    with pytest.raises(InputError, match=r"row 1: .*came inf"):
        records({"a": [1.0, np.inf]}).numbers("a")
    with pytest.raises(InputError, match="came 'inf'"):
        records({"a": ["inf"]}).numbers("a")


def test_times() -> None:
    table = records(
        {
            "t": ["1970-01-02", None, "1970-01-01T01:00+01:00"],
            "n": [1, 2, 3],
            "x": ["a", "1", "2024"],
        }
    )
    assert table.times("t")[[0, 2]].tolist() == [86400.0, 0.0] and np.isnan(table.times("t")[1])
    assert table.times("n").tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(InputError, match=r"row 0: column 'x': wanted a number or a date"):
        table.times("x")


def test_several_texts_in_a_cell() -> None:
    table = records({"g": ["a| b||", None, "c"], "l": [["x", "y"], [], None], "n": [1, 2.5, None]})
    assert table.lists("g", "|") == [["a", "b"], [], ["c"]]
    assert table.lists("g") == [["a| b||"], [], ["c"]]
    assert table.lists("l", "|") == [["x", "y"], [], []]
    assert table.lists("n") == [["1"], ["2.5"], []]


ODD = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(ODD, min_size=1, max_size=4, unique=True).flatmap(
        lambda names: st.tuples(
            st.just(names),
            st.lists(
                st.lists(ODD, min_size=len(names), max_size=len(names)), min_size=1, max_size=5
            ),
        )
    )
)
def test_what_the_csv_module_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[str], list[list[str]]]
) -> None:
    names, rows = table
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([names, *rows])
    path = tmp_path_factory.getbasetemp() / "t.csv"
    path.write_bytes(text.getvalue().encode())
    back = records(path)
    assert back.names == names
    for place, name in enumerate(names):
        assert back.text(name) == [row[place] for row in rows]
        assert [cell is None for cell in back.column(name)] == [not row[place] for row in rows]


@needs_data
def test_adult_has_spaces_behind_its_commas() -> None:
    table = records(DATA / "tabular" / "adult" / "adult.data.gz")
    assert len(table) == 32_561 and table.names[-1] == "Y"
    assert set(table.column("Y")) == {"<=50K", ">50K"}
    assert table.numbers("age").min() == 17


@needs_data
def test_movielens() -> None:
    table = records(DATA / "recsys" / "ml-latest-small" / "ratings.csv")
    assert set(np.unique(table.numbers("rating"))) <= {*np.arange(0.5, 5.5, 0.5)}
    movies = records(DATA / "recsys" / "ml-latest-small" / "movies.csv")
    assert movies.lists("genres", "|")[0][:2] == ["Adventure", "Animation"]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_table_that_does_not_fit_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for module, often in (("delimited", "ASK"), ("json", "ASK"), ("delimited", "BATCH")):
        monkeypatch.setattr(f"rowspace.corpus.records_{module}.{often}", 2)
    path = written(tmp_path, name, "a\n" + "1\n" * 99 if name == "a.csv" else '{"a": 1}\n' * 99)
    assert len(records(path)) == 99
    monkeypatch.setattr("rowspace.corpus.room.available_memory", lambda: 1_000_000)
    with pytest.raises(ResourceError, match=r"does not fit into memory: 1 MB are left"):
        records(path)
