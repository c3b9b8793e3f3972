"""The text the benchmarks read."""

from __future__ import annotations

import lzma

import pytest
from benchmarks.words.corpus import (
    MissingDataError,
    counts,
    doubled,
    given,
    prepared,
    sliced,
    without,
)

MARKED = """<doc id="1" url="u" title="A">
A

The cat's 9 lives; THE END.
42
</doc>
"""


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data" / "corpora" / "enwiki"
    folder.mkdir(parents=True)
    with lzma.open(folder / "x_AA_00.txt.xz", "wt") as file:
        file.write(MARKED)
    with lzma.open(folder / "x_AB_00.txt.xz", "wt") as file:
        file.write("not this one\n")
    return tmp_path / "data"


def test_markup_numbers_and_case_are_gone(data, tmp_path):
    corpus = prepared(data, tmp_path / "cache")
    assert corpus.path.read_text() == "a\nthe cat s lives the end\n"
    assert (corpus.words, corpus.lines) == (7, 2)


def test_it_is_made_once(data, tmp_path):
    corpus = prepared(data, tmp_path / "cache")
    corpus.path.write_text("kept\n")
    assert prepared(data, tmp_path / "cache").words == 1


def test_other_sources_are_another_text(data, tmp_path):
    before = prepared(data, tmp_path / "cache")
    with lzma.open(data / "corpora" / "enwiki" / "x_AA_01.txt.xz", "wt") as file:
        file.write("more words\n")
    after = prepared(data, tmp_path / "cache")
    assert after.path != before.path
    assert after.words == before.words + 2


def test_nothing_there_says_what_to_set(tmp_path):
    with pytest.raises(MissingDataError, match="ROWSPACE_DATA"):
        prepared(tmp_path, tmp_path / "cache")
    with pytest.raises(MissingDataError, match="no file"):
        given(tmp_path / "none.txt")


def test_what_results_tell_has_no_path(data, tmp_path):
    assert str(tmp_path) not in str(prepared(data, tmp_path / "cache").as_json())


def test_slices_doubles_and_gaps(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("a b c\na a\nb c d\n")
    corpus = given(path)
    assert sliced(corpus, 4, tmp_path).path.read_text() == "a b c\na a\n"
    assert counts(doubled(corpus, tmp_path)) == {"a": 6, "b": 4, "c": 4, "d": 2}
    rest = without(corpus, frozenset("a"), tmp_path)
    assert rest.path.read_text() == "b c\nb c d\n"
