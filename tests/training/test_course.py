"""How a run's learning rate goes: by the schedule, whenever it was interrupted."""

from __future__ import annotations

import math
import os
import signal
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.table.schedules import SCHEDULES, Bold, Plateau
from rowspace.training import Interrupted, Settings, crew
from rowspace.training.course import Course

# Plateau and bold as they change in every epoch of a run as short as these.
EVERY = [
    {"schedule": "constant"},
    {"schedule": "linear", "warmup": 0.3},
    {"schedule": "cosine", "warmup": 0.05},
    {"schedule": "inverse-sqrt", "warmup": 0.1},
    {"schedule": Plateau(patience=0, threshold=0.9)},
    {"schedule": Bold(up=1.5), "warmup": 0.1},
]
SCHEDULE = pytest.mark.parametrize(
    "how", EVERY, ids=lambda how: getattr(how["schedule"], "name", how["schedule"])
)
RUN: dict[str, Any] = {"epochs": 4, "deterministic": True, "seed": 5, "threads": 2}
LR = {"lr": 0.05, "min_lr": 0.002}


def sentences(n: int = 1500) -> list[list[str]]:
    """Each sentence draws from one group of five words."""
    rng = np.random.default_rng(0)
    return [[f"w{group}_{k}" for k in rng.integers(0, 5, 12)] for group in rng.integers(0, 20, n)]


@pytest.fixture(autouse=True)
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several units an epoch although the corpus is small."""
    monkeypatch.setattr(crew, "UNIT", 1024)
    monkeypatch.setattr("rowspace.training.state.UNIT", 1024)
    monkeypatch.setattr("rowspace.training.settings.usable_cores", lambda: 4)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(map(" ".join, sentences())) + "\n")
    return path


def often(patch: pytest.MonkeyPatch) -> None:
    """Look at the run as often as it goes, not twice a second."""
    patch.setattr("rowspace.training.course.REPORT", 0.0)
    patch.setattr("rowspace.training.course.GLANCE", 0.001)


def rates_of(monkeypatch: pytest.MonkeyPatch, **how: Any) -> list[tuple[int, float]]:
    """The rate that each unit was learned with."""
    seen: list[tuple[int, float]] = []
    whole = Course.rate_at

    def watched(course: Course, unit: int) -> float:
        seen.append((unit, whole(course, unit)))
        return seen[-1][1]

    monkeypatch.setattr(Course, "rate_at", watched)
    rs.train(rs.SkipGram(dim=8, sample=0, **LR), sentences(), **{**RUN, **how})
    return seen


def test_there_is_a_case_for_every_schedule() -> None:
    assert {Settings.of(how).rates.name for how in EVERY} == {*SCHEDULES}


@pytest.mark.parametrize("kind", [rs.SkipGram, rs.CBOW])
def test_the_default_is_the_straight_line_it_always_was(
    kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, named = (
        rs.train(kind(dim=8, **LR), sentences(), **RUN, **how)
        for how in ({}, {"schedule": "linear"})
    )

    def line(course: Course, unit: int) -> float:
        lr, last = course.objective.lr, course.objective.min_lr
        return lr - (lr - last) * unit / course.total

    monkeypatch.setattr(Course, "rate_at", line)
    before = rs.train(kind(dim=8, **LR), sentences(), **RUN)
    assert (first.vectors.rows == before.vectors.rows).all()
    assert (first.context == before.context).all()
    assert (first.vectors.rows == named.vectors.rows).all()


@SCHEDULE
def test_every_schedule_learns(how: dict) -> None:
    model = rs.train(
        rs.SkipGram(dim=16, sample=0, **LR), sentences(), **{**RUN, "epochs": 10}, **how
    )
    assert model.record["loss"][-1] < 0.9 * model.record["loss"][0]
    hits = [
        near.startswith(f"w{group}_")
        for group in range(20)
        for near, _ in model.vectors.nearest(f"w{group}_0", 4)
    ]
    assert np.mean(hits) > 0.7  # chance is 0.04


def test_units_are_learned_at_the_rates_of_the_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dict(rates_of(monkeypatch, schedule="cosine", warmup=0.25))
    total = max(seen)
    peak = max(seen, key=lambda unit: seen[unit])
    assert peak == math.ceil(total / 4) and seen[peak] == pytest.approx(0.05, rel=0.01)
    assert seen[total] == pytest.approx(0.002) and seen[0] > 0


def test_a_plateau_is_decided_when_an_epoch_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dict(rates_of(monkeypatch, schedule=Plateau(factor=0.1, patience=0, threshold=0.9)))
    units = max(seen) // RUN["epochs"]
    rates = [
        {round(seen[unit], 9) for unit in range(e * units, e * units + units)} for e in range(4)
    ]
    assert rates == [{0.05}, {0.05}, {0.005}, {0.002}]  # never below min_lr


def test_the_bold_driver_follows_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    losses: list[float] = []
    watch = [lambda end: losses.append(end.loss)]
    seen = dict(rates_of(monkeypatch, schedule=Bold(up=1.5), callbacks=watch, epochs=6))
    units = max(seen) // 6
    shares = [1.5 if after < before else 0.5 for before, after in pairwise(losses)]
    for epoch in range(6):
        assert seen[epoch * units] == pytest.approx(0.05 * np.prod(shares[: max(0, epoch - 1)]))
    assert 1.5 in shares and seen[2 * units] > seen[units]


@SCHEDULE
@pytest.mark.parametrize("when", ["within an epoch", "between two"])
def test_resumed_equals_uninterrupted(when: str, how: dict, corpus: Path, tmp_path: Path) -> None:
    objective, losses = rs.SkipGram(dim=8, sample=0, **LR), []
    whole = rs.train(
        objective, corpus, callbacks=[lambda end: losses.append(end.loss)], **RUN, **how
    )
    rate, killed = Course.rate_at, threading.Event()

    def at_a_unit(course: Course, unit: int) -> float:
        learning = threading.current_thread() is not threading.main_thread()
        if learning and unit == 2 * course.state.units + 3 and not killed.is_set():
            killed.set()
            os.kill(os.getpid(), signal.SIGINT)
            assert course.crew._halt.wait(60)  # however busy the machine: until it is heard
        return rate(course, unit)

    def at_an_end(end: rs.EpochEnd) -> None:
        again.append(end.loss)
        if end.epoch == 2 and when == "between two":
            os.kill(os.getpid(), signal.SIGINT)

    target, again = tmp_path / "model", []
    with pytest.MonkeyPatch.context() as patch:
        often(patch)
        if when == "within an epoch":
            patch.setattr(Course, "rate_at", at_a_unit)
        with pytest.raises(Interrupted):
            rs.train(objective, corpus, output=target, callbacks=[at_an_end], **RUN, **how)
    assert len(again) == 2
    model = rs.train(
        objective, corpus, output=target, resume=True,
        callbacks=[lambda end: again.append(end.loss)], **{**RUN, "threads": 4}, **how,
    )  # fmt: skip
    assert (model.vectors.rows == whole.vectors.rows).all()
    assert (model.context == whole.context).all()
    assert again == losses  # to the last bit: what plateau and bold decide by


def test_an_interrupted_run_is_not_gone_on_with_by_another_schedule(
    corpus: Path, tmp_path: Path
) -> None:
    def stop(event: dict) -> None:
        if event["type"] == "epoch":
            os.kill(os.getpid(), signal.SIGINT)

    how: dict[str, Any] = {"output": tmp_path / "model", "epochs": 3}
    with pytest.raises(Interrupted):
        rs.train(rs.SkipGram(dim=8), corpus, progress=stop, schedule="cosine", **how)
    with pytest.raises(rs.InputError, match="schedule was 'cosine', is 'linear'"):
        rs.train(rs.SkipGram(dim=8), corpus, resume=True, **how)
    with pytest.raises(rs.InputError, match=r"warmup was 0\.0, is 0\.5"):
        rs.train(rs.SkipGram(dim=8), corpus, resume=True, schedule="cosine", warmup=0.5, **how)


def test_the_model_and_its_card_say_which(corpus: Path, tmp_path: Path) -> None:
    for how, config, told in (
        ({}, {"schedule": "linear", "warmup": 0.0}, "| training.schedule | linear |"),
        (
            {"schedule": "cosine", "warmup": 0.05},
            {"schedule": "cosine", "warmup": 0.05},
            "| training.warmup | 0.05 |",
        ),
        (
            {"schedule": "plateau"},
            {"schedule": {"name": "plateau", "factor": 0.5, "patience": 1, "threshold": 0.001}},
            "| training.schedule.factor | 0.5 |",
        ),
    ):
        folder = tmp_path / str(len(told))
        rs.train(rs.SkipGram(dim=8), corpus, output=folder, epochs=1, **how)
        assert rs.load(folder).config["training"].items() >= config.items()
        assert told in (folder / "README.md").read_text()


@pytest.mark.parametrize("chosen", ["cosine", Plateau(patience=3)])
def test_a_run_goes_on_with_the_schedule_of_its_model(chosen: Any) -> None:
    first = rs.train(rs.SkipGram(dim=8), sentences(200), epochs=1, schedule=chosen, warmup=0.25)
    second = rs.train(None, sentences(100), start=first, epochs=1)
    for name in ("schedule", "warmup"):
        assert second.config["training"][name] == first.config["training"][name]
    third = rs.train(None, sentences(100), start=first, epochs=1, schedule="linear", warmup=0.0)
    assert third.config["training"]["schedule"] == "linear"


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"schedule": "cosin"}, "did you mean cosine?"),
        ({"schedule": 3}, "known: constant"),
        ({"warmup": 1.0}, "warmup must be a number from 0 to below 1, not 1.0"),
        ({"warmup": -0.1}, "warmup must be"),
        ({"schedule": "inverse-sqrt"}, "above 0 for inverse-sqrt"),
        ({"schedule": {"name": "plateau", "factor": 2}}, "factor must be"),
        ({"shedule": "cosine"}, "did you mean schedule?"),
    ],
)
def test_what_cannot_be_is_refused(how: dict, told: str) -> None:
    with pytest.raises(rs.SettingError) as caught:
        rs.train(rs.SkipGram(dim=8), sentences(10), **how)
    assert told in str(caught.value)
