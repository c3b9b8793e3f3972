"""`autotune`: the settings of a classifier found within a time, and the classifier.

texts → parts → trials, the better ones looked at again → the best few → trained on all → one model
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, final

from rowspace.errors import SettingError
from rowspace.evaluate.metrics import metric as measure_of
from rowspace.files import save
from rowspace.files.sizes import size_of
from rowspace.kernels.jit import cold
from rowspace.objectives.labels import Labels
from rowspace.ragged import Ragged
from rowspace.training.autotune_budget import seconds_of_budget
from rowspace.training.autotune_parts import Ground
from rowspace.training.autotune_rungs import ladder, probe, warmed
from rowspace.training.autotune_search import Clock, Search
from rowspace.training.autotune_size import Room
from rowspace.training.autotune_space import Space
from rowspace.training.autotune_whole import Making, Width, made, recorded
from rowspace.training.classify_baselines import memory, truth_of
from rowspace.training.classify_prepared import parts
from rowspace.training.classify_result import judged
from rowspace.training.classify_settings import Run, settings_of, warned
from rowspace.training.interrupt import Stopped, asked_to_stop
from rowspace.training.labelled import Labelled, TextReading, labelled
from rowspace.training.start import Source, Start
from rowspace.vectors import Model
from rowspace.vocabulary import Vocabulary, to_text
from rowspace.vocabulary.count import usable_cores

FINAL = 0.15
"""The share of the budget that is kept for the last training, where a trial is cheap; ..."""
DEAR = 0.4
"""... and where it is dear."""
MEMBERS = 8


@final
@dataclass(frozen=True, slots=True)
class Limits:
    """What a search may take: seconds, trainings, bytes of the model; how many trainings become one
    at most."""

    seconds: float | None
    trials: int | None
    bytes: int | None
    ensemble: int

    @classmethod
    def of(
        cls,
        budget: float | str | None,
        trials: int | None,
        model_size: int | str | None,
        ensemble: int,
    ) -> Limits:
        """Raises SettingError."""
        SettingError.unless(
            budget is not None or trials is not None, "budget", None, "given, or trials"
        )
        for name, value in (("trials", trials), ("ensemble", ensemble)):
            whole = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            right = whole or (name == "trials" and value is None)
            SettingError.unless(right, name, value, "a whole number from 1")
        seconds = None if budget is None else seconds_of_budget(budget)
        return cls(seconds, trials, None if model_size is None else size_of(model_size), ensemble)


@final
@dataclass(slots=True, eq=False)
class Told:
    """Where events go, and the warnings among them."""

    progress: Callable[[dict[str, Any]], None]
    heard: list[str]

    def warn(self, message: str) -> None:
        """Pass a warning on, and remember it."""
        self.heard.append(message)
        self.progress({"type": "warning", "message": message})


def autotune(  # noqa: PLR0913 - those of train_classifier, and the limits
    data: Any,
    *,
    budget: float | str | None = "2m",
    trials: int | None = None,
    model_size: int | str | None = None,
    ensemble: int = MEMBERS,
    output: str | Path | None = None,
    test: Any = None,
    start: Source | None = None,
    baselines: bool = True,
    progress: Callable[[dict[str, Any]], None] | None = None,
    **settings: Any,
) -> Model:
    """Find the settings with which labels of texts are told best, and train with them.

    data, output, test, start, baselines, progress and `settings` are those of `train_classifier`; a
    setting that is given stays as it is, the others are searched. budget: seconds, or text such as
    90s or 1h30m, for the search and the training after it; reading the data, compiling and judging
    come besides. None: no end but `trials`, how many trainings there are at most. model_size: bytes
    of the saved model at most, or text such as 2M. metric: what is best (`evaluate.metrics`).

    valid: a share of the rows, which judges and is learned from in the end; or data, which judges
    and is never learned from. The model is the mean of up to `ensemble` trainings, as one model of
    min(Σ D, L) numbers a row (docs/autotune.md). record["trials"] has every trial, failed ones too.
    Ctrl-C ends the search with the best model so far: record["autotune"]["interrupted"]; before
    there is one, Stopped. Raises InputError, SettingError, ResourceError, DivergedError.
    """
    limits = Limits.of(budget, trials, model_size, ensemble)
    fixed, reading, run = _given(settings)
    told = Told(progress or warned, [])
    if cold():
        told.progress({"type": "compile"})
    began = time.monotonic()
    whole = labelled(data, reading)
    train, valid = _parted(whole, reading, run, told)
    tested = None if test is None else labelled(test, reading)
    opened = None if start is None else Start.of(start)
    with ExitStack() as stack:
        asked = stack.enter_context(asked_to_stop())
        making = _search(
            Task(train, valid, reading, run, fixed, opened), limits, told, lambda: asked.number
        )
        model = made(making, whole if isinstance(run.valid, (int, float)) else train, told.warn)
    if model is None:
        raise Stopped("", asked.number)
    scores = recorded(model, making, asked.number)
    if asked.number:  # what is there is wanted soon
        model.record.update(scored_on="validation", scores=scores, memory=memory(model, []))
    else:
        told.progress({"type": "judging", "baselines": baselines})
        judged(model, train, valid, tested, baselines=baselines, seed=run.seed)
        model.record["validation_scores" if tested is not None else "scores"] = scores
    model.record["warnings"] = told.heard
    model.record["seconds"] = round(time.monotonic() - began, 3)
    making.shrink(model, limits.bytes)
    if output is not None:
        save(model, output, force=True)
    return model


@final
@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is searched on, and what stays as it is."""

    train: Labelled
    valid: Labelled
    reading: TextReading
    run: Run
    fixed: dict[str, Any]
    start: Start | None


def _search(task: Task, limits: Limits, told: Told, asked: Callable[[], int]) -> Making:
    """All trials."""
    run, fixed = task.run, dict(task.fixed)
    counts = Counter(label for row in task.train.labels for label in row)
    labels = Vocabulary.from_counts(counts)
    start = 0 if task.start is None else task.start.vectors.dim
    if start and run.freeze:
        fixed.update(dim=start, started=True)
    several = any(len(row) > 1 for row in task.train.labels)
    space = Space(fixed, labels=len(labels), several=several, seed=run.seed, start=start)
    truth = truth_of(task.valid, labels)
    name = run.metric or ("micro-f1" if isinstance(truth, Ragged) else "accuracy")
    measure = measure_of(name, [to_text(label) for label in labels.items.tokens()])
    width = Width(len(labels), limits.ensemble, limits.bytes is not None)
    room = None if limits.bytes is None else Room(limits.bytes, labels, width.of)
    ground = Ground(
        task.train, task.valid, task.reading, run,
        start=task.start, fit=(lambda one, _: one) if room is None else room.fitted,
    )  # fmt: skip
    first = space.known()[0]
    warmed(ground, first, measure)
    clock = Clock(None, limits.trials, lambda: asked() != 0, time.monotonic())
    cost = None if limits.seconds is None else probe(ground, first, measure)
    rungs, dear = ladder(ground, cost, limits.seconds)
    if limits.seconds is not None:
        clock.seconds = (1 - (DEAR if dear else FINAL)) * limits.seconds
    search = Search(ground, space, rungs, clock, measure=measure, tell=told.progress)
    search.run()
    return Making(search, width, name, limits.seconds)


def _given(settings: dict[str, Any]) -> tuple[dict[str, Any], TextReading, Run]:
    """What is fixed, and the rest. Raises SettingError."""
    objective = settings.get("objective")
    SettingError.unless(
        objective is None, "objective", objective, "left out: give its settings one by one"
    )
    SettingError.unless(
        settings.get("patience") is None, "patience", settings.get("patience"),
        "left out: the number of epochs is searched",
    )  # fmt: skip
    _, reading, run = settings_of(settings)
    SettingError.unless(
        not isinstance(run.valid, (int, float)) or run.valid > 0, "valid", run.valid,
        "a share above 0, or data: settings are chosen by it",
    )  # fmt: skip
    names = {one.name for one in fields(Labels)} | {"epochs"}
    fixed = {name: value for name, value in settings.items() if name in names}
    threads = 1 if run.deterministic else run.threads or usable_cores()
    return fixed, reading, replace(run, threads=threads)


def _parted(
    whole: Labelled, reading: TextReading, run: Run, told: Told
) -> tuple[Labelled, Labelled]:
    """What is learned from and what judges. Of very few texts all do both."""
    train, valid = parts(whole, reading, run)
    every = {label for row in whole.labels for label in row}
    there = {label for row in train.labels for label in row}
    if valid is not None and (len(there) > 1 or len(every) < 2):
        return train, valid
    told.warn(f"{len(whole)} texts are too few to hold any out: judged by what is learned from")
    return whole, whole
