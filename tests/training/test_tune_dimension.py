"""A curve from text and from labels, what it recommends, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.score import Score
from rowspace.files import load
from rowspace.training import crew
from rowspace.training.dimension_curve import DimensionPoint, curve_of
from rowspace.training.held_out import parted
from rowspace.training.tune_dimension import has_labels, tune_dimension
from rowspace.vectors import Vectors
from rowspace.vectors.model import Model
from rowspace.vectors.prefix import prefixes_of
from rowspace.vocabulary.encode import Encoded

FEW: dict[str, Any] = {"epochs": 2, "threads": 1, "min_count": 1, "processes": 1, "sample": 0}


def corpus(folder: Path, n: int = 1500) -> Path:
    """Sentences of one of forty subjects."""
    rng, path = np.random.default_rng(0), folder / "text.txt"
    lines = (
        " ".join(f"w{rng.integers(40)}_{k}" if k > 8 else f"w{at % 40}_{k}" for k in drawn)
        for at, drawn in enumerate(rng.integers(0, 10, (n, 12)))
    )
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "UNIT", 2048)
    monkeypatch.setattr("rowspace.training.state.UNIT", 2048)


def point(dim: int, valid: float, train: float, wide: float = 0.01) -> DimensionPoint:
    held = Score("mrr", valid, 100, 1.0, valid - wide, valid + wide)
    return DimensionPoint(dim, held, Score("mrr", train, 100, 1.0, train, train), (), 4, 1.0, 0.1)


def model() -> Model:
    return Model(Vectors.from_arrays(["a"], np.ones((1, 2), np.float32)))


def test_the_smallest_within_the_interval_of_the_best() -> None:
    points = [point(64, 0.305, 0.4), point(16, 0.25, 0.26), point(32, 0.30, 0.35)]
    curve = curve_of("text", "mrr", points, model())
    assert [one.dim for one in curve.points] == [16, 32, 64] and curve.recommended == 32
    assert "32 is the smallest" in curve.reason and "the best, 64" in curve.reason
    assert any("16 is too small" in note for note in curve.notes)
    assert any("learned by heart" in note for note in curve.notes)
    json.dumps(curve.as_json())


def test_a_wide_interval_is_said() -> None:
    curve = curve_of("text", "mrr", [point(16, 0.25, 0.3, 0.1), point(64, 0.3, 0.4, 0.1)], model())
    assert curve.recommended == 16 and "67% of the score" in curve.notes[-1]


def test_over_fitting_is_said() -> None:
    points = [point(16, 0.25, 0.26), point(32, 0.30, 0.33), point(64, 0.27, 0.4)]
    curve = curve_of("text", "mrr", points, model())
    assert curve.recommended == 32 and "scores best" in curve.reason
    assert any(note.startswith("over-fitting: 64") for note in curve.notes)


def test_a_curve_that_still_rises_is_said() -> None:
    points = [point(16, 0.25, 0.26), point(32, 0.30, 0.31), point(64, 0.40, 0.41)]
    curve = curve_of("text", "mrr", points, model())
    assert curve.recommended == 64 and any("still rises" in note for note in curve.notes)


def test_text(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"w{a}_1\tw{a}_2\t9\nw{a}_1\tw{a + 1}_2\t1\n" for a in range(20)))
    curve = tune_dimension(
        corpus(tmp_path), dims="4,8,16", similarity=pairs, output=tmp_path / "m", lr=0.05, **FEW
    )
    assert [one.dim for one in curve.points] == [4, 8, 16] and curve.kind == "text"
    for one in curve.points:
        names = [score.name for score in one.others]
        assert names == ["held-out loss", "loss", "pairs"] and one.valid.n > 1000
        assert one.valid.low <= one.valid.value <= one.valid.high and 0 < one.valid.value <= 1
        assert one.bytes == 4 * one.dim * len(curve.model.vectors)
        assert one.lookups > 0 and one.query > 0
    kept = load(tmp_path / "m")
    assert prefixes_of(kept) == (4, 8, 16)
    assert kept.record["dimensions"]["recommended"] == curve.recommended


def test_what_is_held_out_is_not_trained_on(tmp_path: Path) -> None:
    ids = np.arange(20_000, dtype="<i4") % 5000
    ids[::20] = -1
    ids.tofile(tmp_path / "ids.bin")
    ends = int((ids == -1).sum())
    whole = Encoded(tmp_path / "ids.bin", len(ids), len(ids) - ends, len(ids), ends, "")
    train, held = parted(whole, tmp_path / "train", 0.1)
    left = np.fromfile(train.path, "<i4")
    out = np.concatenate(held)
    assert len(held) == 50 and abs(len(out) / len(ids) - 0.1) < 0.01
    both = np.bincount(np.concatenate([left[left >= 0], out[out >= 0]]))
    np.testing.assert_array_equal(both, np.bincount(ids[ids >= 0]))
    assert train.entries == len(left) and train.tokens == (left >= 0).sum()
    assert train.sentences == (left == -1).sum()


def test_a_budget_takes_fewer_epochs_or_less_text(tmp_path: Path) -> None:
    curve = tune_dimension(
        corpus(tmp_path), dims=(4, 8), budget=0.1, **{**FEW, "epochs": 10**6}
    )  # fmt: skip
    assert "budget was enough" in curve.notes[0]


def test_labels(tmp_path: Path, reviews: Any) -> None:
    said: list[dict[str, Any]] = []
    curve = tune_dimension(
        reviews(1200), dims=(2, 4), progress=said.append, output=tmp_path / "m", epochs=3,
        threads=1, valid=0.3,
    )  # fmt: skip
    assert curve.kind == "labels" and curve.measure == "accuracy"
    assert [one.dim for one in curve.points] == [2, 4]
    assert all(0.7 < one.valid.value <= one.train.value + 0.1 for one in curve.points)
    kept = load(tmp_path / "m")
    assert kept.head is not None and kept.vectors.dim == curve.recommended
    assert [one["dim"] for one in said if one["type"] == "dimension"] == [2, 4]


@pytest.mark.parametrize("dims", ["0,4", "8,4", "", "a", (4, 4), (1.5,), [True]])
def test_dims_that_are_none(tmp_path: Path, dims: Any) -> None:
    with pytest.raises(SettingError):
        tune_dimension(corpus(tmp_path, 20), dims=dims)


@pytest.mark.parametrize(
    "settings", [{"dim": 8}, {"nested": (4, 8)}, {"held_out": 0}, {"held_out": 0.9}, {"los": "hs"}]
)
def test_settings_that_are_none(tmp_path: Path, settings: Any) -> None:
    with pytest.raises(SettingError):
        tune_dimension(corpus(tmp_path, 20), dims=(4, 8), **settings)


def test_too_little_is_refused(tmp_path: Path, reviews: Any) -> None:
    with pytest.raises(InputError, match="too little text"):
        tune_dimension(corpus(tmp_path, 100), dims=(4, 8), **FEW)
    with pytest.raises(InputError, match="too few texts"):
        tune_dimension(reviews(200), dims=(2, 4), epochs=1)
    with pytest.raises(InputError, match="similarity and analogies"):
        tune_dimension(reviews(200), similarity=["pairs.tsv"])


def test_what_has_labels(tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("__label__a good\n__label__b bad\n")
    (tmp_path / "t.csv").write_text("text,label\na,b\n")
    (tmp_path / "plain.txt").write_text("some words\n")
    assert has_labels(tmp_path / "lines.txt", {}) and has_labels(str(tmp_path / "t.csv"), {})
    assert not has_labels(tmp_path / "t.csv", {"column": "text"})
    assert not has_labels(tmp_path / "plain.txt", {}) and not has_labels([["a", "b"]], {})
    assert has_labels({"text": [], "label": []}, {}) and has_labels("x", {"label": "stars"})
    assert not has_labels("-", {})
