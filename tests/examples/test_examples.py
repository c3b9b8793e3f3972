"""The examples, run as a newcomer runs them, on real data: each beats the commonest label."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ROWSPACE_DATA", ROOT.parent / "shared" / "data"))
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
GLOVE = DATA / "pretrained" / "glove.twitter.25d.top11925.txt.gz"


def real(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs {path} (ROWSPACE_DATA)")
    return path


def spam():
    lines = real("spam/SMSSpamCollection").read_text("utf-8").split("\n")
    return [line.split("\t", 1) for line in lines if line]


def sentiment():
    lines = real("sentiment/stsa.binary.train").read_text("utf-8").split("\n")
    return [line.split(" ", 1) for line in lines if line]


def topic():
    lines = real("topic/TREC.train").read_text("latin-1").split("\n")
    return [(line.split(":")[0], line.split(" ", 1)[1]) for line in lines if line][:2500]


@pytest.fixture
def run(tmp_path):
    """Runs an example on labelled texts; the figures it prints, by the words before them."""

    def run(example, pairs, *arguments):
        path = tmp_path / "texts.tsv"
        path.write_text("".join(f"{label}\t{text}\n" for label, text in pairs), "utf-8")
        words = [sys.executable, str(ROOT / "examples" / example), str(path), *map(str, arguments)]
        env = {**os.environ, "OMP_NUM_THREADS": "1"}  # threads would wait for each other, busily
        done = subprocess.run(words, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return {name: float(n) for name, n in re.findall(r"^(\D+?) ([\d.]+)", done.stdout, re.M)}

    return run


def commonest(pairs):
    """The accuracy of always saying the commonest label."""
    return Counter(label for label, _ in pairs).most_common(1)[0][1] / len(pairs)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_short_and_explained(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) < 40
    assert text.startswith('"""') and f"python examples/{path.name}" in text


def test_numpy_layer(run):
    assert run("numpy_layer.py", spam())["accuracy"] > 0.95


@pytest.mark.parametrize(
    ("texts", "least"),
    [
        (topic, 0.7),
        pytest.param(spam, 0.95, marks=pytest.mark.slow),
        pytest.param(sentiment, 0.72, marks=pytest.mark.slow),
    ],
)
def test_torch_classifier(run, texts, least):
    pytest.importorskip("torch")
    pairs = texts()
    assert commonest(pairs) + 0.05 < least
    assert run("torch_classifier.py", pairs)["accuracy"] > least


@pytest.mark.parametrize("texts", [topic, pytest.param(sentiment, marks=pytest.mark.slow)])
def test_pretrained_vectors_help_where_labels_are_few(run, texts):
    pytest.importorskip("torch")
    pairs = texts()
    figures = run("pretrained_or_scratch.py", pairs, real(GLOVE))
    assert figures["pre-trained"] > commonest(pairs) + 0.1
    assert figures["pre-trained"] > figures["from scratch"] + 0.01


@pytest.mark.slow
def test_words_learned_on_the_way(run):
    pytest.importorskip("torch")
    pairs = spam()
    figures = run("pretrained_or_scratch.py", pairs)
    assert min(figures.values()) > commonest(pairs) + 0.02


def test_frozen_or_tuned(run):
    pytest.importorskip("torch")
    pairs = topic()[:1500]
    figures = run("frozen_or_tuned.py", pairs, real(GLOVE))
    assert figures["frozen"] > commonest(pairs) + 0.2
    assert figures["tuned"] > figures["frozen"]
