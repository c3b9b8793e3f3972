"""Nested runs on a made language: every prefix knows it, and the run is one like others."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.errors import InputError
from rowspace.training import Interrupted, crew
from rowspace.training.course import Course
from rowspace.vectors.prefix import prefixes_of

GROUPS, ENDS = 20, (8, 20, 40)
FEW: dict[str, Any] = {"epochs": 6, "min_count": 1, "threads": 1, "seed": 3}


def sentences(n: int = 2500) -> list[list[str]]:
    """Each sentence draws from one group of five words."""
    rng = np.random.default_rng(0)
    return [[f"w{at % GROUPS}_{k}" for k in rng.integers(0, 5, 12)] for at in range(n)]


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "UNIT", 2048)
    monkeypatch.setattr("rowspace.training.state.UNIT", 2048)


def right(vectors: rs.Vectors) -> float:
    """Share of a word's four nearest that are of its own group."""
    return float(
        np.mean(
            [
                near.split("_")[0] == f"w{group}"
                for group in range(GROUPS)
                for near, _ in vectors.nearest(f"w{group}_0", 4)
            ]
        )
    )


@pytest.mark.parametrize("objective", [rs.SkipGram, rs.CBOW])
@pytest.mark.parametrize("unseen", ["error", "subwords"])
def test_every_prefix_learns(objective: Any, unseen: str) -> None:
    policy = rs.Subwords(buckets=500) if unseen == "subwords" else rs.Exact()
    model = rs.train(objective(nested=ENDS, sample=0), sentences(), unseen=policy, **FEW)
    assert prefixes_of(model) == ENDS and model.vectors.dim == 40
    for m in ENDS:
        assert right(rs.prefix(model.vectors, m)) > 0.9, m


def test_deterministic_at_any_number_of_threads() -> None:
    runs = [
        rs.train(
            rs.SkipGram(nested=ENDS, sample=0), sentences(600),
            **{**FEW, "threads": threads, "deterministic": True, "epochs": 2},
        ).vectors.matrix
        for threads in (1, 2)
    ]  # fmt: skip
    np.testing.assert_array_equal(*runs)


def test_an_interrupted_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objective = rs.SkipGram(nested=ENDS, sample=0)
    settings = {**FEW, "deterministic": True, "epochs": 2}
    whole = rs.train(objective, sentences(600), **settings)
    go, calls = Course.go, iter(range(100))

    def once(self: Course, asked: Any) -> None:
        go(self, lambda: True)
        if next(calls) == 0:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Course, "go", once)
    with pytest.raises(Interrupted):
        rs.train(objective, sentences(600), output=tmp_path / "m", **settings)
    monkeypatch.setattr(Course, "go", go)
    with pytest.raises(InputError, match="nested was"):
        rs.train(
            rs.SkipGram(dim=40, sample=0), sentences(600), output=tmp_path / "m", resume=True,
            **settings,
        )  # fmt: skip
    later = rs.train(objective, sentences(600), output=tmp_path / "m", resume=True, **settings)
    np.testing.assert_array_equal(later.vectors.matrix, whole.vectors.matrix)


def test_a_prefix_goes_on_as_it_was_trained(tmp_path: Path) -> None:
    rs.save(rs.train(rs.SkipGram(nested=ENDS, sample=0), sentences(600), **FEW), tmp_path / "m")
    model = rs.load(tmp_path / "m")
    assert model.config["objective"]["nested"] == list(ENDS)
    cut = rs.prefix(model, 20)
    assert cut.context is not None and cut.context.shape[1] == 20 == cut.vectors.dim
    assert prefixes_of(cut) == (8, 20) and cut.record["prefix"] == {"dim": 20, "of": 40}
    rs.save(cut, tmp_path / "cut")
    more = rs.train(None, sentences(300), start=tmp_path / "cut", epochs=1, threads=1)
    assert prefixes_of(more) == (8, 20)
