"""The search: many short trials, the better ones looked at again, until the time is over.

A ladder of rungs: where a trial is cheap each rung judges by another part of the data; where it is
dear each rung learns from more texts. The best third of a rung climbs. Source: Li et al. (2020,
"A System for Massively Parallel Hyperparameter Tuning") for the rule of climbing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, final

import numpy as np

from rowspace.errors import DivergedError, InputError, ResourceError, RowspaceError
from rowspace.evaluate.metrics import Metric as Measure
from rowspace.training.autotune_board import Board
from rowspace.training.autotune_members import finalists
from rowspace.training.autotune_parts import Ground, Part
from rowspace.training.autotune_space import Candidate, Space
from rowspace.training.autotune_trial import Learned, Look, OutOfTimeError, Trial, judge, learn
from rowspace.vocabulary import Vocabulary

CLIMB = 3
LATE = 0.6
"""The share of the search after which the best are looked at from all sides."""
MOST_OF_ONE = 0.25
"""The share of the search that a single trial may take."""
TRIES = 30
"""Failures, none before them having done well, after which the search gives up."""


class Rung(NamedTuple):
    """Judged by part `part`, of models of that share of the training texts."""

    part: int
    share: float


@final
@dataclass(slots=True)
class Clock:
    """seconds: for the search, None for no end; trials: how many trainings, None for no end.
    asked: whether somebody wants it to stop."""

    seconds: float | None
    trials: int | None
    asked: Callable[[], bool]
    began: float
    done: int = 0

    @property
    def gone(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    @property
    def fraction(self) -> float:
        """How much of the search is over, from 0."""
        time_gone = self.gone / max(self.seconds, 1e-9) if self.seconds is not None else 0.0
        return max(time_gone, self.done / self.trials if self.trials else 0.0)

    def over(self) -> bool:
        """Whether no training may go on."""
        late = self.seconds is not None and self.gone >= self.seconds
        return late or self.asked()


@final
@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The best model of the whole part so far, as it was judged."""

    part: Part
    learned: Learned
    temperature: float
    number: int


@final
class Search:
    """`run` fills the board; `kept` is what there is already."""

    def __init__(
        self,
        ground: Ground,
        space: Space,
        rungs: list[Rung],
        clock: Clock,
        *,
        measure: Measure,
        tell: Callable[[dict[str, Any]], None],
    ) -> None:
        self.ground, self.space, self.rungs, self.clock = ground, space, rungs, clock
        self.measure, self.tell = measure, tell
        self.board = Board(len(ground.valid))
        self._left = space.known()
        self.truths: dict[tuple[int, float], tuple[Any, Vocabulary, str]] = {}
        self.kept: Kept | None = None
        self.last_error: RowspaceError | None = None

    def run(self) -> None:
        """Trials until the clock is over. Raises the error of a first trial that no other can
        mend, and of the last where none did well."""
        clock, board = self.clock, self.board
        while clock.done == 0 or not clock.over():
            trial, rung = self._next()
            clock.done += 1
            self._try(trial, rung)
            if clock.asked() or clock.done == clock.trials:
                break
            if not board.good() and clock.done >= TRIES:
                break
        if not board.good() and self.last_error is not None:
            raise self.last_error

    def _try(self, trial: Trial, rung: Rung) -> None:
        began = time.monotonic()
        try:
            self._look(trial, rung)
        except OutOfTimeError as error:
            trial.failed = str(error)
        except MemoryError:
            trial.failed = "no memory for it"
            self.last_error = ResourceError("no memory for a single trial")
        except (DivergedError, ResourceError) as error:
            trial.failed, self.last_error = error.message, error
        except InputError:
            if not self.board.good():  # what is wrong with the data, or with what is fixed
                raise
            trial.failed = "these settings do not go with the data"
        trial.seconds += time.monotonic() - began
        self._tell(trial, rung)

    def _look(self, trial: Trial, rung: Rung) -> None:
        began, one = time.monotonic(), trial.candidate
        part = self.ground.part(one, rung.part, rung.share)
        run, clock = self.ground.run, self.clock
        most = np.inf if clock.seconds is None else MOST_OF_ONE * clock.seconds

        def stop() -> bool:
            if clock.asked():
                return True
            slow = time.monotonic() - began > most
            return (slow or clock.over()) if self.board.good() else (slow and clock.over())

        learned = learn(
            part.prepared, part.examples, one.epochs,
            seed=run.seed + 7919 * trial.number + rung.part, threads=run.threads or 1,
            freeze=run.freeze, stop=stop,
        )  # fmt: skip
        if learned.share < 1 and self.board.good():
            raise OutOfTimeError(f"stopped after {learned.share:.0%} of its epochs")
        figure, likelihood, temperature, margins = judge(part, learned, self.measure)
        prepared = part.prepared
        told = part.truth, prepared.labels, prepared.objective.loss
        self.truths.setdefault((rung.part, rung.share), told)
        seconds = time.monotonic() - began
        trial.looks.append(
            Look(rung.part, rung.share, figure, likelihood, seconds, temperature, margins)
        )
        if rung.part == 0 and self.board.ranked()[0] is trial:
            self.kept = Kept(part, learned, temperature, trial.number)

    def _next(self) -> tuple[Trial, Rung]:
        late = self.clock.fraction > LATE
        if late and (found := self._unfinished()) is not None:
            return found
        if (found := self._climber()) is not None:
            return found
        trial = Trial(len(self.board.trials), self._candidate(late))
        self.board.trials.append(trial)
        return trial, self.rungs[0]

    def _unfinished(self) -> tuple[Trial, Rung] | None:
        """Of the best, the first that has not been looked at from every rung."""
        for trial in finalists(self.board):
            if (rung := self._rung_after(trial)) is not None:
                return trial, rung
        return None

    def _climber(self) -> tuple[Trial, Rung] | None:
        """The best third of a rung climbs, those furthest up first."""
        ranked = self.board.ranked()
        for place in range(len(self.rungs) - 2, -1, -1):
            here = [one for one in ranked if len(one.looks) > place]
            for trial in here[: len(here) // CLIMB]:
                if len(trial.looks) == place + 1 and not trial.failed:
                    return trial, self.rungs[place + 1]
        return None

    def _rung_after(self, trial: Trial) -> Rung | None:
        place = len(trial.looks)
        return self.rungs[place] if place < len(self.rungs) and not trial.failed else None

    def _candidate(self, late: bool) -> Candidate:
        """The next known one, one from anywhere, or more and more one near the best."""
        if self._left:
            return self._left.pop(0)
        tried = {one.candidate for one in self.board.trials}
        ranked = self.board.ranked()
        for _ in range(20):
            chance = self.space.chance
            if ranked and (late or chance.even() < 0.3 + 0.6 * self.clock.fraction):
                few = ranked[: max(1, min(5, len(ranked) // 2))]
                one = self.space.near(chance.one(few).candidate, features=not late)
            else:
                one = self.space.drawn()
            if one not in tried:
                return one
        return one

    def _tell(self, trial: Trial, rung: Rung) -> None:
        ranked = self.board.ranked()
        look = trial.looks[-1] if trial.looks and not trial.failed else None
        self.tell({
            "type": "trial",
            "trial": trial.number,
            "training": self.clock.done,
            "score": None if look is None else look.figure,
            "part": rung.part,
            "share": rung.share,
            "best": ranked[0].looks[0].figure if ranked else None,
            "best_trial": ranked[0].number if ranked else None,
            "failed": trial.failed,
            "settings": trial.candidate.as_json(),
            "seconds": self.clock.gone,
            "fraction": min(1.0, self.clock.fraction),
        })  # fmt: skip
