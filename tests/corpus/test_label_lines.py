"""fastText's files of labelled lines."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.corpus.label_lines import WHITE, label_lines, looks_labelled
from rowspace.errors import InputError, SettingError


def plain(line: bytes, prefix: bytes) -> tuple[list[bytes], list[bytes]]:
    """The words and the labels of a line, as fastText has them."""
    for byte in WHITE:
        line = line.replace(bytes([byte]), b" ")
    words = [word for word in line.split(b" ") if word]
    labels = [word.removeprefix(prefix) for word in words if word.startswith(prefix)]
    return [word for word in words if not word.startswith(prefix)], labels


LINE = st.lists(
    st.sampled_from(["__label__a", "__label__b", "__label__é", "x__label__c", "word", "naïve"]),
    max_size=5,
).flatmap(
    lambda words: st.lists(
        st.sampled_from([" ", "  ", "\t", "\0", "\r", " \v"]),
        min_size=len(words),
        max_size=len(words),
    ).map(lambda gaps: "".join(word + gap for word, gap in zip(words, gaps, strict=True)))
)


@settings(deadline=None)
@given(st.lists(LINE, max_size=8), st.booleans())
def test_labels_and_words_are_those_of_fasttext(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], ended: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "lines.txt"
    data = "\n".join(["__label__first", *lines]) + "\n" * ended
    path.write_bytes(data.encode())
    texts, labels = label_lines(path)
    wanted = [plain(line, b"__label__") for line in data.encode().split(b"\n")]
    wanted = [pair for pair in wanted if pair != ([], [])]
    found = [
        (plain(text, b"__label__")[0], names) for text, names in zip(texts, labels, strict=True)
    ]
    assert found == wanted


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    return path


def test_lines(tmp_path: Path) -> None:
    data = (
        b"\xef\xbb\xbf__label__a __label__b hello  world\r\n\n \t\nno label\r\n"
        b"mid __label__c dle\n__label__a\nx__label__y z\n__label__a\0nul __label__b\n"
        b"__label__a last"
    )
    texts, labels = label_lines(written(tmp_path, data))
    assert texts == [
        b"hello  world", b"no label", b"mid dle", b"", b"x__label__y z", b"nul", b"last",
    ]  # fmt: skip
    assert labels == [[b"a", b"b"], [], [b"c"], [b"a"], [], [b"a", b"b"], [b"a"]]
    labels[0].append(b"z")
    assert label_lines(written(tmp_path, data))[1][0] == [b"a", b"b"]


def test_another_prefix_several_files_compression_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1").write_bytes(b"#a one\n")
    (tmp_path / "2.gz").write_bytes(gzip.compress(b"two #b\n"))
    wanted = ([b"one", b"two"], [[b"a"], [b"b"]])
    assert label_lines([tmp_path / "2.gz", tmp_path / "1"], prefix="#") == wanted
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"#a one\ntwo #b")))
    assert label_lines("-", prefix="#") == wanted


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no line of text"),
        (b"\n \n", "no line of text"),
        (b"just words\n", "wanted lines with labels"),
        (b"x__label__a words\n", "wanted lines with labels"),
        (b"__label__a x\n\n__label__ x\n", "line 3: '__label__' stands there without a label"),
        (b"__label__a\n\xff\n", "line 2, byte 11"),
        (b"PK\x03\x04zip", "zip"),
        (gzip.compress(b"__label__a x\n" * 100, mtime=0)[:-9], "truncated"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, data: bytes, message: str) -> None:
    path = written(tmp_path, data)
    with pytest.raises(InputError, match=message) as caught:
        label_lines(path)
    assert str(path) in str(caught.value)


def test_encoding_errors(tmp_path: Path) -> None:
    path = written(tmp_path, b"__label__a\n__label__a x\xff\n")
    assert label_lines(path, encoding_errors="skip")[0] == [b"", b"x"]
    with pytest.raises(InputError):
        label_lines(path, encoding_errors="ignore")


@pytest.mark.parametrize("prefix", ["", " ", "a b", "a\0", 5])
def test_prefixes(tmp_path: Path, prefix: object) -> None:
    with pytest.raises(SettingError, match="prefix must be"):
        label_lines(written(tmp_path, b"x"), prefix=prefix)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"__label__a text\n", True),
        (b"\xef\xbb\xbf\n\n  __label__a", True),
        (gzip.compress(b"text __label__a\n"), True),
        (b"__label__a " + b"x" * 100_000, True),
        (b"", False),
        (b"\n\n", False),
        (b"label,text\n__label__a,b\n", False),
        (b"text\n" * 20 + b"__label__a text\n" * 100, False),
        (b"x__label__a\n", False),
    ],
)
def test_a_file_is_told_by_its_beginning(tmp_path: Path, data: bytes, wanted: bool) -> None:
    path = written(tmp_path, data)
    assert looks_labelled(path) is wanted
    table = tmp_path / "a.csv"
    table.write_bytes(b"label,text\n" + b"__label__a,b\n" * 9)
    assert not looks_labelled(table)
    assert not looks_labelled("-") and not looks_labelled(tmp_path)


def test_memory_of_a_bomb_is_not_taken_to_look_at_it(tmp_path: Path) -> None:
    assert looks_labelled(written(tmp_path, gzip.compress(b"__label__a " + b"\0" * (64 << 20))))
