"""`Course`: a run on its way from epoch to epoch, and what it tells of itself."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import DivergedError, SettingError
from rowspace.objectives import GloVe, Objective, Prediction
from rowspace.table.schedules import Watch
from rowspace.training.crew import Crew, Tally, Work
from rowspace.training.glove import PairWork
from rowspace.training.settings import Settings
from rowspace.training.state import State
from rowspace.training.windows import WindowWork
from rowspace.vectors import Model, Vectors
from rowspace.vocabulary.count import usable_cores

Event: TypeAlias = dict[str, Any]
GLANCE = 0.1  # seconds between two looks at signals and checkpoints
REPORT = 0.5  # seconds between two progress events


@dataclass(frozen=True, slots=True)
class EpochEnd:
    """An epoch that is over: `epoch` of `epochs`, its mean `loss` (in nats a prediction)."""

    epoch: int
    epochs: int
    loss: float
    state: State
    objective: Objective

    def vectors(self) -> Vectors:
        """The vectors as they are now, a copy."""
        return Vectors(self.state.vocabulary, self.objective.rows(self.state.tables).copy())


@final
class Course:
    """Runs `state` forward; `go` returns at the end of an epoch, or when something is due."""

    def __init__(
        self,
        objective: Objective,
        settings: Settings,
        state: State,
        tell: Callable[[Event], None],
    ) -> None:
        self.objective, self.settings, self.state, self.tell = objective, settings, state, tell
        self.total = state.units * settings.epochs
        self.rates = settings.rates
        self.watch = self._watch()
        self.epoch_over = False
        self.kept_at = time.monotonic()
        self.crew = self._crew()

    def _crew(self) -> Crew:
        settings = self.settings
        threads = settings.threads or usable_cores()
        return Crew(self._work(), self.rate_at, threads, settings.deterministic)

    def _work(self) -> Work:
        objective, state = self.objective, self.state
        if isinstance(objective, GloVe) and state.pairs is not None:
            return PairWork(objective, state.tables, state.pairs)
        if isinstance(objective, Prediction):
            encoded, seed = state.encoded, self.settings.seed
            return WindowWork(objective, state.tables, encoded, counts=state.counts, seed=seed)
        raise SettingError(f"there is no way to train by {type(objective).__name__}")

    @property
    def finished(self) -> bool:
        """Whether every epoch is over."""
        return self.state.unit >= self.total

    def rate_at(self, unit: int) -> float:
        """The learning rate of a unit: from lr towards min_lr, as the schedule has it."""
        lr, last = self.objective.lr, self.objective.lowest
        return self.rates.rate(unit, self.total, high=lr, low=last, watch=self.watch)

    def _rate_of(self, epoch: int) -> float:
        """The learning rate in the middle of an epoch that is over."""
        losses, unit = self.state.losses[:epoch], (epoch + 0.5) * self.state.units
        watch = self.rates.watch(loss for loss in losses if math.isfinite(loss))
        high, low = self.objective.lr, self.objective.lowest
        return self.rates.rate(unit, self.total, high=high, low=low, watch=watch)

    def _watch(self) -> Watch:
        """What the schedule remembers of the epochs that are over, and learned something."""
        return self.rates.watch(loss for loss in self.state.losses if math.isfinite(loss))

    @property
    def due(self) -> bool:
        """Whether it is time for a checkpoint; `kept_at` is when the last one was written."""
        return time.monotonic() - self.kept_at >= self.settings.checkpoint_every

    def go(self, asked: Callable[[], bool]) -> None:
        """Work until the epoch ends, `asked()` is true or a checkpoint is due."""
        state, started = self.state, time.monotonic()
        loss, predictions = state.epoch_loss
        self.crew.epoch = Tally(0, predictions, loss)
        reported, last = started, state.seconds
        epoch = state.unit // state.units
        stop = min((epoch + 1) * state.units, self.total)

        def watch() -> bool:
            nonlocal reported
            now = time.monotonic()
            state.seconds = last + max(0.0, now - started)
            if now - reported >= REPORT:
                self._report(self.crew.take_tally(), max(now - reported, 1e-9))
                reported = now
            return asked() or self.due

        state.unit = self.crew.run(state.unit, stop, watch=watch, every=GLANCE)
        self._report(self.crew.take_tally(), max(time.monotonic() - reported, 1e-9))
        self.epoch_over = state.unit >= stop
        if self.epoch_over:
            self._close_epoch(epoch)

    def _report(self, tally: Tally, seconds: float) -> None:
        """Book what was done, stop a run that is lost, and tell."""
        state = self.state
        state.words += tally.words
        state.epoch_loss = (self.crew.epoch.loss, self.crew.epoch.predictions)
        self._check(tally)
        if not tally.words:
            return
        done = self.crew.done
        fraction = done / self.total
        speed = tally.words / seconds
        left = state.words / max(fraction, 1e-9) - state.words
        self.tell({
            "type": "progress",
            "epoch": min(done // state.units + 1, self.settings.epochs),
            "epochs": self.settings.epochs,
            "fraction": fraction,
            "words": state.words,
            "words_per_second": speed,
            "counted": self.crew.work.counted,
            "loss": tally.mean_loss if tally.predictions else None,
            "lr": self.rate_at(done),
            "eta": left / speed,
        })  # fmt: skip

    def _check(self, tally: Tally) -> None:
        if tally.predictions and not tally.mean_loss < self.objective.lost:
            self._diverged(f"the loss is {tally.mean_loss:.3g} {self.objective.measure}")

    def _diverged(self, what: str) -> None:
        lr = self.rate_at(self.state.unit)
        done = f"{self.state.words:,} {self.crew.work.counted}"
        raise DivergedError(
            f"training diverged after {done} at a learning rate of {lr:g}: "
            f"{what}; checkpoints written before are kept",
            hint=f"lower --lr (now {self.objective.lr:g}; {type(self.objective)().lr:g} is usual)",
        )

    def _close_epoch(self, epoch: int) -> None:
        state = self.state
        loss, predictions = state.epoch_loss
        mean = loss / predictions if predictions else float("nan")
        state.losses.append(mean)
        self.watch = self._watch()
        state.epoch_loss = (0.0, 0)
        rows = self.objective.rows(state.tables)
        if not all(np.isfinite(rows[at : at + 65536]).all() for at in range(0, len(rows), 65536)):
            self._diverged("a row holds a number that is not finite")
        self.tell({
            "type": "epoch", "epoch": epoch + 1, "epochs": self.settings.epochs,
            "loss": mean if predictions else None, "seconds": state.seconds,
        })  # fmt: skip

    def epoch_end(self) -> EpochEnd:
        """What callbacks are shown."""
        done = len(self.state.losses)
        last = self.state.losses[-1]
        return EpochEnd(done, self.settings.epochs, last, self.state, self.objective)

    def model(self) -> Model:
        """The result: input rows as vectors, the output rows of items as context."""
        state, kind = self.state, "deterministic" if self.settings.deterministic else "fast"
        encoded = state.encoded
        record = {
            "data": {
                "tokens": encoded.seen,
                "kept": encoded.tokens,
                "sentences": encoded.sentences,
                "fingerprint": encoded.fingerprint,
            },
            **({"start": state.start} if state.start else {}),
            "determinism": kind,
            "loss": [round(loss, 6) for loss in state.losses if math.isfinite(loss)],
            "rate": [self._rate_of(epoch) for epoch in range(len(state.losses))],
            "words": state.words,
            "seconds": round(state.seconds, 3),
        }
        vectors = Vectors(state.vocabulary, self.objective.rows(state.tables))
        tables = state.tables
        context = tables.outputs.rows if self.objective.starts and tables.tree is None else None
        return Model(vectors, state.config, record, context)
