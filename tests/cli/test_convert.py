"""convert: as a process, with what it says and how it ends."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace import files

TEXT = "king 1 0.5\nqueen 0 2\ncat -3 4\n"


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text(TEXT)
    return path


def test_text_becomes_a_model(process, text, tmp_path):
    done = process("convert", text, "out")
    assert done.returncode == 0 and done.stdout == ""
    assert "3 x 2 in out: rowspace, " in done.stderr and "bytes" in done.stderr
    assert files.load(tmp_path / "out").vectors["cat"].tolist() == [-3, 4]


def test_json(command, text, objects, tmp_path):
    (found,) = objects(command("convert", text, "out", "--json").stdout)
    assert found["type"] == "converted" and found["path"] == "out"
    assert (found["items"], found["dim"], found["format"]) == (3, 2, "rowspace")
    assert found["bytes"] == sum(path.stat().st_size for path in (tmp_path / "out").iterdir())


def test_a_choice(command, text, tmp_path):
    (tmp_path / "words").write_bytes(b"\xef\xbb\xbfcat\r\n\r\nking\nzebra\n")
    done = command("convert", text, "out", "--words", "words", "--normalize", "--dtype", "float16")
    assert done.returncode == 0 and "1 of the words are not in" in done.stderr
    vectors = files.load(tmp_path / "out").vectors
    assert list(vectors) == ["king", "cat"] and vectors.rows.dtype == np.float16
    assert vectors["cat"] == pytest.approx([-0.6, 0.8], abs=1e-3)
    done = command("convert", text, "two", "--words", "-", "--limit", "1", stdin="cat\nqueen\n")
    assert list(files.load(tmp_path / "two").vectors) == ["queen"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["v.txt", "v.xyz"], 2, "suffix '.xyz' of 'v.xyz' means no format"),
        (["v.txt", "out", "--to", "rowspce"], 2, "did you mean 'rowspace'?"),
        (["v.txt", "v.txt"], 2, "--to"),
        (["v.txt", "v.txt", "--to", "rowspace"], 3, "the source itself"),
        (["v.txt", "there"], 3, "--force"),
        (["v.txt", "out", "--limit", "0"], 2, "limit"),
        (["v.txt", "out", "--dtype", "float64"], 2, "dtype"),
        (["v.txt", "out", "--words", "none"], 3, "none"),
        (["none", "out"], 4, "no such"),
        (["page", "out"], 4, "an HTML file"),
    ],
)
def test_what_cannot_be_done(command, text, tmp_path, words, code, said):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "file").write_text("mine")
    (tmp_path / "page").write_text("<!DOCTYPE html><html></html>")
    if words[1] == "v.txt" and "--to" not in words:
        code, said = 3, "the source itself"
    done = command("convert", *words)
    assert done.returncode == code and said in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert (tmp_path / "there" / "file").read_text() == "mine" and text.read_text() == TEXT


def test_force(command, text, model, tmp_path):
    command("convert", text, "out")
    assert command("convert", model, "out").returncode == 3
    assert command("convert", model, "out", "--force").returncode == 0
    assert len(files.load(tmp_path / "out").vectors) == 10


def test_help_has_examples(command):
    for name in ("convert", "align", "merge", "info"):
        assert f"\n  rowspace {name} " in command(name, "-h").stdout
