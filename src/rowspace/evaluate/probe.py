"""`probe`: what vectors are worth to a task, beside one-hot words, random vectors and others.

A linear model (logistic regression; ridge regression of numbers) learns from each of them on the
same parts of the texts, several times. Axes: `n` texts, `L` labels, `K` splits.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rowspace.corpus.splits import split
from rowspace.errors import SettingError
from rowspace.evaluate.metrics import metric
from rowspace.evaluate.probe_answer import Judged, Parts, Probe, told
from rowspace.evaluate.probe_data import Task, given_texts, task_of
from rowspace.evaluate.probe_features import Contestant, Features, System, Words, means
from rowspace.evaluate.probe_interval import (
    Judgement,
    estimates,
    share_explained,
    share_right,
)
from rowspace.evaluate.searched import search_logistic, search_ridge

HELD = 0.2
"""The share of the texts that tests, and of the others that chooses."""
SECONDS = 600.0
NONE: Mapping[str, Any] = {}


def probe(  # noqa: PLR0913 - what a comparison has to say
    vectors: Contestant,
    data: Any,
    *,
    text: str | None = None,
    target: str | None = None,
    test: Any = None,
    against: Mapping[str, Contestant] = NONE,
    kind: str = "auto",
    separator: str | None = None,
    seeds: int = 5,
    seed: int = 0,
    name: str = "vectors",
    max_seconds: float = SECONDS,
) -> Probe:
    """Judge `vectors` (a `Model`, `Vectors` or `TextVectors`) by a linear model on the mean vector
    of each text, which tells the column `target` ("label") from the column `text` ("text").

    data: what `corpus.records` takes, or fastText's labelled lines; a text may be a single item.
    Beside them: words one-hot (TF-IDF of words and pairs), random vectors of the same shape, the
    most frequent label or the mean, and those of `against`, by name. kind: "labels", "numbers" or
    "auto" (`probe_data.given_texts`). test: other data that judges; else a fifth of the texts does.
    Each of `seeds` splits learns from, chooses L2 and the way of taking means by, and judges by
    other texts; the same ones for every system, and equal texts stay together. At most 50,000 texts
    are taken, and about max_seconds. Raises InputError, SettingError.
    """
    whole = isinstance(seeds, int) and not isinstance(seeds, bool)
    SettingError.unless(whole and 1 <= seeds <= 100, "seeds", seeds, "a whole number from 1 to 100")
    began = time.monotonic()
    reading: dict[str, Any] = {
        "text": text, "target": target, "separator": separator, "kind": kind
    }  # fmt: skip
    task = task_of(
        given_texts(data, **reading), None if test is None else given_texts(test, **reading),
        seed=seed,
    )  # fmt: skip
    own, random = means(name, vectors, task.texts)
    others = [means(other, given, task.texts)[0] for other, given in against.items()]
    outputs = 1 if task.labels is None else len(task.labels)
    systems: list[System] = [own, *others, Words(task.texts, outputs), random]
    seconds = max_seconds / (seeds * len(systems))
    found = [
        _judged(task, systems, parts_of(task, seed + at), seed=seed + at, max_seconds=seconds)
        for at in range(seeds)
    ]
    values, gains = estimates(
        [one.judgement for one in found], int(task.cases.max()) + 1, seed=seed
    )
    return told(task, systems, found, values, gains, time.monotonic() - began)


def parts_of(task: Task, seed: int) -> Parts:
    """A split of the texts, equal ones in one part."""
    own = np.arange(task.own)
    if task.own < len(task.texts):
        rest, judge = own, np.arange(task.own, len(task.texts))
    else:
        rest, judge = _apart(task, own, seed)
    learn, choose = _apart(task, rest, seed)
    return Parts(learn, choose, judge)


def _apart(task: Task, texts: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Four fifths and a fifth of them."""
    distinct, first, place = np.unique(task.cases[texts], return_index=True, return_inverse=True)
    strata = task.strata
    labels = None if strata is None else strata[texts[first]]
    _, held = split(len(distinct), HELD, seed=seed, labels=labels)
    chosen = np.zeros(len(distinct), bool)
    chosen[held] = True
    there = chosen[place.reshape(-1)]
    return texts[~there], texts[there]


def _judged(
    task: Task, systems: Sequence[System], parts: Parts, *, seed: int, max_seconds: float
) -> Judged:
    truth, columns, chosen = task.truth[parts.judge], [], []
    three = (parts.learn, parts.choose, parts.judge)
    for system in systems:
        best: tuple[float, np.ndarray, dict[str, Any]] | None = None
        ways = list(system.ways(three, seed))
        for way in ways:
            made = _fitted(task, parts, way, max_seconds / len(ways))
            if best is None or made[0] > best[0]:
                best = made
        assert best is not None  # noqa: S101 - a system has a way
        columns.append(_columns(task, truth, best[1]))
        chosen.append(best[2])
    columns.append(_columns(task, truth, _constant(task, parts)))
    return Judged(parts, Judgement(task.cases[parts.judge], np.stack(columns)), chosen)


def _fitted(
    task: Task, parts: Parts, way: Features, max_seconds: float
) -> tuple[float, np.ndarray, dict[str, Any]]:
    """How good it is by the part that chooses, what it answers to the test, what it is."""
    learn, choose, judge = way.designs
    y, truth = task.truth[parts.learn], task.truth[parts.choose]
    limits: dict[str, Any] = {"max_seconds": max_seconds, "choices": way.choices}
    if task.labels is None:
        ridge, c = search_ridge(learn, y, choose, truth, **limits)
        value = -float(((ridge.predict(choose) - truth) ** 2).mean())
        answers, converged = ridge.predict(judge), ridge.linear.converged
    else:
        made, c = search_logistic(learn, y, choose, truth, labels=len(task.labels), **limits)
        value = metric("accuracy" if y.ndim == 1 else "micro-f1")(truth, made.probabilities(choose))
        answers, converged = made.probabilities(judge), made.linear.converged
    return value, answers, {"way": way.name, "c": c, "converged": converged}


def _constant(task: Task, parts: Parts) -> np.ndarray:
    """The answers of the labels' rates, or of the mean."""
    y = task.truth[parts.learn]
    if task.labels is None:
        return np.full(len(parts.judge), y.mean())
    rates = y.mean(axis=0) if y.ndim == 2 else np.bincount(y, minlength=len(task.labels)) / len(y)
    return np.tile(rates, (len(parts.judge), 1))


def _columns(task: Task, truth: np.ndarray, answers: np.ndarray) -> np.ndarray:
    if task.labels is None:
        return share_explained(truth, answers)
    return share_right(truth, answers)
