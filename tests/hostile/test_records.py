"""Tables and labelled lines that are broken or mean harm: an error that says where, soon."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.corpus.label_lines import label_lines, looks_labelled
from rowspace.corpus.records import records
from rowspace.errors import InputError, ResourceError

KINDS = ("csv", "tsv", "jsonl", "parquet", "txt", "csv.gz")
PIECES = (
    b'a,b|\n|,|"|\t|\r|\0|\xff|\xef\xbb\xbf|{|"a":|1|}|[|]|null|\xff\xfe|__label__|a| |PAR1|1e999'
).split(b"|")


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(KINDS),
    st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join)),
)
def test_any_bytes_are_a_table_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, kind: str, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{kind}"
    path.write_bytes(gzip.compress(data) if kind.endswith("gz") else data)
    with names_the_file(path):
        table = records(path)
        assert len(table) and len({len(column) for column in table.columns.values()}) == 1
        for name in table.names:
            assert len(table.text(name)) == len(table.lists(name, ",")) == len(table)
        assert str(path) in table.place(len(table) - 1)
    with names_the_file(path):
        texts, labels = label_lines(path)
        assert len(texts) == len(labels) > 0
    with names_the_file(path):
        looks_labelled(path)


@contextmanager
def names_the_file(path: Path) -> Iterator[None]:
    """An error, if there is one, is of the right kind and names the file."""
    try:
        yield
    except (InputError, ResourceError) as error:
        message = str(error)
    else:
        return
    assert str(path) in message


def written(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


HUGE = {
    "quotation mark never closed": ("a.csv", b'a,b\n1,"2\n' + b"x,y\n" * 2_000_000, "line"),
    "no line end": ("a.csv", b"a,b\n" + b"x" * (18 << 20), "longer than"),
    "a bomb without line ends": ("a.csv.gz", gzip.compress(b"a,b\n" + bytes(100 << 20)), "longer"),
    "one header": ("a.csv", b"a," * 2_000_000 + b"a\n1\n", "times"),
    "quotation marks": ("a.csv", b"a,b\n" + b'"' * 4_000_000, "table|cells"),
    "nested": ("a.jsonl", b'{"a":' + b"[" * 200_000 + b"\n", "not JSON"),
    "keys": ("a.jsonl", b'{"a":1}\n' * 10 + b'{"b"', "line 11: not JSON"),
    "labels without names": ("a.txt", b"__label__ " * 500_000, "line 1"),
}


@pytest.mark.parametrize("name", HUGE)
def test_large_ones_end_soon(tmp_path: Path, name: str) -> None:
    file, data, message = HUGE[name]
    path = written(tmp_path, file, data)
    began = time.process_time()
    with pytest.raises(InputError, match=message) as caught:
        label_lines(path) if file == "a.txt" else records(path)
    assert time.process_time() - began < 20
    assert len(str(caught.value)) < 2000


def test_many_columns_and_wide_rows(tmp_path: Path) -> None:
    header = ",".join(map(str, range(20_000))).encode()
    path = written(tmp_path, "a.csv", header + b"\n" + header + b"\n1,2\n")
    with pytest.raises(InputError, match="line 3: wanted 20000 cells") as caught:
        records(path)
    assert len(str(caught.value)) < 1000
    path = written(tmp_path, "b.csv", header + b"\n" + header + b"\n")
    with pytest.raises(InputError, match="and 19980 more") as caught:
        records(path, columns=["none of them"])
    assert len(str(caught.value)) < 1000
    assert records(path, columns=["19999"]).column("19999").tolist() == ["19999"]


def test_hostile_names_of_columns_are_only_names(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "=cmd()", "a\0b", "\x1b[31m", "__class__", " ", "'; drop"]
    path = written(
        tmp_path, "a.csv", (",".join(names) + "\n" + ",".join("1234567") + "\n").encode()
    )
    table = records(path)
    assert table.names == names and table.column("__class__").tolist() == ["5"]


def test_damaged_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as pq

    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"t": ["x", None, "y"] * 50, "n": list(range(150))}), path)
    good = path.read_bytes()
    draw = np.random.default_rng(0)
    for place in draw.integers(0, len(good), 150).tolist():
        raw = bytearray(good)
        raw[place] ^= 1 << int(draw.integers(8))
        path.write_bytes(raw)
        with names_the_file(path):
            records(path)
    for length in range(0, len(good), 29):
        path.write_bytes(good[:length])
        with pytest.raises(InputError):
            records(path)


def test_a_folder_a_device_and_nothing(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "nothing.csv", "/dev/null", "", "a\0b"):
        with pytest.raises(InputError):
            records(source)
