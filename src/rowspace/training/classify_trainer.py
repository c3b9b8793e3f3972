"""A classifier's epochs, judged, and the best of them kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import DivergedError
from rowspace.objectives.labels import Labels
from rowspace.training.classify_course import ClassifyCourse

Event: TypeAlias = dict[str, Any]
REPORT = 0.5
"""Seconds between two progress events."""
TOGETHER = 0.25
"""Seconds of epochs that threads go through without a stop, where none is judged."""
RARELY = 20.0
"""Without a validation part, copying takes at most one part in so many of the time."""


@final
@dataclass(slots=True, eq=False)
class Best:
    """The tables after the best epoch so far: its number from 1, its figure."""

    epoch: int = 0
    figure: float = -math.inf
    rows: np.ndarray | None = None
    heads: np.ndarray | None = None
    losses: list[float] = field(default_factory=list)
    figures: list[float] = field(default_factory=list)
    seconds: float = 0.0


@final
class Trainer:
    """Runs a course epoch by epoch, judges each, keeps the best."""

    def __init__(
        self,
        course: ClassifyCourse,
        judge: Callable[[], float] | None,
        tell: Callable[[Event], None],
        *,
        patience: int | None,
        limit: float,
    ) -> None:
        self.course, self.judge, self.tell = course, judge, tell
        self.patience, self.limit, self.best = patience, limit, Best()
        self._number = 0  # epochs that are over
        self._copy_from = 0.0  # seconds of training from which on a copy is worth its time

    def run(self, asked: Callable[[], bool]) -> bool:
        """All epochs; whether they were not cut short by `asked`. Raises DivergedError."""
        course, best, began = self.course, self.best, time.monotonic()
        reported = began

        def watch() -> bool:
            nonlocal reported
            now = time.monotonic()
            best.seconds = now - began
            if now - reported >= REPORT:
                self._report(now - began)
                reported = now
            return asked()

        while self._number < course.epochs:
            losses = course.stretch(self._number, self._together(), watch).tolist()
            best.seconds = time.monotonic() - began
            self._check(losses)
            if asked():
                return False
            for at, loss in enumerate(losses, 1):
                best.losses.append(loss)
                self._number += 1
                self._close(loss, last=at == len(losses))
            if self.patience is not None and self._number - best.epoch > self.patience:
                break
        return True

    def _together(self) -> int:
        """How many epochs the threads go through without a stop: one where each is judged, else
        what takes about `TOGETHER` seconds."""
        if self.judge is not None or not self._number:
            return 1
        fit = int(TOGETHER * self._number / max(self.best.seconds, 1e-6))
        return max(1, min(fit, 4 * self._number, self.course.epochs - self._number))

    def _close(self, loss: float, *, last: bool) -> None:
        """An epoch is over; `last` of those without a stop."""
        best, epoch, figure = self.best, self._number, float(self._number)
        if self.judge is not None:
            figure = self.judge()
            best.figures.append(figure)
        over = epoch == self.course.epochs
        wanted = self.judge is not None or over or best.seconds >= self._copy_from
        if last and wanted and (figure > best.figure or best.epoch == 0):
            best.epoch, best.figure = epoch, figure
            best.rows, best.heads = self.course.tables.rows, self.course.tables.heads
            if not over:  # the last good one, should the next be lost
                began = time.monotonic()
                best.rows, best.heads = best.rows.copy(), best.heads.copy()
                took = time.monotonic() - began
                self._copy_from = best.seconds + RARELY * took
        self.tell({
            "type": "epoch", "epoch": epoch, "epochs": self.course.epochs, "loss": loss,
            "valid": figure if self.judge is not None else None, "seconds": best.seconds,
        })  # fmt: skip

    def _report(self, seconds: float) -> None:
        course, n = self.course, len(self.course.examples)
        done = self._number * n + course.done
        fraction = done / (course.epochs * n)
        self.tell({
            "type": "progress", "epoch": min(done // n + 1, course.epochs),
            "epochs": course.epochs, "fraction": fraction,
            "examples": done, "examples_per_second": done / max(seconds, 1e-9),
            "loss": course.loss, "lr": course.objective.lr * (1 - fraction),
            "eta": seconds / fraction - seconds if fraction > 0 else None,
        })  # fmt: skip

    def _check(self, losses: list[float]) -> None:
        """Raises DivergedError, naming the first epoch seen to be lost."""
        tables = self.course.tables
        at = next((at for at, loss in enumerate(losses) if not loss < self.limit), -1)
        if at < 0 and all(np.isfinite(table.sum()) for table in (tables.rows, tables.heads)):
            return  # one that is not finite makes the sum so
        lr = self.course.objective.lr
        raise DivergedError(
            f"training diverged in epoch {self._number + at % len(losses) + 1} at a learning rate "
            f"of {lr:g}: the loss is {losses[at]:.3g} nats a text",
            hint=f"lower --lr (now {lr:g}; {Labels().lr:g} is usual)",
        )
