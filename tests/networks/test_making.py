"""From settings to a saved model, and back."""

from __future__ import annotations

import os
import signal
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import rowspace as rs  # noqa: E402
from rowspace.errors import DivergedError, FormatError, InputError  # noqa: E402
from rowspace.networks import keeping  # noqa: E402
from rowspace.networks.compare import compared  # noqa: E402
from rowspace.networks.kept import kind_of, restore, settings_in, to_model  # noqa: E402
from rowspace.networks.making import Making  # noqa: E402
from rowspace.networks.settings import Run  # noqa: E402
from rowspace.networks.start import require_dim, started  # noqa: E402
from rowspace.training.interrupt import Interrupted, Stopped  # noqa: E402

WORDS = [f"w{i}" for i in range(24)]
CONFIG = {"network": {"kind": "tag", "dim": 8}}


def tables(network):
    return {"words": (network["rows"], rs.Vocabulary.of(WORDS))}


@dataclass(frozen=True)
class OfParity(Making):
    """A model of the small task."""

    make: Any
    given: dict[str, Any]
    run: Run
    tell: Any

    def config(self):
        return {"a": 1}

    def task(self):
        return self.make(**self.given)

    def kept(self, task):
        return to_model(task.network, tables(task.network), config=CONFIG, record={})

    def judge(self, task, model):
        score = rs.Score("accuracy", task.judge()["accuracy"], len(task.ids), 1.0, 0.0, 1.0)
        model.record["scores"] = [score.as_json()]


def run_it(make, run, *, tell=lambda event: None, output=None, resume=False, **given):
    return OfParity(make, given, run, tell).model(output, resume=resume)


def test_a_network_is_a_model_like_any_other(parity, tmp_path):
    model = run_it(parity, Run(epochs=30, lr=0.01, threads=1), output=tmp_path / "m")
    assert not (tmp_path / "m.run").exists()
    found = rs.load(tmp_path / "m")
    assert kind_of(found) == "tag" and settings_in(found, "tag")["dim"] == 8
    assert found.vectors["w3"] == pytest.approx(model.vectors["w3"])
    assert found.vectors.nearest("w3", k=2)
    assert found.record["training_seconds"] > 0 and found.record["parameters"]["tables"] == 192
    task = parity()
    restore(task.network, tables(task.network), found)
    value = found.record["scores"][0]["value"]
    assert task.judge()["accuracy"] == pytest.approx(value) and value > 0.9


def test_a_model_of_another_network_is_refused(parity):
    model = run_it(parity, Run(epochs=1, threads=1))
    with pytest.raises(FormatError, match=r"rows\.weight"):
        restore(other := parity(size=30).network, tables_of_30(other), model)
    with pytest.raises(InputError, match=r"train translate.*train tag"):
        settings_in(model, "translate")
    with pytest.raises(InputError, match="another kind"):
        settings_in(rs.Model(model.vectors), "tag")


def tables_of_30(network):
    return {"words": (network["rows"], rs.Vocabulary.of([f"w{i}" for i in range(30)]))}


def test_ctrl_c_keeps_the_best_and_a_checkpoint(parity, tmp_path, monkeypatch):
    def stop(event):
        if event["type"] == "epoch" and event["epoch"] == 2:
            os.kill(os.getpid(), signal.SIGINT)

    run = Run(epochs=8, lr=0.01, threads=1)
    monkeypatch.setattr(keeping, "EVERY", 1e9)
    with pytest.raises(Stopped, match="after epoch"):
        run_it(parity, run, tell=stop, output=tmp_path / "young")
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    with pytest.raises(Interrupted):
        run_it(parity, run, tell=stop, output=tmp_path / "m")
    assert rs.load(tmp_path / "m").record["best_epoch"] in (1, 2)
    resumed = run_it(parity, run, output=tmp_path / "m", resume=True)
    whole = run_it(parity, run)
    assert np.array_equal(resumed.vectors.rows, whole.vectors.rows)


def test_divergence_keeps_the_last_good(parity, tmp_path):
    with pytest.raises(DivergedError, match="best so far, is in"):
        run_it(parity, Run(epochs=5, threads=1), output=tmp_path / "m", poison=2)
    assert np.isfinite(rs.load(tmp_path / "m").vectors.rows).all()
    with pytest.raises(DivergedError):
        run_it(parity, Run(epochs=5, threads=1), output=tmp_path / "none", poison=0)
    assert not (tmp_path / "none").exists()


def test_resume_without_anything_begins(parity, tmp_path):
    told = []
    run = Run(epochs=1, threads=1)
    run_it(parity, run, tell=told.append, output=tmp_path / "m", resume=True)
    assert "no checkpoint yet" in told[0]["message"]
    with pytest.raises(InputError, match="output folder"):
        run_it(parity, run, resume=True)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        run_it(parity, run, output=tmp_path / "file")


def vectors(dim=8):
    rows = np.random.default_rng(0).standard_normal((12, dim)).astype(np.float32) * 50
    return rs.Vectors.from_arrays(WORDS[:12], rows)


@pytest.mark.parametrize("tune", ["tuned", "frozen", "after-warm-up", "random"])
def test_rows_start_from_vectors(parity, tune):
    layer = parity().network["rows"]
    before = layer.weight.detach().clone()
    names = ["W3", *WORDS[1:]]  # spelled otherwise, found in lower case
    found = started(layer, names, vectors(), Run(tune=tune))
    assert found == {"known": 12, "of": 24, "in_lower_case": 1, "dim": 8}
    given = torch.from_numpy(vectors().rows[3].copy())
    after = layer.weight.detach()
    assert torch.cosine_similarity(after[0], given, dim=0) == pytest.approx(1)
    assert torch.equal(after[12:], before[12:])
    assert after[:12].norm(dim=1).median() == pytest.approx(
        before.norm(dim=1).median().item(), rel=0.1
    )
    frozen = 0 if layer.frozen_rows is None else int(layer.frozen_rows.sum())
    assert frozen == {"tuned": 0, "random": 24}.get(tune, 12)
    assert require_dim(vectors(), 5, given=False) == 8
    with pytest.raises(InputError, match="dim must be 8"):
        require_dim(vectors(), 5, given=True)


def test_the_comparison_trains_each_way_and_keeps_the_best(parity):
    seen = []

    def train(start, settings):
        seen.append((start is not None, settings["tune"]))
        return run_it(parity, Run(epochs=len(seen) * 10, lr=0.01, threads=1, **settings))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model, found = compared(train, vectors(), lambda event: None)
    assert seen == [(False, "random"), (False, "tuned"), (True, "frozen"), (True, "tuned")]
    assert found[0]["name"] == "random, never learned"
    best = max(one["scores"][0]["value"] for one in found[1:])
    assert model.record["scores"][0]["value"] == best
    assert len(compared(train, None, lambda event: None)[1]) == 2
