"""`train_recommender`: who met what in, vectors of users and items out.

interactions → ids in order → pairs that train, pairs that judge → epochs, the best one kept →
scores beside simpler ways → the same again on all pairs → model
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.corpus.interactions import features, interactions
from rowspace.errors import DivergedError
from rowspace.files import save
from rowspace.kernels.jit import cold
from rowspace.objectives.interactions import Ranking
from rowspace.table.table import require_memory
from rowspace.training.interrupt import Asked, Interrupted, asked_to_stop
from rowspace.training.recommend_course import Event, Learned, RecommenderCourse, past_of
from rowspace.training.recommend_data import (
    Bags,
    Encounters,
    Parts,
    bags,
    encounters,
    parted,
    positives,
    weights,
)
from rowspace.training.recommend_model import judges, memory, model_of, scores_of
from rowspace.training.recommend_sequences import with_sequences
from rowspace.training.recommend_settings import Course, chosen
from rowspace.vectors import Model

Progress = Callable[[Event], None]


def train_recommender(
    data: Any,
    *,
    output: str | Path | None = None,
    user_features: Any = None,
    item_features: Any = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Model:
    """Learn vectors of users and items from `data`: what `corpus.records` takes, a row an
    interaction, columns user, item (, rating, time) by these names, common ones or those given as
    settings of the same names ("none": there is none).

    user_features, item_features: what `records` takes; the column "id" or the first names the user
    or item, each other column is a feature, a|b|c several. `settings` are those of
    `objectives.interactions.Ranking` (loss, dim, history, …) and of `Course` (valid, epochs, seed,
    …). `progress` is called with one dictionary an event.

    The model's vectors are the items', parts["users"] the users'; `vectors.recommend.Recommender`
    asks it. Its record holds scores and baselines of the validation part. Raises InputError,
    SettingError, ResourceError; DivergedError and Interrupted, after saving the best model so far
    where there is one and an output is given.
    """
    names, objective, course = chosen(settings)
    tell = progress or (lambda event: None)
    began = time.monotonic()
    if cold():
        tell({"type": "compile"})
    run = _Run.of(data, (user_features, item_features), names, objective, course)
    if run.pairs.repeated:
        tell({"type": "warning", "message": f"{run.pairs.repeated:,} rows name a pair again: each "
              "pair counts once, at its last time"})  # fmt: skip
    with asked_to_stop() as asked:
        try:
            best = run.best(tell, asked)
            model = run.model(best, tell, asked)
        except DivergedError as error:
            kept = run.keep(output)
            raise DivergedError(error.message + kept, hint=error.hint) from None
        except _Stopped:
            if run.keep(output):
                raise Interrupted(Path(str(output)), asked.number) from None
            raise KeyboardInterrupt from None
    model.record["seconds"] = round(time.monotonic() - began, 3)
    if output is not None:
        save(model, output, force=True)
    return model


class _Stopped(Exception):
    """A signal asked the run to stop."""


@final
class _Run:
    """Everything read, and what is best so far."""

    def __init__(
        self,
        known: Encounters,
        pairs: Encounters,
        parts: Parts,
        bags: tuple[Bags, Bags],
        objective: Ranking,
        course: Course,
    ) -> None:
        self.known, self.pairs, self.parts, self.bags = known, pairs, parts, bags
        self.objective, self.course = objective, course
        self.found: tuple[Learned, Encounters] | None = None
        self.figures: list[float] = []
        self.losses: list[float] = []
        self.speed = 0.0

    @classmethod
    def of(
        cls,
        data: Any,
        given: tuple[Any, Any],
        names: dict[str, Any],
        objective: Ranking,
        course: Course,
    ) -> _Run:
        """Read and part the data. Raises InputError, SettingError, ResourceError."""
        seen = interactions(data, **names)
        found = [
            None if one is None else features(one, what)
            for what, one in zip(("user", "item"), given, strict=True)
        ]
        known = encounters(seen, user_features=found[0], item_features=found[1])
        pairs = positives(known, course.min_rating)
        weights(pairs, course.weigh)
        rows = bags(known.users, found[0]), bags(known.items, found[1])
        require_memory(sum(one.n_rows for one in rows) + len(known.items), 3 * objective.dim)
        parts = parted(pairs, course.valid, seed=course.seed)
        return cls(known, pairs, parts, rows, objective, course)

    def _course(self, pairs: Encounters, tell: Progress) -> RecommenderCourse:
        return RecommenderCourse(
            self.objective, pairs, weights(pairs, self.course.weigh), self.bags,
            seed=self.course.seed, threads=self.course.hands, tell=tell,
        )  # fmt: skip

    def best(self, tell: Progress, asked: Asked) -> Learned:
        """Train on the one part, judge by the other, epoch after epoch. Raises _Stopped."""
        course, targets = self._course(self.parts.train, tell), self.parts.targets
        some = None if targets is None else judges(targets)
        while course.epoch < self.course.epochs:
            if not course.run_epoch(self.course.epochs, lambda: asked.number != 0):
                raise _Stopped
            event = {"type": "epoch", "epoch": course.epoch, "epochs": self.course.epochs,
                     "loss": course.losses[-1]}  # fmt: skip
            self.losses = course.losses
            if targets is None or some is None:
                self.found = course.learned(), course.pairs
            else:
                figure = course.validate(targets, some)
                if not self.figures or figure > max(self.figures):
                    self.found = course.learned(), course.pairs
                self.figures.append(figure)
                event["ndcg@10"] = figure
            tell({**event, "seconds": course.seconds})
            if course.epoch - self._best.epoch >= self.course.patience:
                break
        self.speed = course.epoch * len(course.pairs) / max(course.seconds, 1e-9)
        return self._best

    @property
    def _best(self) -> Learned:
        if self.found is None:
            raise _Stopped
        return self.found[0]

    def model(self, best: Learned, tell: Progress, asked: Asked) -> Model:
        """The model, learned again from all pairs where there was a validation part."""
        record: dict[str, Any] = {}
        past = past_of(self.objective, self.pairs)
        if self.parts.targets is not None:
            found, simple = scores_of(
                best, self.parts.train, self.parts.targets, self.bags, past, seed=self.course.seed
            )
            record = {"scores": [one.as_json() for one in found], "baselines": simple}
            if self.course.refit:
                self._refit(best.epoch, tell, asked)
        model = self._made()
        model.record.update(record)
        if self.course.sequences:
            model = with_sequences(model, self.pairs, self.objective.dim, self.course, tell)
        return model

    def _refit(self, epochs: int, tell: Progress, asked: Asked) -> None:
        course = self._course(self.pairs, tell)
        tell({"type": "refit", "epochs": epochs, "pairs": len(self.pairs)})
        for _ in range(epochs):
            if not course.run_epoch(epochs, lambda: asked.number != 0):
                raise _Stopped
        self.found = course.learned(), course.pairs

    def _made(self) -> Model:
        """What is best so far, as a model."""
        learned, pairs = self.found or (self._best, self.pairs)
        settings = {"objective": self.objective.config(), "training": self.course.config()}
        model = model_of(
            learned,
            pairs,
            self.known.bags(),
            self.bags,
            settings,
            past_of(self.objective, self.pairs),
        )
        model.record.update(self._record(learned, len(pairs)))
        return model

    def _record(self, learned: Learned, trained: int) -> dict[str, Any]:
        known = self.known
        one_thread = "deterministic: the same bits for one seed on one machine"
        return {
            "data": {
                "source": known.source,
                "pairs": len(known),
                "repeated": known.repeated,
                "positives": len(self.pairs),
                "trained_on": trained,
                "users": int(np.count_nonzero(known.users.counts)),
                "items": int(np.count_nonzero(known.items.counts)),
                "times": known.times is not None,
            },
            "determinism": one_thread if self.course.hands == 1 else "lock-free threads",
            "loss": [round(loss, 6) for loss in self.losses],
            "rate": [self.objective.lr] * len(self.losses),
            "valid": [round(figure, 6) for figure in self.figures],
            "validation": self.parts.how,
            "best_epoch": learned.epoch,
            "pairs_per_second": round(self.speed),
            "memory": memory(self.pairs, self.objective, self.bags),
        }

    def keep(self, output: str | Path | None) -> str:
        """Save what is best so far; a sentence's end that says where, "" where nothing is kept."""
        if self.found is None or output is None:
            return ""
        model = self._made()
        save(model, output, force=True)
        return f"; the model of epoch {self.found[0].epoch}, the best so far, is in {output}"


__all__ = ["Course", "train_recommender"]
