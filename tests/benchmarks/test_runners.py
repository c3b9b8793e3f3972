"""A contestant is a process of its own: what comes back, and what when it fails."""

from __future__ import annotations

import os

import numpy as np
import pytest
from benchmarks.harness.contestants import Contestant, ContestantError, run
from benchmarks.harness.job import names
from benchmarks.harness.resident import family, own_memory
from benchmarks.words.contestants import ROWSPACE
from benchmarks.words.parts.rare import measured, ranking

from rowspace.vectors import Vectors


def test_a_training_tells_its_stages_and_is_saved(tmp_path):
    corpus = tmp_path / "text.txt"
    corpus.write_text("one two three four five\n" * 200)
    job = {"task": "train", "corpus": str(corpus), "epochs": 2, "threads": 1, "seed": 0}
    answer = run(ROWSPACE, {**job, "save": str(tmp_path / "model")}, watch=True)
    assert answer["words"] == 2 * 1000
    assert answer["items"] == 5
    assert set(answer["seconds"]) == {"import", "rest", "train"}
    assert sum(answer["seconds"].values()) <= answer["wall"]
    assert 0 < answer["own_peak"] < answer["peak_rss"] * 1.5  # as often as it could be looked at
    assert (tmp_path / "model" / "model.safetensors").exists()


def test_a_failure_tells_whose_and_why(tmp_path):
    job = {"task": "scan", "corpus": str(tmp_path / "none.txt"), "threads": 1}
    with pytest.raises(ContestantError, match=r"rowspace, scan: .*none\.txt"):
        run(ROWSPACE, job)


def test_a_peer_is_run_by_the_python_that_has_it(monkeypatch):
    monkeypatch.setenv("ROWSPACE_PEERS", "the-python")
    assert Contestant("gensim", "gensim", "a.script").command()[0] == "the-python"


def test_own_memory_counts_this_process():
    before = own_memory(os.getpid())
    block = np.ones(8 << 20, np.float64)
    assert own_memory(os.getpid()) - before > 0.9 * block.nbytes
    assert os.getpid() in family(os.getpid())
    assert own_memory(2**31 - 1) == 0


def test_names_are_distinct():
    assert len(set(names(5000))) == 5000


def test_neighbours_are_ranked_and_compared():
    known = ["a", "b", "c", "d"]
    vectors = Vectors.from_arrays(
        ["x", *known], np.array([[1, 0], [1, 0.1], [1, 1], [0, 1], [-1, 0]], np.float32)
    )
    wanted = ranking(vectors, ["x"], known)
    assert wanted.tolist() == [[0, 1, 2, 3]]
    overlap, place = measured(wanted[:, ::-1], wanted)
    assert (overlap.tolist(), place.tolist()) == ([1.0], [0.25])
