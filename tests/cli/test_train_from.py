"""train words --from: vectors to start from, models to go on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rowspace import files

SMALL = ("--dim", "8", "--min-count", "1", "--epochs", "2", "--threads", "1")
TRAIN = ("train", "words")


def text(path: Path, *topics: str, lines: int = 400) -> Path:
    """Lines that draw eight words from one topic."""
    rng = np.random.default_rng(len(topics))
    words = [topic.split() for topic in topics]
    drawn = [" ".join(rng.choice(words[n % len(words)], 8)) for n in range(lines)]
    path.write_text("\n".join(drawn) + "\n")
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return text(tmp_path / "old.txt", "red green blue colour", "one two three number")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return text(tmp_path / "new.txt", "red green violet colour", "one two four number")


@pytest.fixture
def vec(tmp_path: Path) -> Path:
    """Vectors of four numbers in word2vec's text form."""
    words = ["red", "green", "one", "Two", "elsewhere"]
    rows = np.random.default_rng(0).normal(0, 1, (5, 4)).round(3)
    lines = (f"{word} {' '.join(map(str, row))}" for word, row in zip(words, rows, strict=True))
    path = tmp_path / "some.vec"
    path.write_text("5 4\n" + "\n".join(lines) + "\n")
    return path


def test_start_from_vectors_and_freeze(process, new, vec, tmp_path, objects):
    words = (*TRAIN, new, "-o", "m", "--from", vec, "--freeze", "--epochs", "2", "--json")
    done = process(*words)
    assert done.returncode == 0, done.stderr
    (told,) = [one for one in objects(done.stdout) if one["type"] == "start"]
    assert (told["file"], told["known"], told["of"], told["dim"]) == ("some.vec", 3, 8, 4)
    model, before = files.load(tmp_path / "m"), files.load(vec)
    assert model.vectors.dim == 4 and "elsewhere" not in model.vectors
    for word in ("red", "green", "one"):
        assert (model.vectors[word] == before.vectors[word]).all()
    stored = (tmp_path / "m" / "config.json").read_text()
    assert str(tmp_path) not in stored and "some.vec" in stored
    assert json.loads(stored)["settings"]["training"]["freeze"] is True
    assert "some.vec" in (tmp_path / "m" / "README.md").read_text()


def test_union_keeps_every_word_of_the_vectors(command, new, vec, tmp_path):
    done = command(*TRAIN, new, "-o", "m", "--from", vec, "--vocabulary", "union")
    assert done.returncode == 0 and "3 of 8 words known" in done.stderr
    assert {"elsewhere", "Two", "violet"} <= set(files.load(tmp_path / "m").vectors)


def test_go_on_with_a_model(command, old, new, tmp_path):
    assert command(*TRAIN, old, "-o", "m", *SMALL, "--window", "3").returncode == 0
    done = command(*TRAIN, new, "-o", "n", "--from", "m")
    assert done.returncode == 0, done.stderr
    assert "going on with m: 6 of 8 words known" in done.stderr
    model = files.load(tmp_path / "n")
    assert set(model.vectors) == {
        "red", "green", "blue", "violet", "colour", "one", "two", "three", "four", "number"
    }  # fmt: skip
    assert model.config["objective"]["window"] == 3 and model.config["training"]["min_count"] == 1
    assert model.context is not None and len(model.context) == 10


def test_print_config_says_what_comes_from_the_model(command, old, tmp_path, objects):
    words = (*SMALL, "--unseen", "subwords", "--buckets", "50", "--objective", "cbow")
    assert command(*TRAIN, old, "-o", "m", *words).returncode == 0
    asked = (*TRAIN, "--from", "m", "--like", "word2vec", "--epochs", "4", "--print-config")
    found = {
        o["name"]: (o["value"], o["origin"]) for o in objects(command(*asked, "--json").stdout)
    }
    assert found["from"] == ("m", "option") and found["epochs"] == (4, "option")
    for name, value in {
        "objective": "cbow", "dim": 8, "min_count": 1, "unseen": "subwords", "buckets": 50,
        "vocabulary": "union", "lower": True,
    }.items():  # fmt: skip
        assert found[name] == (value, "--from"), name
    assert found["seed"][1] == "default"
    (tmp_path / "run.toml").write_text(command(*asked).stdout)
    again = command(*TRAIN, "--print-config", "--config", "run.toml")
    assert again.returncode == 0 and 'from = "m"' in again.stdout


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("--from", "some.vec", "--dim", "8"), 2, "4 numbers"),
        (("--from", "some.vec", "--dim", "200"), 2, "--dim 200"),
        (("--freeze",), 2, "--from"),
        (("--vocabulary", "union"), 2, "--from"),
        (("--from", "nowhere"), 4, "nowhere"),
        (("--from", "some.vec", "--unseen", "hashed", "--buckets", "9"), 2, "hashed"),
        (("--from", "some.vec", "--unseen", "subwords", "--freeze"), 2, "n-grams"),
        (("--from", "other.vec"), 3, "no word of the corpus"),
        (("--from", "model", "--unseen", "subwords"), 2, "the policy exact"),
    ],
)
def test_what_cannot_be(command, new, old, vec, tmp_path, words, code, named):
    (tmp_path / "other.vec").write_text("1 4\nfremd 1 2 3 4\n")
    if "model" in words:
        assert command(*TRAIN, old, "-o", "model", *SMALL).returncode == 0
    done = command(*TRAIN, new, "-o", "m", *words)
    assert done.returncode == code and named in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and "hint: " in done.stderr
    assert not (tmp_path / "m").exists() and not (tmp_path / "m.run").exists()


def test_interrupted_and_gone_on_with_by_the_line_that_is_shown(command, new, vec, tmp_path):
    words = (new.name, "-o", "m", "--from", vec.name, "--freeze", "--epochs", "999999", "--json")
    process = subprocess.Popen(
        [sys.executable, "-m", "rowspace", *TRAIN, *words],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["type"] == "progress":
            break
    process.send_signal(signal.SIGINT)
    out, said = process.communicate()
    line = json.loads(out.splitlines()[-1])["resume"]
    assert "--from some.vec" in line and said
    lines = vec.read_text().splitlines()
    vec.write_text("\n".join([lines[0], *lines[2:], lines[1]]) + "\n")
    done = command(*line.split()[1:])
    assert done.returncode == 3 and "other vectors" in done.stderr and "content" in done.stderr
    assert os.listdir(tmp_path / "m.run")
