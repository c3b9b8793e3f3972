"""predict: one answer a line, from any kind of input."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

import rowspace as rs
from rowspace.corpus import lines as module
from rowspace.corpus.lines import lines

GOLDEN = Path(__file__).parents[1] / "golden" / "fasttext"
MODEL = GOLDEN / "hs.bin"
TEXTS = ["море волна", "", "salt bread", "qqq"]


@pytest.fixture(scope="module")
def answers():
    return rs.load(MODEL).predict(TEXTS, k=2)


def test_a_line_a_line(process, answers, tmp_path):
    (tmp_path / "in.txt").write_text("\n".join(TEXTS), "utf-8")
    done = process("predict", MODEL, "in.txt", "-k", 2)
    assert done.returncode == 0 and done.stderr == ""
    shown = done.stdout.split("\n")[:-1]
    assert len(shown) == len(TEXTS)
    for line, answer in zip(shown, answers, strict=True):
        fields = line.split("\t") if line else []
        assert fields[::2] == [label for label, _ in answer]
        assert [float(p) for p in fields[1::2]] == pytest.approx([p for _, p in answer], rel=1e-5)


def test_lines_stay_aligned_where_there_is_no_answer(command, tmp_path):
    done = command("predict", MODEL, "-", "--threshold", "2", stdin="море\nволна\n\n")
    assert done.returncode == 0 and done.stdout == "\n\n\n"


def test_json(command, objects, answers):
    done = command("predict", MODEL, "-", "-k", 2, "--json", stdin="\n".join(TEXTS))
    found = objects(done.stdout)
    assert [one["type"] for one in found] == ["prediction"] * 4
    for one, answer in zip(found, answers, strict=True):
        assert list(zip(one["labels"], one["probabilities"], strict=True)) == answer


@pytest.mark.parametrize("kind", ["gz", "csv", "jsonl"])
def test_other_kinds_of_input(command, answers, tmp_path, kind):
    text = "\n".join(TEXTS) + "\n"
    if kind == "gz":
        (tmp_path / "in.txt.gz").write_bytes(gzip.compress(text.encode()))
        words = ["in.txt.gz"]
    elif kind == "csv":
        rows = "".join(f'7,"{one}"\n' for one in TEXTS)
        (tmp_path / "in.csv").write_text("n,text\n" + rows, "utf-8")
        words = ["in.csv", "--column", "text"]
    else:
        rows = "".join(json.dumps({"text": one}) + "\n" for one in TEXTS)
        (tmp_path / "in.jsonl").write_text(rows, "utf-8")
        words = ["in.jsonl", "--column", "text"]
    done = command("predict", MODEL, *words)
    first = [answer[0][0] for answer in answers]
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == first


def test_a_model_folder(command, tmp_path):
    rs.save(rs.load(MODEL), tmp_path / "m")
    done = command("predict", "m", "-", stdin="море\n")
    assert done.stdout == command("predict", MODEL, "-", stdin="море\n").stdout


def test_mistakes(command, model, tmp_path):
    done = command("predict", model, "-", stdin="king\n")
    assert done.returncode == 3 and "no labels" in done.stderr and "supervised" in done.stderr
    assert command("predict", MODEL, "nowhere.txt").returncode == 3
    assert command("predict", MODEL, "-", "-k", "0", stdin="a\n").returncode == 2
    assert command("predict", MODEL, "-", "--column", "x", stdin="a,b\n1,2\n").returncode == 3


def test_one_line_loads_no_compiler():
    code = "import sys, rowspace as rs; rs.load(sys.argv[1]).predict(['a']); "
    code += "print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(MODEL)], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("ending", ["", "\n"])
def test_lines_are_kept_as_they_stand(tmp_path, monkeypatch, ending):
    text = "a b\r\n\n x\n" + "long " * 3000 + ending
    (tmp_path / "t").write_bytes(text.encode())
    right = text.encode().removesuffix(b"\n").split(b"\n")
    assert list(lines(str(tmp_path / "t"))) == right
    pieces = [text.encode()[at : at + 7] for at in range(0, len(text), 7)]
    assert list(module._split(iter(pieces))) == right


@pytest.mark.parametrize("words", [["--beam", "3"], ["--prompt", "x"]])
def test_an_option_of_another_kind_of_model(command, words):
    done = command("predict", MODEL, "-", *words, stdin="x\n")
    assert done.returncode == 2 and "says nothing to" in done.stderr and "--column" in done.stderr


def test_no_texts(command):
    done = command("predict", MODEL)
    assert done.returncode == 2 and "no texts given" in done.stderr
