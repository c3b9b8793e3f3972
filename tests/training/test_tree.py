"""Training by hierarchical softmax: what it reports, keeps, goes on with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.training import Interrupted

LINES = 400


def text() -> list[list[str]]:
    """Two topics that share no word, each word as likely as the next."""
    rng = np.random.default_rng(1)
    return [[f"{'ab'[n % 2]}{k}" for k in rng.integers(0, 20, 12)] for n in range(LINES)]


def settings(**more: Any) -> dict[str, Any]:
    return {"epochs": 6, "min_count": 1, "threads": 1, "seed": 3, **more}


OBJECTIVES = [rs.SkipGram(dim=16, loss="hs", sample=0, lr=0.1),
              rs.CBOW(dim=16, loss="hs", sample=0, lr=0.1)]  # fmt: skip
POLICIES = [rs.Exact(), rs.Subwords(minn=2, maxn=2, buckets=40)]


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
@pytest.mark.parametrize("unseen", POLICIES, ids=lambda one: one.name)
def test_the_loss_is_that_of_a_softmax_over_all_words(objective: Any, unseen: Any) -> None:
    """From log 40 at most it comes to about log 20, the entropy of a word of a topic."""
    model = rs.train(objective, text(), **settings(unseen=unseen, epochs=8))
    first, last = model.record["loss"][0], model.record["loss"][-1]
    assert np.log(20) - 0.1 < last < np.log(20) + 0.25
    assert np.log(20) - 0.1 < first < np.log(40) + 0.3
    assert model.vectors.similarity("a1", "a2") > model.vectors.similarity("a1", "b2") + 0.3
    assert model.context is None


def test_deterministic_is_deterministic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rowspace.training.settings.usable_cores", lambda: 2)
    rows = [
        rs.train(
            rs.SkipGram(dim=8, loss="hs"), text(), **settings(threads=threads, deterministic=True)
        ).vectors.rows
        for threads in (1, 2)
    ]
    assert (rows[0] == rows[1]).all()


def test_an_interrupted_run_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    objective, sentences = rs.SkipGram(dim=8, loss="hs"), tmp_path / "text.txt"
    sentences.write_text("\n".join(" ".join(line) for line in text()))
    chosen = settings(deterministic=True, checkpoint_every=1e-9)
    whole = rs.train(objective, str(sentences), **chosen)

    def stop(end: Any) -> None:
        if end.epoch == 3:
            raise Interrupted(tmp_path, 2)

    with pytest.raises(Interrupted):
        rs.train(objective, str(sentences), output=tmp_path / "m", callbacks=[stop], **chosen)
    model = rs.train(objective, str(sentences), output=tmp_path / "m", resume=True, **chosen)
    assert (model.vectors.rows == whole.vectors.rows).all()
    assert rs.load(tmp_path / "m").context is None


def test_a_rate_that_is_too_high_is_seen() -> None:
    with pytest.raises(rs.DivergedError, match=r"nats a prediction|not finite"):
        rs.train(rs.SkipGram(dim=16, loss="hs", lr=1e6), text(), **settings())


def warned(told: list[dict[str, Any]]) -> str:
    return " ".join(one["message"] for one in told if one["type"] == "warning")


def test_its_vectors_are_a_start_and_that_is_said(tmp_path: Path) -> None:
    rs.train(rs.SkipGram(dim=8, loss="hs"), text(), output=tmp_path / "tree", **settings())
    told: list[dict[str, Any]] = []
    again = settings(epochs=1)
    model = rs.train(None, text(), start=tmp_path / "tree", progress=told.append, **again)
    assert "does not go on" in warned(told) and model.context is not None
    rs.save(model, tmp_path / "noise")
    told.clear()
    down = rs.SkipGram(dim=8, loss="hs")
    model = rs.train(down, text(), start=tmp_path / "noise", progress=told.append, **again)
    assert "begin anew" in warned(told) and model.context is None
