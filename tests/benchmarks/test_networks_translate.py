"""The benchmark of translating: its files, and what is said of a training's record."""

from __future__ import annotations

import pytest
from benchmarks.networks.parts import PARTS
from benchmarks.networks.parts.translate import FOLDER, findings, pairs
from benchmarks.words.corpus import MissingDataError


def record(bleu, seconds=1700.0, averaged=False):
    def scores(value):
        each = (("BLEU", value), ("chrF", value + 20))
        near = {"low": value - 1, "high": value + 1, "signature": "case:mixed"}
        return [{"name": name, "value": found, **near} for name, found in each]

    return {
        "scores": scores(bleu), "validation_scores": scores(bleu + 1), "best_epoch": 3,
        "epochs": [{}] * 4, "training_seconds": seconds, "averaged": averaged, "parameters": {},
        "answer_seconds": 9.0, "baselines": [{"scores": scores(1.0)}, {"scores": scores(13.0)}],
    }  # fmt: skip


def test_findings_tell_scores_goal_and_time():
    bleu, chrf = findings([record(34.5)], 30, goal=True)
    assert (bleu.value, bleu.low, bleu.high, bleu.met) == (34.5, 33.5, 35.5, "yes")
    assert bleu.goal == "≥ 34" and bleu.peer == [13.0] and chrf.value == 54.5 and chrf.goal == ""
    assert "28.3 minutes" in bleu.note and "3 of 4" in bleu.note and "case:mixed" in bleu.note


def test_several_seeds_and_no_goal():
    low, high = record(33.0), record(34.0, averaged=True)
    bleu, _ = findings([low, high], 30, goal=True)
    assert (bleu.value, bleu.low, bleu.high, bleu.met) == (33.5, 33.0, 34.0, "no")
    assert "mean of the last epochs" in bleu.note
    assert findings([high], 60, goal=False)[0].met == ""


def test_files(tmp_path):
    with pytest.raises(MissingDataError, match=r"train\.en\.gz"):
        pairs(tmp_path)
    (tmp_path / FOLDER).mkdir(parents=True)
    for part in ("train", "val", "test_2016_flickr"):
        for language in ("en", "de"):
            (tmp_path / FOLDER / f"{part}.{language}.gz").touch()
    assert pairs(tmp_path)["val"][1].endswith("val.de.gz") and "translate" in PARTS
