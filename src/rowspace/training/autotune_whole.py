"""From the trials of a search to its model and its record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, final

import numpy as np

from rowspace.evaluate.classification import judge
from rowspace.files.sizes import bytes_of
from rowspace.objectives.labels import Labels
from rowspace.ragged import Ragged
from rowspace.training.autotune_final import (
    Sum,
    kept_model,
    model_of,
    refitted,
    seconds_of,
    whole_of,
)
from rowspace.training.autotune_members import members, together
from rowspace.training.autotune_search import Search
from rowspace.training.autotune_trial import WHOLE, Trial, figures, plain
from rowspace.training.classify_calibrated import calibrated_head
from rowspace.training.classify_prepared import prepare
from rowspace.training.classify_result import HEADLINES, OF_SEVERAL, answers
from rowspace.training.classify_settings import as_data
from rowspace.training.labelled import Labelled
from rowspace.vectors import Head, Model
from rowspace.vocabulary import to_text

WIDER = 4
"""A model of several is at most so many times as wide as the best alone."""
SAFE = 0.8
OVER = 1.03
WORTH = 1.3
"""Training anew is worth it from so many times the texts that the best trial learned from."""


@final
@dataclass(frozen=True, slots=True)
class Width:
    """How wide models become. labels: how many; ensemble: the most trainings made one; small:
    whether bytes are counted."""

    labels: int
    ensemble: int
    small: bool

    def of(self, objective: Labels) -> int:
        """How many numbers a row of a candidate has in the end, where bytes are counted."""
        return self.labels if self.ensemble > 1 and self.labels <= objective.dim else objective.dim

    def most(self, objective: Labels) -> int:
        """How many trainings may be made one."""
        if self.labels > WHOLE or (self.small and self.labels > objective.dim):
            return 1
        few = self.labels <= WIDER * objective.dim
        return self.ensemble if few else min(self.ensemble, WIDER)


@final
@dataclass(slots=True, eq=False)
class Making:
    """A search that is over, and what comes of it. budget: seconds, None for no end."""

    search: Search
    width: Width
    metric: str
    budget: float | None
    chosen: list[Trial] = field(default_factory=list)
    sum: Sum | None = None
    texts: int = 0
    search_seconds: float = 0.0

    def shrink(self, model: Model, limit: int | None) -> None:
        """Of the trials in the record those alone that there is room for, the best ones; the
        simpler ways beside it go last."""
        if limit is None:
            return
        order = [one.number for one in self.search.board.ranked()]
        record = model.record
        while len(record["trials"]) > 1 and bytes_of(model) > limit:
            kept = set(order[: len(record["trials"]) // 2])
            rest = [one for one in record["trials"] if one["trial"] in kept]
            record["trials"] = rest or record["trials"][:1]
        for name in ("labels", "confusion", "baselines", "validation_scores", "trials"):
            if bytes_of(model) > limit and name in record:
                record[name] = []


def made(making: Making, data: Labelled, warn: Callable[[str], None]) -> Model | None:
    """The members trained on `data` and made one; or the best trial's own model, where there is no
    time for that. None where there is neither."""
    search, board = making.search, making.search.board
    making.search_seconds = search.clock.gone
    if not board.good():
        return None
    most = making.width.most(board.ranked()[0].candidate.objective)
    making.chosen = members(board, _measured(search), most=most)
    if not search.clock.asked() and (model := _anew(making, data, most, warn)) is not None:
        return model
    if search.kept is None:
        return None
    making.chosen = [one for one in board.trials if one.number == search.kept.number]
    making.texts = len(search.kept.part.examples)
    model, making.sum = kept_model(search.kept)
    return model


def _anew(making: Making, data: Labelled, most: int, warn: Callable[[str], None]) -> Model | None:
    """None where the time does not suffice."""
    search, clock, ground = making.search, making.search.clock, making.search.ground
    trainings, part = _affordable(making, most, len(data) / len(ground.train))
    if not trainings:
        return None
    making.chosen = making.chosen[:trainings]
    some = data
    if part < 1:
        some = data.take(np.sort(ground.order[: int(part * len(ground.train))]))
    making.texts = len(some)
    objective = whole_of(making.chosen)
    if ground.start is not None:
        objective = replace(objective, dim=ground.start.vectors.dim)
    prepared = prepare(
        some, None, ground.fit(objective, some), ground.reading, ground.run,
        start=ground.start, warn=warn,
    )  # fmt: skip
    end = None if making.budget is None else OVER * making.budget
    making.sum = refitted(
        prepared, making.chosen, trainings=trainings, seed=ground.run.seed,
        threads=ground.run.threads or 1, freeze=ground.run.freeze,
        stop=lambda: clock.asked() or (end is not None and clock.gone > end),
    )  # fmt: skip
    if making.sum is None:
        return None
    return model_of(prepared, making.sum, _temperature(search, making.chosen, making.sum))


def _affordable(making: Making, most: int, larger: float) -> tuple[int, float]:
    """How many trainings there is time for, on data so many times larger than the trials', and on
    what share of it; 0 where the best trial has learned from nearly as much."""
    if making.budget is None:
        return most, 1.0
    dearest = larger * max(map(seconds_of, making.chosen))
    left = SAFE * (making.budget - making.search.clock.gone)
    if left >= dearest:
        return min(most, int(left / max(dearest, 1e-9))), 1.0
    part = left / dearest
    learned = max(one.share for one in making.chosen[0].looks)
    return (1, part) if part >= WORTH * learned else (0, 0.0)


def _temperature(search: Search, chosen: list[Trial], found: Sum) -> float:
    """What the mean of the members is divided by, by the validation part as it was judged."""
    if chosen[0].looks[0].margins is None:
        return chosen[0].looks[-1].temperature if found.trainings == 1 else 1.0
    share = max(one.share for one in chosen[0].looks)
    truth, labels, loss = search.truths[0, share]
    margins = together(chosen, 0, share)
    unit = np.eye(len(labels), dtype=np.float32)
    return calibrated_head(Head(labels, unit, loss, exact=True), margins, truth)[1]


def _measured(search: Search) -> Callable[[int, np.ndarray], tuple[float, float]]:
    share = max(share for _, share in search.truths)

    def measured(part: int, margins: np.ndarray) -> tuple[float, float]:
        truth, labels, loss = search.truths[part, share]
        return figures(truth, plain(labels, loss), margins, search.measure)

    return measured


def recorded(model: Model, making: Making, signal: int) -> list[dict[str, Any]]:
    """Settings and trials into the model; the scores of the validation part, by models that did not
    learn from it."""
    search, clock, found = making.search, making.search.clock, making.sum
    best, run = making.chosen[0].candidate, search.ground.run
    model.config.update(
        objective=best.objective.config(),
        training={
            **as_data(replace(run, epochs=best.epochs, metric=making.metric)),
            "text": as_data(search.ground.reading),
        },
        cutting=search.ground.reading.cutting,
    )
    losses = [] if found is None else found.losses
    model.record.update(
        data={"texts": making.texts, "labels": making.width.labels},
        determinism="deterministic" if run.threads == 1 else "fast",
        loss=[round(loss, 6) for loss in losses],
        best_epoch=best.epochs,
        training_seconds=round(clock.gone - making.search_seconds, 3),
        autotune={
            "budget": making.budget,
            "metric": making.metric,
            "trainings": clock.done,
            "search_seconds": round(making.search_seconds, 3),
            "members": [one.number for one in making.chosen],
            "member_trainings": 0 if found is None else found.trainings,
            "interrupted": bool(signal),
        },
        trials=[one.as_json() for one in search.board.trials],
    )
    return _validation_scores(making)


def _validation_scores(making: Making) -> list[dict[str, Any]]:
    search, chosen = making.search, making.chosen
    share = max(one.share for one in chosen[0].looks)
    truth, labels, loss = search.truths[0, share]
    head = plain(labels, loss) if len(labels) <= WHOLE else None
    given: Any = None
    if head is not None:
        given = head.scores(together(chosen, 0, share))
    elif search.kept is not None:
        given = answers(kept_model(search.kept)[0], search.kept.part.bags)
    names = [to_text(label) for label in labels.items.tokens()]
    found = judge(truth, given, labels=names, seed=search.ground.run.seed)
    wanted = OF_SEVERAL if isinstance(truth, Ragged) else HEADLINES
    return [score.as_json() for score in found.scores if score.name in wanted]
