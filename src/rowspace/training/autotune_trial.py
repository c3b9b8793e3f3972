"""One trial: a classifier learned and judged, and all that is remembered of it.

Axes: `n` texts judged by, `L` labels, `D` dimensions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from rowspace.errors import DivergedError, InputError
from rowspace.evaluate.metrics import Metric as Measure
from rowspace.evaluate.metrics import metric
from rowspace.training.autotune_parts import Part
from rowspace.training.autotune_space import Candidate
from rowspace.training.classify_calibrated import calibrated_head
from rowspace.training.classify_course import (
    ClassifyCourse,
    Examples,
    blank_loss,
    how_of,
    lost_beyond,
)
from rowspace.training.classify_prepared import Prepared
from rowspace.training.classify_tables import started
from rowspace.vectors import Head
from rowspace.vectors.predict import weighed
from rowspace.vocabulary import Vocabulary

WHOLE = 1000
"""Labels up to which all scores of a text are looked at, and models are made one of."""
BEST = 10


class OutOfTimeError(Exception):
    """A training was stopped before its last epoch."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """rows float32 [R, D], heads float32 [L, D]; the share of the epochs that was gone through."""

    rows: np.ndarray
    heads: np.ndarray
    losses: list[float]
    share: float
    seconds: float


@final
@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A trial judged by one part. figure: by the metric; likelihood: after the temperature, NaN
    where labels are too many; margins: float32 [n, L] divided by the temperature, or None."""

    part: int
    share: float
    figure: float
    likelihood: float
    seconds: float
    temperature: float
    margins: np.ndarray | None

    def as_json(self) -> dict[str, Any]:
        """Data for the record."""
        likely = round(self.likelihood, 6) if self.likelihood == self.likelihood else None
        value, share = round(self.figure, 6), round(self.share, 4)
        return {"part": self.part, "share": share, "value": value, "log_likelihood": likely}


@final
@dataclass(slots=True, eq=False)
class Trial:
    """A candidate, where it was judged, and why it failed if it did."""

    number: int
    candidate: Candidate
    looks: list[Look] = field(default_factory=list)
    failed: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Data for the record."""
        told = [one.as_json() for one in self.looks]
        found = {
            "trial": self.number,
            **self.candidate.as_json(),
            "score": told[0]["value"] if told else None,
            "looks": told,
            "seconds": round(self.seconds, 3),
        }
        return {**found, "failed": self.failed} if self.failed else found


def learn(
    prepared: Prepared,
    examples: Examples,
    epochs: int,
    *,
    seed: int,
    threads: int,
    freeze: bool,
    stop: Callable[[], bool],
) -> Learned:
    """Train; `stop` ends it after texts begun. Raises DivergedError, ResourceError."""
    objective, size = prepared.objective, len(prepared.labels)
    began = time.monotonic()
    tables, _ = started(
        prepared.vocabulary, size, objective.dim, prepared.start, seed=seed, freeze=freeze
    )
    how = how_of(objective, prepared.labels.counts, seed)
    course = ClassifyCourse(
        objective, examples, tables, how, epochs=epochs, threads=threads, seed=seed
    )
    limit = lost_beyond(blank_loss(objective, prepared.labels.counts, how))
    losses, done = [], 0.0
    for number in range(epochs):
        losses.append(course.epoch(number, stop))
        done += course.done
        if not losses[-1] < limit:
            raise DivergedError(
                f"diverged in epoch {number + 1}: the loss is {losses[-1]:.3g} nats a text"
            )
        if stop():
            break
    rows, heads = tables.rows[:-1, : objective.dim], tables.heads[:size, : objective.dim]
    if not (np.isfinite(heads).all() and _finite(rows)):
        raise DivergedError("diverged: the rows are not finite")
    share = done / max(1, epochs * len(examples))
    return Learned(rows, heads, losses, share, time.monotonic() - began)


def judge(part: Part, learned: Learned, measure: Measure) -> tuple[float, float, float, Any]:
    """The figure, the log-likelihood, the temperature, and the margins or None."""
    prepared, hidden = part.prepared, weighed(learned.rows, part.bags)
    labels, loss = prepared.labels, prepared.objective.loss
    if len(labels) > WHOLE:
        head = Head(labels, np.ascontiguousarray(learned.heads), loss, exact=True)
        head, temperature = calibrated_head(head, hidden, part.truth)
        return measure(part.truth, head.top(hidden, BEST)), np.nan, temperature, None
    margins = hidden @ learned.heads.T
    temperature = calibrated_head(plain(labels, loss), margins, part.truth)[1]
    margins /= np.float32(temperature)
    return *figures(part.truth, plain(labels, loss), margins, measure), temperature, margins


def figures(truth: Any, head: Head, margins: np.ndarray, measure: Measure) -> tuple[float, float]:
    """The figure and the log-likelihood of calibrated margins float32 [n, L]; `head`: `plain`."""
    scores = head.scores(margins)
    figure = measure(truth, scores)
    try:
        return figure, metric("log-likelihood")(truth, scores)
    except InputError:
        return figure, float("nan")


def plain(labels: Vocabulary, loss: str) -> Head:
    """A head whose vectors are the margins themselves."""
    return Head(labels, np.eye(len(labels), dtype=np.float32), loss, exact=True)


def _finite(rows: np.ndarray) -> bool:
    step = 1 << 16
    return all(np.isfinite(rows[at : at + step]).all() for at in range(0, len(rows), step))
