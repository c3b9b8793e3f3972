"""Settings searched within limits: what is kept to, what is survived, what comes of it."""

from __future__ import annotations

import signal
from types import SimpleNamespace

import numpy as np
import pytest

import rowspace as rs
from rowspace.training import (
    autotune_rungs,
    autotune_search,
    autotune_space,
    autotune_trial,
    autotune_whole,
)
from rowspace.training.autotune_rungs import ladder
from rowspace.training.classify_course import ClassifyCourse
from rowspace.training.interrupt import Stopped


@pytest.fixture(scope="module")
def data(reviews):
    return reviews(240)


def right(model, data):
    found = [answer[0][0] for answer in model.predict(data["text"])]
    return np.mean([a == b for a, b in zip(found, data["label"], strict=True)])


def test_it_learns_and_tells_every_trial(quietly, reviews, data):
    events = []
    model = quietly(data, trials=12, progress=events.append)
    told = [event for event in events if event["type"] == "trial"]
    trials, record = model.record["trials"], model.record["autotune"]
    assert right(model, reviews(200, seed=1, noise=0)) > 0.9
    assert len(told) == record["trainings"] == 12 == sum(len(one["looks"]) for one in trials)
    assert [one["trial"] for one in trials] == list(range(len(trials)))
    assert trials[0]["dim"] == rs.Labels().dim and trials[0]["lr"] == rs.Labels().lr
    assert {one["part"] for trial in trials for one in trial["looks"]} > {0}
    assert set(record["members"]) <= {one["trial"] for one in trials}
    assert all(event["fraction"] <= 1 for event in told)
    assert model.record["scored_on"] == "validation"


def test_the_same_number_of_trials_gives_the_same_model(quietly, data):
    one, other = (quietly(data, deterministic=True, seed=3) for _ in range(2))
    assert np.array_equal(one.vectors.rows, other.vectors.rows)
    untimed = [[{k: v for k, v in t.items() if k != "seconds"} for t in m.record["trials"]]
               for m in (one, other)]  # fmt: skip
    assert untimed[0] == untimed[1]


def test_with_vectors_to_start_from_both_ways_are_tried(quietly, reviews, data):
    words = {word for text in data["text"] for word in text.split()}
    rows = np.random.default_rng(0).normal(0, 0.1, (len(words), 6)).astype(np.float32)
    start = rs.Vectors(rs.Vocabulary.from_counts(dict.fromkeys(sorted(words), 1)), rows)
    model = quietly(data, start=start, trials=14)
    trials = model.record["trials"]
    assert [one["started"] for one in trials[:3]] == [True, True, False]
    assert {one["dim"] for one in trials if one["started"]} == {6}
    assert {one["dim"] for one in trials if not one["started"]} - {6}
    assert right(model, reviews(200, seed=1, noise=0)) > 0.9
    told = []
    frozen = quietly(data, start=start, freeze=True, trials=6,
                     progress=lambda event: told.append(event.get("message")))  # fmt: skip
    assert all(one["started"] for one in frozen.record["trials"])
    assert not [one for one in told if one]


@pytest.fixture
def clock(monkeypatch):
    """A clock by which every epoch takes a hundredth of a second, on any machine."""
    now, whole = [0.0], ClassifyCourse.epoch

    def epoch(self, *given):
        now[0] += 0.01
        return whole(self, *given)

    monkeypatch.setattr(ClassifyCourse, "epoch", epoch)
    for module in (autotune_rungs, autotune_search):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr("rowspace.training.autotune.time", autotune_search.time)


def test_a_budget_is_kept(quietly, data, clock):
    model = quietly(data, budget=3, trials=None)
    record = model.record["autotune"]
    assert record["budget"] == 3 and record["trainings"] > 3
    assert 2 < record["search_seconds"] < 3
    assert record["search_seconds"] + model.record["training_seconds"] <= 3.1


def test_where_a_trial_does_not_fit_there_is_a_model_all_the_same(
    quietly, reviews, clock, monkeypatch
):
    monkeypatch.setattr(autotune_rungs, "LEAST", 20)
    monkeypatch.setattr("rowspace.training.autotune.probe", lambda *given: 60.0)
    model = quietly(reviews(1000), budget=2, trials=None)
    shares = {one["share"] for trial in model.record["trials"] for one in trial["looks"]}
    assert max(shares) < 0.1
    assert right(model, reviews(200, seed=1, noise=0)) > 0.6


def test_the_ladder_of_dear_trials_learns_from_more_and_more_texts():
    class Ground:
        train, valid = range(100_000), range(1000)

    rungs, dear = ladder(Ground(), 10.0, 60.0)
    assert dear and [rung.part for rung in rungs] == [0, 0, 0]
    assert [round(rung.share, 3) for rung in rungs] == [0.083, 0.25, 0.75]
    rungs, _ = ladder(Ground(), 1e6, 60.0)
    assert [round(rung.share * 100_000) for rung in rungs] == [300]


def test_what_diverges_is_told_and_the_search_goes_on(quietly, data, monkeypatch):
    wild = {"rule": "sgd", "lr": 1e6}
    monkeypatch.setattr(autotune_space, "KNOWN", (wild, {}, {**wild, "dim": 8}, {"epochs": 4}))
    model = quietly(data, trials=7)
    failed = ["failed" in one for one in model.record["trials"]]
    assert failed[:4] == [True, False, True, False]
    assert "diverged" in model.record["trials"][0]["failed"]
    assert np.isfinite(model.vectors.rows).all()


def test_where_all_diverge_the_last_error_comes(quietly, data):
    with pytest.raises(rs.DivergedError, match="diverged"):
        quietly(data, rule="sgd", lr=1e6, trials=5)


def test_a_trial_without_memory_is_survived(quietly, data, monkeypatch):
    whole, calls = autotune_search.learn, []

    def learn(*given, **more):
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        return whole(*given, **more)

    monkeypatch.setattr(autotune_search, "learn", learn)
    model = quietly(data)
    assert [one["trial"] for one in model.record["trials"] if "failed" in one] == [1]


def test_an_interrupt_gives_the_best_so_far(quietly, data, tmp_path):
    def listen(event):
        if event["type"] == "trial" and event["training"] == 3:
            signal.raise_signal(signal.SIGINT)

    model = quietly(data, trials=1000, progress=listen, output=tmp_path / "model")
    assert model.record["autotune"]["interrupted"] and model.record["autotune"]["trainings"] == 3
    assert rs.load(tmp_path / "model").predict(["a fine lovely word1"])[0][0][0] == "yes"
    assert model.record["scores"][0]["name"] == "accuracy"


def test_an_interrupt_before_there_is_a_model_says_so(quietly, data, monkeypatch):
    whole = autotune_search.learn

    def learn(*given, **more):
        signal.raise_signal(signal.SIGINT)
        raise rs.DivergedError("lost")

    monkeypatch.setattr(autotune_search, "learn", learn)
    with pytest.raises((Stopped, rs.DivergedError)):
        quietly(data)
    assert whole is not learn


def test_one_label_is_an_error(quietly):
    with pytest.raises(rs.RowspaceError, match="only one label"):
        quietly({"text": ["a b", "c d", "e f"] * 9, "label": ["x"] * 27})


@pytest.mark.parametrize("count", [2, 3, 5, 12])
def test_few_texts_do(quietly, count):
    few = {
        "text": ["red apple", "green pear", "red rose", "green leaf"] * 3,
        "label": list("abab") * 3,
    }
    few = {name: column[:count] for name, column in few.items()}
    model = quietly(few, trials=5)
    assert len(model.predict(["red apple"])[0]) == 1


def test_a_share_that_judged_is_learned_from_in_the_end_and_given_data_is_not(
    quietly, reviews, data
):
    assert quietly(data, trials=2).record["data"]["texts"] == 240
    assert quietly(data, trials=2, valid=reviews(50, seed=2)).record["data"]["texts"] == 240
    share = quietly(data, trials=2, valid=0.5)
    assert share.record["data"]["texts"] == 240 and share.record["scores"][0]["n"] == 120


def test_what_is_fixed_stays(quietly, data):
    model = quietly(data, trials=10, dim=12, rule="sgd", words=1, gaps=False, maxn=0, epochs=3)
    for one in model.record["trials"]:
        assert (one["dim"], one["rule"], one["words"], one["maxn"], one["epochs"]) == (
            12, "sgd", 1, 0, 3,
        )  # fmt: skip


def test_the_best_alone_keeps_its_dimensions(quietly, data):
    model = quietly(data, ensemble=1, dim=24)
    assert model.vectors.dim == 24 and model.record["autotune"]["member_trainings"] == 1


def test_several_labels_a_text(quietly, reviews):
    one, other = reviews(200), reviews(200, seed=4)
    texts = [f"{a} {b}" for a, b in zip(one["text"], other["text"], strict=True)]
    labels = [sorted({a, b}) for a, b in zip(one["label"], other["label"], strict=True)]
    model = quietly({"text": texts, "label": labels}, trials=4)
    assert {one["loss"] for one in model.record["trials"]} == {"ova"}
    assert model.record["autotune"]["metric"] == "micro-f1"


def test_very_many_labels(quietly, monkeypatch):
    for module in (autotune_trial, autotune_whole):
        monkeypatch.setattr(module, "WHOLE", 10)
    labels = [f"label{number}" for number in range(30)] * 3
    texts = [f"{label} word{at % 7}" for at, label in enumerate(labels)]
    model = quietly({"text": texts, "label": labels}, trials=3, dim=8, maxn=0)
    assert model.vectors.dim == 8 and len(model.head.labels) == 30
    assert model.record["trials"][0]["looks"][0]["log_likelihood"] is None


def test_a_metric_is_chosen_by(quietly, data):
    assert quietly(data, metric="macro-f1", trials=3).record["autotune"]["metric"] == "macro-f1"
    with pytest.raises(rs.SettingError, match="no metric"):
        quietly(data, metric="macro-f2", trials=3)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"budget": None, "trials": None}, "budget"),
        ({"budget": 0}, "budget"),
        ({"trials": 0}, "trials"),
        ({"ensemble": 0}, "ensemble"),
        ({"model_size": "2X"}, "model_size"),
        ({"valid": 0}, "valid"),
        ({"patience": 2}, "patience"),
        ({"objective": rs.Labels()}, "objective"),
        ({"dims": 3}, "dims"),
        ({"minn": 5, "maxn": 3}, "minn"),
    ],
)
def test_settings_that_cannot_be(quietly, data, given, told):
    with pytest.raises(rs.SettingError, match=told):
        quietly(data, **given)
