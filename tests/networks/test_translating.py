"""train_translator: from pairs to a model, and everything that can be said on the way."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytest.importorskip("sacrebleu")

import rowspace as rs  # noqa: E402
from rowspace.errors import DivergedError, InputError, SettingError  # noqa: E402
from rowspace.networks.translate_answers import Answers, parted  # noqa: E402
from rowspace.networks.translating import (  # noqa: E402
    judge_translator,
    train_translator,
    translated,
)
from rowspace.training.interrupt import Interrupted, Stopped  # noqa: E402
from rowspace.vectors import Vectors  # noqa: E402
from rowspace.vocabulary import Vocabulary  # noqa: E402

KINDS = {"red": "rouge", "big": "grand", "old": "vieux", "new": "neuf"}
THINGS = {"dog": "chien", "cat": "chat", "man": "homme", "car": "auto", "tree": "arbre"}
DOES = {"sleeps": "dort", "runs": "court", "falls": "tombe"}
SMALL = {
    "dim": 32, "hidden": 64, "layers": 1, "heads": 2, "subwords": 512, "dropout": 0.0, "lr": 0.01,
    "batch": 600, "threads": 1, "epochs": 12, "beam": 2, "precision": "float32",
}  # fmt: skip


def pairs():
    """What stands before a word in one language stands behind it in the other."""
    return [
        (f"the {kind} {thing} {does}", f"le {THINGS[thing]} {KINDS[kind]} {DOES[does]}")
        for kind in KINDS for thing in THINGS for does in DOES
    ] * 3  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    place = tmp_path_factory.mktemp("translator") / "m"
    train_translator(pairs(), output=place, deterministic=True, **SMALL)
    found = rs.load(place)
    kept = found.vectors.vocabulary.unseen.tokenizer.tobytes()
    assert (place / "tokenizer.json").read_bytes() == kept
    return found


def test_it_learns_and_says_how_well(model):
    record = model.record
    scores = {score["name"]: score for score in record["scores"]}
    assert scores["BLEU"]["value"] > 90 and scores["chrF"]["value"] > 90
    assert [one["name"] for one in record["baselines"]] == [
        "the source as it is", "word by word (dice)"
    ]  # fmt: skip
    beside = record["baselines"][1]["scores"][0]["value"]
    assert record["baselines"][0]["scores"][0]["value"] < beside < scores["BLEU"]["value"]
    assert record["data"]["pairs"] + scores["BLEU"]["n"] == 180
    assert record["scored_on"] == "validation" and record["epochs"][-1]["valid_loss"] < 1
    assert model.config["network"]["kind"] == "translate"


def test_a_model_that_was_saved_answers_line_by_line(model):
    texts = ["the old cat runs", "", "the new car falls", "   ", "the big man sleeps"]
    right = ["le chat vieux court", "", "le auto neuf tombe", "", "le homme grand dort"]
    assert list(translated(model, texts)) == right
    answers = Answers.of(model)
    assert list(answers.lines(iter(texts), ahead=1)) == right
    assert list(answers.lines(texts, beam=1, ahead=2)) == right
    assert answers.several([]) == []


def test_a_long_line_is_translated_in_parts(model):
    answers = Answers.of(model)
    short = Answers(answers.network, answers.subwords, answers.settings, longest=4)
    [ids] = answers.subwords.ids(["the old cat runs"])
    assert len(ids) == 4
    found = short.several(["the old cat runs the new car falls", "the old cat runs"])
    assert found == ["le chat vieux court le auto neuf tombe", "le chat vieux court"]


def test_parts_begin_with_words():
    begins = frozenset({1, 2, 3})
    assert list(parted([1, 9, 2, 9, 9, 3], 4, begins)) == [[1, 9], [2, 9, 9, 3]]
    assert list(parted([9] * 5, 2, begins)) == [[9, 9], [9, 9], [9]]
    assert list(parted([], 2, begins)) == []


def test_judging_on_other_pairs(model):
    found = judge_translator(model, pairs()[:10])
    assert [score.name for score in found] == ["BLEU", "chrF"] and found[0].value > 90


def test_its_rows_are_vectors_of_subwords(model):
    assert len(model.vectors) == model.record["data"]["subwords"] and model.vectors.dim == 32
    assert model.vectors["cat"].shape == (32,)
    counts = model.vectors.vocabulary.counts
    assert counts[:3].tolist() == [0, 0, 0] and counts.sum() > 1000


def test_deterministic_runs_are_the_same_bit_for_bit():
    settings = {**SMALL, "epochs": 2, "deterministic": True, "dropout": 0.2, "baselines": False}
    first, second = (train_translator(pairs(), **settings) for _ in range(2))
    assert np.array_equal(first.vectors.matrix, second.vectors.matrix)
    assert all(np.array_equal(first.arrays[name], second.arrays[name]) for name in first.arrays)
    assert first.record["epochs"] == second.record["epochs"]


def test_a_run_that_is_gone_on_with_equals_one_that_was_not(tmp_path, monkeypatch):
    settings = {**SMALL, "epochs": 3, "deterministic": True, "dropout": 0.2, "baselines": False}
    whole = train_translator(pairs(), **settings)
    monkeypatch.setattr("rowspace.networks.keeping.EVERY", 0.0)

    def stop(event):
        if event["type"] == "epoch" and event["epoch"] == 2:
            import signal

            signal.raise_signal(signal.SIGINT)

    with pytest.raises((Interrupted, Stopped)):
        train_translator(pairs(), output=tmp_path / "m", progress=stop, **settings)
    again = train_translator(pairs(), output=tmp_path / "m", resume=True, **settings)
    assert np.array_equal(whole.vectors.matrix, again.vectors.matrix)
    assert all(np.array_equal(whole.arrays[name], again.arrays[name]) for name in whole.arrays)


def words_of(dim=32):
    names = [*KINDS, *THINGS, *DOES, *KINDS.values(), "the", "le", "zebra"]
    rows = np.random.default_rng(0).standard_normal((len(names), dim)).astype(np.float32)
    return Vectors(Vocabulary.of(names), rows)


@pytest.mark.parametrize("tune", ["tuned", "frozen", "after-warm-up"])
def test_subwords_that_are_words_start_from_vectors(tune):
    heard = []
    start = words_of()
    found = train_translator(
        pairs(), start=start, tune=tune, progress=heard.append, baselines=False,
        **{**SMALL, "epochs": 2},
    )  # fmt: skip
    told = found.record["start"]
    assert told["of"] == len(found.vectors) and 10 <= told["known"] <= len(start)
    assert any(event["type"] == "start" for event in heard)
    mine, given = found.vectors["cat"], start["cat"]
    cosine = mine @ given / np.linalg.norm(mine) / np.linalg.norm(given)
    assert (cosine == pytest.approx(1, abs=1e-5)) == (tune == "frozen")


def test_what_rows_start_from_is_compared(tmp_path):
    found = train_translator(
        pairs(), start=words_of(), compare=True, output=tmp_path / "m", baselines=False,
        **{**SMALL, "epochs": 2},
    )  # fmt: skip
    names = [one["name"] for one in found.record["compare"]]
    assert names == [
        "random, never learned", "from scratch", "pre-trained, frozen", "pre-trained, tuned"
    ]  # fmt: skip
    assert len(rs.load(tmp_path / "m").record["compare"]) == 4


def test_validation_and_test_of_their_own():
    given = pairs()
    found = train_translator(given, valid=given[:30], test=given[30:50],
                             **{**SMALL, "epochs": 1})  # fmt: skip
    assert found.record["scored_on"] == "test" and found.record["scores"][0]["n"] == 20
    assert found.record["validation_scores"][0]["n"] == 30
    without = train_translator(given, valid=0, **{**SMALL, "epochs": 1})
    assert "scores" not in without.record and without.record["best_epoch"] == 1


def test_a_budget_ends_it():
    found = train_translator(pairs(), budget=2.0, baselines=False, **{**SMALL, "epochs": 10**6})
    assert found.record["training_seconds"] < 60 and found.record["best_epoch"] >= 1


def test_what_diverges_stops_and_keeps_the_last_good(tmp_path):
    with pytest.raises(DivergedError, match="diverged"):
        train_translator(pairs(), output=tmp_path / "m", lr=1e30, clip=0.0, schedule="constant",
                         **{k: v for k, v in SMALL.items() if k != "lr"})  # fmt: skip


@pytest.mark.parametrize(
    "settings", [{"dims": 3}, {"compare": True, "resume": True}, {"subwords": 5}, {"heads": 3}]
)
def test_settings_that_cannot_be(settings):
    with pytest.raises(SettingError):
        train_translator(pairs(), **{**SMALL, **settings})


def test_vectors_of_another_width():
    with pytest.raises(SettingError, match="dim"):
        train_translator(pairs(), start=words_of(20), **SMALL)


def test_a_model_of_another_kind(model):
    plain = rs.Model(model.vectors)
    with pytest.raises(InputError, match="train translate"):
        Answers.of(plain)


def test_in_halves_it_learns_too():
    found = train_translator(pairs(), **{**SMALL, "precision": "bfloat16"}, baselines=False)
    assert found.record["scores"][0]["value"] > 80


def test_pairs_left_out_are_told():
    heard = []
    given = [*pairs()[:30], ("", "vide"), ("long " * 40, "long")]
    found = train_translator(given, progress=heard.append, longest=30, valid=0,
                             **{**SMALL, "epochs": 1})  # fmt: skip
    told = [event["message"] for event in heard if event["type"] == "warning"]
    assert "an empty side" in told[0] and "line 31" in told[0]
    assert "more than 30 subwords" in told[1] and "line 32" in told[1]
    assert found.record["data"]["empty_sides"] == found.record["data"]["too_long"] == 1
