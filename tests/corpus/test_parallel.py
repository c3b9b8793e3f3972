"""Pairs of texts from two files, a table, or memory."""

from __future__ import annotations

import gzip
import lzma

import numpy as np
import pytest

from rowspace.corpus.parallel import Parallel, ParallelReading, parallel
from rowspace.errors import InputError, SettingError

ENGLISH, GERMAN = ["a dog", "a cat", "the end"], ["ein Hund", "eine Katze", "das Ende"]


@pytest.fixture
def files(tmp_path):
    first, second = tmp_path / "a.en", tmp_path / "a.de"
    first.write_text("\n".join(ENGLISH) + "\n")
    second.write_text("\n".join(GERMAN) + "\n")
    return first, second


def told(found: Parallel):
    return list(found.sources), list(found.targets)


def test_two_files(files):
    found = parallel([*files])
    assert told(found) == (ENGLISH, GERMAN)
    assert found.lines.tolist() == [1, 2, 3] and not found.warning()
    assert str(files[0]) in found.name and str(files[1]) in found.name
    assert parallel(found) is found


def test_two_files_in_one_argument(files):
    assert told(parallel(",".join(map(str, files)))) == (ENGLISH, GERMAN)


def test_a_file_whose_name_has_a_comma(tmp_path):
    path = tmp_path / "a,b.tsv"
    path.write_text("a dog\tein Hund\n")
    assert told(parallel(path)) == (["a dog"], ["ein Hund"])


def test_compressed_files_and_windows_line_ends(tmp_path):
    first, second = tmp_path / "a.en.gz", tmp_path / "a.de.xz"
    first.write_bytes(gzip.compress("\r\n".join(ENGLISH).encode()))
    second.write_bytes(lzma.compress(("\n".join(GERMAN) + "\n").encode()))
    assert told(parallel([first, second])) == (ENGLISH, GERMAN)


def test_only_a_newline_ends_a_line(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("one\u2028still one\x85\rand here\ntwo\n", newline="")
    second.write_text("eins\nzwei\n")
    assert told(parallel([first, second])) == (
        ["one\u2028still one\x85\rand here", "two"], ["eins", "zwei"]
    )  # fmt: skip


def test_a_file_with_tabs(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("a dog\tein Hund\tCC-BY Tom\n\na cat\teine Katze\n")
    found = parallel(path)
    assert told(found) == (["a dog", "a cat"], ["ein Hund", "eine Katze"])
    assert found.lines.tolist() == [1, 3] and found.empty == 1 and found.first_empty == 2


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl"])
def test_columns_by_name(tmp_path, ending):
    path = tmp_path / f"pairs{ending}"
    if ending == ".jsonl":
        path.write_text('{"en": "a dog", "de": "ein Hund"}\n{"en": "x", "de": "y"}\n')
    else:
        mark = "," if ending == ".csv" else "\t"
        path.write_text(f"de{mark}en\nein Hund{mark}a dog\ny{mark}x\n")
    found = parallel(path, ParallelReading(source="en", target="de"))
    assert told(found) == (["a dog", "x"], ["ein Hund", "y"])


def test_pairs_and_columns_in_memory():
    pairs = list(zip(ENGLISH, GERMAN, strict=True))
    assert told(parallel(pairs)) == (ENGLISH, GERMAN)
    assert told(parallel({"source": ENGLISH, "target": GERMAN})) == (ENGLISH, GERMAN)


def test_some_of_them(files):
    found = parallel([*files]).take(np.array([2, 0]))
    assert told(found) == (["the end", "a dog"], ["das Ende", "ein Hund"])
    assert found.lines.tolist() == [3, 1] and len(found) == 2


def test_pairs_with_an_empty_side_are_left_out_and_counted(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("one\n  \nthree\nfour\n\n")
    second.write_text("eins\nzwei\n\t\nvier\nfünf\n")
    with pytest.raises(InputError, match="in 3 of 5 pairs a side is empty"):
        parallel([first, second])
    first.write_text("one\n  \nthree\nfour\nfive\n")
    found = parallel([first, second])
    assert told(found) == (["one", "four", "five"], ["eins", "vier", "fünf"])
    assert found.empty == 2 and "2 of 5 pairs have an empty side" in found.warning()
    assert "line 2" in found.warning()


def test_lines_of_a_table_are_those_of_its_file(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("source,target\na,\nb,y\nc,z\n")
    found = parallel(path)
    assert found.lines.tolist() == [3, 4] and found.first_empty == 2


@pytest.mark.parametrize(
    "settings", [{"longest": 0}, {"source": "a"}, {"encoding_errors": "never"}, {"longest": "9"}]
)
def test_settings_that_cannot_be(settings):
    with pytest.raises(SettingError):
        ParallelReading(**settings)
