"""train words --objective glove: from text to a model, with options of its own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rowspace import files

SMALL = ("--objective", "glove", "--dim", "8", "--min-count", "1", "--epochs", "2")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    topics = [["red", "green", "blue", "colour"], ["one", "two", "three", "number"]]
    path = tmp_path / "corpus.txt"
    path.write_text("".join(" ".join(rng.choice(topics[n % 2], 8)) + "\n" for n in range(300)))
    return path


def test_text_in_a_model_out(process, corpus, tmp_path):
    words = (*SMALL, "--x-max", "10", "--alpha", "0.5", "--asymmetric", "--flat", "--clip", "9",
             "--vectors", "words", "--window", "3", "--memory", "2MB")  # fmt: skip
    done = process("train", "words", corpus, "-o", "m", *words)
    assert done.returncode == 0, done.stderr
    assert "pairs: 0.0 M, of 0.0 M words" in done.stderr
    objective = files.load(tmp_path / "m").config["objective"]
    assert objective == {
        "name": "glove", "dim": 8, "lr": 0.05, "window": 3, "symmetric": False,
        "by_distance": False, "x_max": 10.0, "alpha": 0.5, "clip": 9.0, "vectors": "words",
        "min_lr": None,
    }  # fmt: skip
    assert process("nearest", "m", "red", "-k", "3").returncode == 0
    assert "glove" in process("info", "m").stdout


def test_json_tells_of_the_pairs(command, corpus, objects):
    found = objects(command("train", "words", corpus, "-o", "m", *SMALL, "--json").stdout)
    counted = next(one for one in found if one["type"] == "counted")
    assert counted["words"] == 2400 and counted["pairs"] == 20  # of four words, twice
    assert next(one for one in found if one["type"] == "progress")["counted"] == "pairs"


def test_print_config_goes_back_in(command, corpus, tmp_path):
    asked = ("train", "words", corpus, "-o", "m", *SMALL, "--x-max", "7", "--print-config")
    shown = command(*asked)
    assert shown.returncode == 0 and "x_max = 7.0" in shown.stdout
    assert "# negative =" in shown.stdout and "memory = 1073741824" in shown.stdout
    (tmp_path / "run.toml").write_text(shown.stdout)
    done = command("train", "words", corpus, "-o", "m", "--config", "run.toml")
    assert done.returncode == 0, done.stderr
    config = json.loads((tmp_path / "m" / "config.json").read_text())
    assert config["settings"]["objective"]["x_max"] == 7


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--objective", "glove", "--negative", "3"), "--negative means nothing"),
        (("--objective", "glove", "--whole-window"), "--shrink/--whole-window means nothing"),
        (("--x-max", "3"), "--x-max means nothing with --objective skipgram"),
        (("--loss", "hs", "--negative", "3"), "--negative means nothing with --loss hs"),
        (("--objective", "glove", "--like", "word2vec"), "--like word2vec"),
        (("--objective", "glove", "--unseen", "subwords"), "one row a word"),
        (("--objective", "glove", "--memory", "lots"), "no size such as"),
        (("--objective", "glove", "--memory", "10kB"), "memory must be"),
        (("--objective", "glove", "--x-max", "0"), "--x-max"),
        (("--objective", "glove", "--min-lr", "1"), "min_lr"),
    ],
)
def test_what_does_not_go_together(command, corpus, tmp_path, words, named):
    done = command("train", "words", corpus, "-o", "m", *words)
    assert done.returncode == 2 and named in done.stderr, done.stderr
    assert not (tmp_path / "m").exists()


def test_vectors_to_start_from(command, corpus, tmp_path):
    assert command("train", "words", corpus, "-o", "first", *SMALL).returncode == 0
    done = command("train", "words", corpus, "-o", "m", *SMALL, "--from", "first")
    assert done.returncode == 2 and "cannot start from vectors" in done.stderr


def test_counting_is_shown():
    from rowspace.cli.show_progress import sentence

    event = {"type": "count", "stage": "sorting", "fraction": 0.25, "words": 3e6, "seconds": 1.0}
    assert sentence(event) == "pairs: sorting 25%, 3.0 M words"
    event = {"type": "counted", "pairs": 2_500_000, "words": 3e6, "seconds": 70}
    assert sentence(event) == "pairs: 2.5 M, of 3.0 M words, 1:10"
    event = {"type": "progress", "words_per_second": 2e6, "counted": "pairs"}
    assert sentence(event).endswith("2.00 M pairs/s")
