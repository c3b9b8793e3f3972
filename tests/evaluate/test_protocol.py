"""The protocols against what the tools of their names say themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rowspace.evaluate import analogies, similarity
from rowspace.files import load

PEERS = json.loads(Path(__file__).parents[1].joinpath("golden/scores/peers.json").read_text())
LISTS = [(name, file) for name, scores in PEERS.items() for file in scores if file[:3] == "EN-"]


@pytest.fixture(scope="module")
def vectors(data):
    return load(data / "pretrained" / "glove.twitter.25d.top11925.txt.gz").vectors


@pytest.mark.parametrize(("name", "file"), LISTS)
def test_word_pairs(vectors, data, name, file):
    found = similarity(vectors, data / "wordsim" / f"{file}.txt", protocol=name)
    assert found.value == pytest.approx(PEERS[name][file], abs=5e-5)


@pytest.mark.parametrize("name", ["gensim", "glove"])
def test_questions(vectors, data, write, name):
    text = (data / "analogy" / "questions-words.txt").read_text("utf-8")
    path = write(text.lower() if name == "glove" else text)
    total = analogies(vectors, path, protocol=name)[-1]
    share, n = PEERS[name]["analogies"]
    assert total.n == n and total.value == pytest.approx(share, abs=5e-5)
