"""The corpus as ids on disk."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from rowspace.corpus import Reading
from rowspace.errors import FormatError, InputError, ResourceError
from rowspace.vocabulary import renumber
from rowspace.vocabulary.building import Building
from rowspace.vocabulary.encode import Encoded
from rowspace.vocabulary.learn import learn

ALL = Building(min_count=1)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_text("b a—c\n\n…\nb rare b\n")
    (folder / "b.txt").write_text("rare2\nb a c a c")
    return folder


def test_ids_are_the_text(corpus: Path, tmp_path: Path) -> None:
    vocabulary, encoded = learn(corpus, building=Building(min_count=2), folder=tmp_path / "run")
    ids = encoded.stretch(0, encoded.entries)
    assert ids.dtype == np.int32
    text = " ".join("/" if id < 0 else vocabulary.item(id) for id in ids)
    assert text == "b a c / b b / b a c a c /"
    assert (encoded.tokens, encoded.seen, encoded.sentences) == (10, 12, 3)
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == ["ids.bin", "ids.json"]


def test_stretches(corpus: Path, tmp_path: Path) -> None:
    _, encoded = learn(corpus, building=ALL, folder=tmp_path)
    whole = encoded.stretch(0, encoded.entries).tolist()
    for start in range(encoded.entries + 1):
        assert encoded.stretch(start, encoded.entries).tolist() == whole[start:]
    for start, stop in ((-1, 2), (2, 1), (0, encoded.entries + 1)):
        with pytest.raises(InputError, match="wanted entries"):
            encoded.stretch(start, stop)


def test_open_finds_what_learn_wrote(corpus: Path, tmp_path: Path) -> None:
    _, encoded = learn(corpus, building=ALL, folder=tmp_path / "run")
    assert Encoded.open(tmp_path / "run") == encoded


def test_open_refuses_what_is_not_whole(corpus: Path, tmp_path: Path) -> None:
    _, encoded = learn(corpus, building=ALL, folder=tmp_path)
    record = tmp_path / "ids.json"
    whole = record.read_bytes()
    for broken in (b"", b"{}", b"[]", whole[:-4], whole.replace(b'"entries":', b'"entries":"x",')):
        record.write_bytes(broken)
        with pytest.raises(FormatError):
            Encoded.open(tmp_path)
    record.write_bytes(whole)
    encoded.path.write_bytes(encoded.path.read_bytes()[:-1])
    with pytest.raises(FormatError, match="wrong size"):
        Encoded.open(tmp_path)
    encoded.path.unlink()
    with pytest.raises(FormatError, match="missing"):
        Encoded.open(tmp_path)


def test_check_sees_any_change(corpus: Path, tmp_path: Path) -> None:
    _, encoded = learn(corpus, building=ALL, folder=tmp_path / "run")
    encoded.check(corpus)
    encoded.check([corpus / "b.txt", corpus / "a.txt"])
    with pytest.raises(InputError, match="now 1 files"):
        encoded.check(corpus / "a.txt")
    (corpus / "b.txt").write_text("rare2\nb a c a d")
    with pytest.raises(InputError, match="other bytes") as caught:
        encoded.check(corpus)
    assert "--allow-changed" in caught.value.hint
    (corpus / "b.txt").write_text("short")
    with pytest.raises(InputError, match="2 files"):
        encoded.check(corpus)


def test_check_of_a_column(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\n1,a b\n")
    (tmp_path / "notes.txt").write_text("beside it")
    reading = Reading(column="text")
    _, encoded = learn(tmp_path, reading=reading, building=ALL, folder=tmp_path / ".run")
    encoded.check(tmp_path)


def test_two_iterables_differ_in_their_fingerprints(tmp_path: Path) -> None:
    corpora = ([["a", "b"]], [["a"], ["b"]], [["ab"]], [["b", "a"]])
    prints = [learn(one, building=ALL, folder=tmp_path)[1].fingerprint for one in corpora]
    assert len(set(prints)) == 4


def test_a_full_disk(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: object, array: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(renumber, "write_all", full)
    with pytest.raises(ResourceError, match=r"No space left.*\d+ are free") as caught:
        learn(corpus, building=ALL, folder=tmp_path / "run")
    assert caught.value.exit_code == 5
    assert not (tmp_path / "run" / "ids.json").exists()
    assert not list((tmp_path / "run").glob("part-*"))
