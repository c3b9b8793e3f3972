"""Training on a text whose phrases are joined first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import rowspace as rs
from rowspace.training import Settings
from rowspace.vocabulary.joining import Joining
from rowspace.vocabulary.phrases import Phrases

TEXT = [line.split() for line in ["they saw new york at night", "york is old", "a new day"] * 20]
SHORT: dict[str, Any] = {"epochs": 1, "min_count": 1, "threads": 1, "deterministic": True}
JOINING = Joining(min_count=2, threshold=1.2, connectors=("at",))


def train(objective: Any = None, **more: Any) -> rs.Model:
    return rs.train(objective or rs.SkipGram(dim=4), TEXT, **{**SHORT, **more})


def test_the_model_knows_the_phrase_and_keeps_it(tmp_path: Path) -> None:
    train(phrases=JOINING, output=tmp_path / "m")
    model = rs.load(tmp_path / "m")
    kept = Phrases.from_array(model.arrays["phrases"])
    assert kept.join(["new", "york"]) == ["new_york"]
    assert "new_york" in model.vectors
    assert model.config["training"]["phrases"]["min_count"] == 2
    assert not (tmp_path / "m.run").exists()


def test_passes_by_number_and_phrases_from_a_file(tmp_path: Path) -> None:
    assert "phrases" not in train().arrays
    assert isinstance(Settings(phrases=2).joining, Joining)
    Phrases.learn(TEXT, min_count=2, threshold=1.2).save(tmp_path / "p.json")
    model = train(phrases=tmp_path / "p.json")
    assert "new_york" in model.vectors and "fingerprint" in model.config["training"]["phrases"]


def test_going_on_joins_the_new_text_the_same_way(tmp_path: Path) -> None:
    train(phrases=JOINING, output=tmp_path / "m")
    new = [["from", "new", "york"]] * 3
    model = rs.train(None, new, start=tmp_path / "m", **SHORT)
    assert model.vectors.counts[model.vectors.vocabulary.find("new_york")] == 23
    assert "phrases" in model.arrays


@pytest.mark.parametrize("wrong", [-1, 11, 1.5, True, None])
def test_settings_that_cannot_be(wrong: Any) -> None:
    with pytest.raises(rs.SettingError, match="phrases"):
        Settings.of({"phrases": wrong})


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(rs.InputError, match="cannot read the phrases"):
        Settings.of({"phrases": "nowhere.json"})
