"""train_tagger: from words with tags to a model, and everything that can be said on the way."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace import files  # noqa: E402
from rowspace.corpus.conll import TagReading, tagged  # noqa: E402
from rowspace.errors import DivergedError, InputError, SettingError  # noqa: E402
from rowspace.networks.tagging import judge_tagger, train_tagger  # noqa: E402
from rowspace.vectors import Vectors  # noqa: E402
from rowspace.vocabulary import Vocabulary  # noqa: E402


def test_it_learns_and_says_how_well(places_model):
    record = places_model.record
    assert record["judged"] == "entities" and record["scored_on"] == "validation"
    scores = {score["name"]: score for score in record["scores"]}
    assert scores["f1"]["value"] > 0.9 and scores["f1"]["low"] <= scores["f1"]["value"]
    [beside] = record["baselines"]
    assert beside["name"] == "each word's most frequent tag" and beside["scores"][0]["name"] == "f1"
    assert record["data"] == {"sentences": 54, "words": 216, "scheme": "iob2"}
    assert record["types"][0]["label"] == "LOC" and record["best_epoch"] >= 1
    assert places_model.config["network"]["kind"] == "tag"


def test_parts_of_speech(speech_model):
    assert [score["name"] for score in speech_model.record["scores"]] == ["accuracy", "macro-f1"]
    assert speech_model.record["judged"] == "words"


@pytest.mark.parametrize(
    "settings",
    [{"encoder": "transformer", "heads": 2, "layers": 1}, {"crf": False}, {"filters": 0},
     {"piece_dim": 0, "shape_dim": 0}, {"embedding_dropout": 0.2, "embedding_dropout_of": "rows"},
     {"valid": 0}, {"lower": False, "min_count": 2}, {"precision": "bfloat16"}],
)  # fmt: skip
def test_every_kind_of_network_trains_and_answers(places, small, settings):
    model = train_tagger(places, **{**small, "epochs": 2, **settings})
    judged = judge_tagger(model, places)
    assert 0 <= judged["f1"].value <= 1
    assert ("scores" in model.record) == (settings.get("valid", 1) != 0)


def test_deterministic_runs_are_the_same_bit_for_bit(places, small):
    settings = {**small, "epochs": 2, "deterministic": True}
    runs = [train_tagger(places, **settings) for _ in range(2)]
    first, second = runs
    assert np.array_equal(first.vectors.matrix, second.vectors.matrix)
    assert all(np.array_equal(first.arrays[name], second.arrays[name]) for name in first.arrays)
    assert first.record["epochs"] == second.record["epochs"]


def test_validation_and_test_data(places, small, tmp_path):
    path = tmp_path / "dev.conll"
    path.write_text("we O\nlike O\nOslo B-LOC\n")
    model = train_tagger(places, valid=path, test=path, **{**small, "epochs": 2})
    assert model.record["scored_on"] == "test" and "validation_scores" in model.record
    assert model.record["data"]["sentences"] == 60
    assert model.record["scores"][0]["n"] == 1


@pytest.fixture
def start():
    names = ["rome", "lima", "quito", "to", "Went"]
    rows = np.random.default_rng(0).standard_normal((5, 6)).astype(np.float32)
    return Vectors(Vocabulary.of(names), rows)


def test_rows_start_from_vectors_and_words_only_they_know_have_rows(places, small, start):
    told = []
    model = train_tagger(
        places, start=start, tune="frozen", progress=told.append, lower=True,
        **{**small, "epochs": 1, "dim": 6},
    )  # fmt: skip
    found = next(one for one in told if one["type"] == "start")
    assert found["dim"] == 6 and found["known"] == 3
    assert model.record["start"]["known"] == 3
    words = model.vectors
    assert "quito" in words and words.vocabulary.counts[words.vocabulary.id("quito")] == 0
    rome, lima = words["rome"], words["lima"]
    at = [start.vocabulary.id(name) for name in ("rome", "lima")]
    cosines = [float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
               for a, b in zip((rome, lima), start.rows[at], strict=True)]  # fmt: skip
    assert cosines == pytest.approx([1, 1], abs=1e-5)


def test_vectors_that_tell_capitals_apart_keep_them(places, small):
    rows = np.ones((2, 6), np.float32)
    cased = Vectors(Vocabulary.of(["Rome", "rome"]), rows)
    model = train_tagger(places, start=cased, **{**small, "epochs": 1, "dim": 6})
    assert model.config["network"]["lower"] is False and "Rome" in model.vectors
    lower = Vectors(Vocabulary.of(["rome", "lima"]), rows)
    model = train_tagger(places, start=lower, **{**small, "epochs": 1, "dim": 6})
    assert model.config["network"]["lower"] is True and "Rome" not in model.vectors


def test_more_words_bounds_what_comes_along(places, small, start):
    model = train_tagger(places, start=start, more_words=0, **{**small, "epochs": 1, "dim": 6})
    assert "quito" not in model.vectors


def test_what_rows_start_from_is_compared(places, small, start, tmp_path):
    model = train_tagger(
        places, start=start, compare=True, output=tmp_path / "m", **{**small, "epochs": 2, "dim": 6}
    )
    names = [one["name"] for one in model.record["compare"]]
    assert len(names) == 4 and "from scratch" in names
    assert files.load(tmp_path / "m").record["compare"][0]["scores"][0]["name"] == "f1"
    with pytest.raises(SettingError, match="resume"):
        train_tagger(places, compare=True, resume=True, **small)


def test_an_interrupted_run_goes_on_bit_for_bit(places, small, tmp_path, monkeypatch):
    from rowspace.networks import keeping
    from rowspace.training.interrupt import Interrupted

    monkeypatch.setattr(keeping, "EVERY", 0.0)
    settings = {**small, "epochs": 4, "deterministic": True}
    whole = train_tagger(places, **settings)

    def interrupt(event):
        if event["type"] == "epoch" and event["epoch"] == 2:
            import os
            import signal

            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(Interrupted):
        train_tagger(places, output=tmp_path / "m", progress=interrupt, **settings)
    model = train_tagger(places, output=tmp_path / "m", resume=True, **settings)
    assert np.array_equal(model.vectors.matrix, whole.vectors.matrix)
    assert all(np.array_equal(model.arrays[name], whole.arrays[name]) for name in whole.arrays)


def test_one_sentence_cannot_be_divided(places, small):
    with pytest.raises(InputError, match="one sentence cannot be divided"):
        train_tagger(places.take([0]), **small)


def test_settings_that_there_are_not(places):
    with pytest.raises(SettingError, match="a setting"):
        train_tagger(places, hiden=3)
    with pytest.raises(SettingError, match="dim"):
        train_tagger(places, start=Vectors.random(["a"], 4), dim=5)


def test_training_that_diverges_keeps_the_last_good_epoch(places, small, tmp_path):
    with pytest.raises(DivergedError, match="learning rate"):
        train_tagger(places, output=tmp_path / "m", **{**small, "epochs": 30, "lr": 1e9, "clip": 0})


def test_kinds_of_tags_must_agree(places, small, tmp_path):
    path = tmp_path / "speech.conll"
    path.write_text("the DET\ndog NOUN\n")
    with pytest.raises(InputError, match="wanted tags of entities"):
        train_tagger(places, test=path, **small)
    with pytest.raises(InputError, match="wanted a tag for each word"):
        train_tagger(tagged(path, TagReading()), valid=places, **small)
