"""The curve of texts with labels: a classifier for each dimension, on the same parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.classification import judge
from rowspace.evaluate.score import Score
from rowspace.ragged import Ragged
from rowspace.training.classify import fit
from rowspace.training.classify_baselines import truth_of
from rowspace.training.classify_prepared import Prepared, parts, prepare
from rowspace.training.classify_result import answers
from rowspace.training.classify_settings import settings_of
from rowspace.training.classify_tables import bags_of
from rowspace.training.dimension_curve import DimensionCurve, DimensionPoint, curve_of
from rowspace.training.dimension_speed import speeds
from rowspace.training.interrupt import Stopped
from rowspace.training.labelled import Labelled, labelled
from rowspace.vectors import Model
from rowspace.vocabulary.families import joined

LEAST = 100
"""Texts of the validation part below which the curve tells nothing."""
_SAMPLE = 20_000  # texts of the training that are judged

Tell = Callable[[dict[str, Any]], None]


def label_curve(
    data: Any,
    dims: Sequence[int],
    settings: Mapping[str, Any],
    *,
    tell: Tell,
    until: float | None,
) -> tuple[DimensionCurve, list[str]]:
    """Train a classifier for each of `dims`, small ones first; the curve, and what to tell of it.

    Raises InputError for too few texts; SettingError; Stopped when asked to stop.
    """
    if "dim" in settings:
        raise SettingError("dim is what is looked for", hint="give dims")
    objective, reading, run = settings_of(dict(settings))
    SettingError.unless(run.valid != 0, "valid", run.valid, "a part to judge dimensions by")
    train, valid = parts(labelled(data, reading), reading, run)
    if valid is None or len(valid) < LEAST:
        held = 0 if valid is None else len(valid)
        raise InputError(
            f"too few texts: {held:,} to judge by, and {LEAST} at least tell dimensions apart",
            hint="give more texts, or a larger --valid",
        )
    ready = prepare(train, valid, objective, reading, run, start=None, warn=_warn(tell))
    sample = train.take(_some(len(train), run.seed))
    points: list[DimensionPoint] = []
    models: dict[int, Model] = {}
    notes: list[str] = []
    slowest = 0.0
    for dim in dims:
        began = time.monotonic()
        if points and until is not None and began + slowest * dim / points[-1].dim > until:
            notes.append(f"the time was up before {dim}: larger dimensions were not tried")
            break
        tell({"type": "dimension", "dim": dim, "of": list(dims)})
        prepared = replace(ready, objective=replace(objective, dim=dim))
        model, stopped, lost = fit(prepared, run, tell)
        if stopped:
            raise Stopped("", stopped)
        if lost is not None:
            raise lost
        models[dim] = model
        points.append(_point(prepared, model, (sample, valid), run.seed))
        slowest = max(slowest, time.monotonic() - began)
    several = isinstance(truth_of(valid, ready.labels), Ragged)
    name = "micro-f1" if several else "accuracy"
    curve = curve_of("labels", name, points, models[points[-1].dim])
    return replace(curve, model=models[curve.recommended]), notes


def _point(
    prepared: Prepared, model: Model, by: tuple[Labelled, Labelled], seed: int
) -> DimensionPoint:
    found = [_scores(prepared, model, one, seed) for one in by]
    (train, *_), (valid, *others) = found
    vectors = model.vectors
    lookups, query = speeds(vectors)
    size = 4 * vectors.dim * (len(vectors.rows) + len(prepared.labels))
    return DimensionPoint(vectors.dim, valid, train, tuple(others), size, lookups, query)


def _scores(prepared: Prepared, model: Model, part: Labelled, seed: int) -> list[Score]:
    """What dimensions are compared by, then the other figures that classifiers are told by."""
    truth = truth_of(part, prepared.labels)
    bags = joined(bags_of(part, prepared.vocabulary))
    names = [label.decode("utf-8", "replace") for label in prepared.labels.items.tokens()]
    found = judge(truth, answers(model, bags), labels=names, seed=seed)
    first = "micro-f1" if isinstance(truth, Ragged) else "accuracy"
    shown = [one for one in found.scores if one.name in ("macro-f1", "log-loss")]
    return [found[first], *shown]


def _some(n: int, seed: int) -> np.ndarray:
    """Texts of the training to judge by: all, or so many drawn."""
    if n <= _SAMPLE:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).permutation(n)[:_SAMPLE])


def _warn(tell: Tell) -> Callable[[str], None]:
    return lambda message: tell({"type": "warning", "message": message})
