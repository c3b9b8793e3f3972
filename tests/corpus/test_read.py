"""Text from wherever it lies, as blocks."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rowspace.corpus import Intake, Reading, find, read, stream
from rowspace.corpus.cutting import blocks
from rowspace.errors import InputError

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[2] / "../shared/data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs the data sets (ROWSPACE_DATA)")


def text_of(sources: object, **reading: object) -> str:
    return "".join(block.data.decode() for block in read(sources, Reading(**reading)))


def zstd(data: bytes) -> bytes:
    return pytest.importorskip("zstandard").ZstdCompressor().compress(data)


PACK = {"gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress, "zst": zstd}


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("name", ["a.txt.{}", "a.txt"])
def test_compression_is_told_by_content(tmp_path: Path, kind: str, name: str) -> None:
    text = "one two\nnaïve\n" * 1000
    path = tmp_path / name.format(kind)
    path.write_bytes(PACK[kind](text.encode()))
    assert text_of(path) == text


@pytest.mark.parametrize("kind", PACK)
def test_several_streams_in_one_file_are_all_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(PACK[kind](b"one\n") + PACK[kind](b"two\n"))
    assert text_of(path) == "one\ntwo\n"


def test_folders_and_globs_come_in_byte_order_whatever_the_listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b.txt", "B.txt", "sub/a.txt", "é.txt", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    wanted = "B.txt\nb.txt\nsub/a.txt\né.txt\n"
    assert text_of(tmp_path) == wanted
    assert text_of(f"{tmp_path}/**") == wanted
    assert text_of([tmp_path / "é.txt", tmp_path, tmp_path / "b.txt"]) == wanted
    monkeypatch.chdir(tmp_path)
    assert text_of("*.txt") == "B.txt\nb.txt\né.txt\n"


def test_a_file_with_magic_in_its_name_is_itself(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("x")
    assert text_of(tmp_path / "a[1].txt") == "x\n"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(b"a b\nc"))))
    assert text_of("-") == "a b\nc\n"


def test_mark_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes("\ufeffone\r\ntwo\u2028three\u0085four\rfive\n\n".encode())
    assert text_of(path) == "one\ntwo\u2028three\u0085four\rfive\n\n"


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf_16_with_its_mark(tmp_path: Path, order: str) -> None:
    path = tmp_path / "a"
    path.write_bytes("\ufeffnaïve 🙂\r\nb".encode(f"utf-16-{order}"))
    assert text_of(path) == "naïve 🙂\nb\n"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="UTF-16"):
        text_of(path)


def test_doc_lines_are_dropped_only_where_an_article_opens_the_file(tmp_path: Path) -> None:
    wiki = '\n<doc id="1" title="A">\nA b\n<doc id="2">\n</doc>\nc </doc> <doc \n</doc>'
    (tmp_path / "wiki").write_text(wiki)
    assert text_of(tmp_path / "wiki") == "\nA b\nc </doc> <doc \n"
    assert text_of(tmp_path / "wiki", markup="none") == wiki + "\n"
    (tmp_path / "other").write_text("text\n<doc id=1>\nx\n</doc>\n")
    assert "<doc" in text_of(tmp_path / "other")
    assert text_of(tmp_path / "other", markup="wikiextractor") == "text\nx\n"


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
@pytest.mark.parametrize("packed", [False, True])
def test_columns(tmp_path: Path, ending: str, packed: bool) -> None:
    rows = {
        "csv": 'id,text\r\n1,"a, ""b""\nc"\r\n\r\n2,naïve\r\n',
        "tsv": 'id\ttext\n1\ta, "b" c\n2\tnaïve\n',
        "jsonl": '{"id":1,"text":"a, \\"b\\"\\nc"}\n\n{"id":2,"text":"naïve"}\n{"text":null}',
    }[ending]
    path = tmp_path / (f"a.{ending}" + ".gz" * packed)
    path.write_bytes(gzip.compress(rows.encode()) if packed else rows.encode())
    assert text_of(path, column="text") == 'a, "b" c\nnaïve\n'
    (tmp_path / "notes.txt").write_text("left out of a folder when a column is asked for")
    assert text_of(tmp_path, column="text") == 'a, "b" c\nnaïve\n'


def test_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"id": [1, 2, 3], "text": ["a\nb", None, "naïve"]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert text_of(tmp_path / "a.parquet", column="text") == "a b\nnaïve\n"
    with pytest.raises(InputError, match="'id', 'text'"):
        text_of(tmp_path / "a.parquet", column="body")


@given(
    st.lists(st.sampled_from(["a", "é", "漢", "🙂", " ", "\n", "word"]), max_size=60),
    st.integers(8, 20),
    st.integers(1, 7),
)
@example([" ", "a", "a", "a", "🙂", "🙂", "🙂", " "], 8, 6)
def test_cutting_loses_nothing_and_never_cuts_a_character(
    parts: list[str], size: int, piece: int
) -> None:
    data = "".join(parts).encode()
    pieces = (data[at : at + piece] for at in range(0, len(data), piece))
    out = list(blocks(pieces, "x", size=size))
    joined = b"".join(block.data for block in out)
    assert joined in (data, data + b"\n")
    offset, line = 0, 1
    for block in out:
        block.data.decode()
        # What is left behind white space near the beginning, and one piece more.
        assert len(block.data) <= size + 2 * piece
        assert (block.offset, block.line) == (offset, line)
        offset += len(block.data)
        line += block.data.count(b"\n")


def test_the_fingerprint_is_of_the_raw_bytes(tmp_path: Path) -> None:
    import hashlib

    raw = gzip.compress(b"one\n")
    (tmp_path / "a").write_bytes(raw)
    (tmp_path / "b").write_bytes(b"two\n")
    intake = Intake()
    list(stream(find(tmp_path), Reading(), intake))
    assert intake.fingerprint == hashlib.blake2b(raw + b"two\n").hexdigest()
    assert intake.sizes == [len(raw), 4]


@needs_data
def test_shared_wikipedia_samples() -> None:
    corpora = DATA / "corpora"
    text = text_of(corpora / "zhwiki_sample_1MB.txt.gz")
    assert "<doc" not in text
    assert "数学" in text
    text = text_of(corpora / "bgwiki-latest-pages-articles-shortened.xml.bz2")
    assert "България" in text
    first = next(read(corpora / "enwiki" / "enwiki2015_AA_00-49.txt.xz", Reading()))
    assert first.data.startswith(b"Anarchism\n")
    assert b"<doc" not in first.data


@needs_data
def test_a_dump_of_mediawiki_is_read_with_a_warning() -> None:
    events: list[dict] = []
    path = DATA / "corpora" / "bgwiki-latest-pages-articles-shortened.xml.bz2"
    list(stream([str(path)], Reading(), Intake(events.append)))
    assert any("WikiExtractor" in event["message"] for event in events)
