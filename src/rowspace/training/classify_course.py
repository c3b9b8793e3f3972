"""Epochs of a classifier: threads that share the tables, the best epoch kept."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import DivergedError
from rowspace.kernels.classify_reference import LOSSES
from rowspace.kernels.cpu_classify import How, Scratch, Tables, Texts, learn_texts, scratch
from rowspace.kernels.tree_reference import join, paths
from rowspace.objectives.labels import Labels
from rowspace.objectives.sampling import noise
from rowspace.ragged import Ragged
from rowspace.random import Stream, bits, state
from rowspace.vocabulary.families import FAMILIES

Event: TypeAlias = dict[str, Any]
REPORT = 0.5
"""Seconds between two progress events."""
GLANCE = 0.05
UNIT = 512
"""Texts that a thread takes at a time, at most."""
COPIED = 1 << 16
"""Numbers of the labels' rows up to which each thread has a copy."""
RARELY = 20.0
"""Without a validation part, copying takes at most one part in so many of the time."""
LOST = 8.0
"""An epoch whose loss is so many times that of knowing nothing is lost."""
NOISE_POWER = 0.5


@final
@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """bags: the four bags of each text, one after another. labels: of each text."""

    bags: Ragged
    labels: Ragged
    weights: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def texts(self) -> Texts:
        """The same for the kernel."""
        ids = self.labels.ids.astype(np.int32)
        return Texts(
            self.bags.ids, self.bags.offsets, FAMILIES, ids, self.labels.offsets, self.weights
        )


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


def how_of(objective: Labels, counts: np.ndarray, seed: int) -> How:
    """What the kernel is told. counts int64 [L]: how often each label was seen, falling."""
    none, nodes = np.zeros(0, np.int32), np.zeros(0, np.int32)
    cuts, ones = np.zeros(1, np.int64), none
    chance, alias = np.zeros(0, np.uint32), none
    if objective.loss == "hs":
        nodes, cuts, ones = paths(join(counts))
    if objective.loss == "ns":
        chance, alias = noise(counts, NOISE_POWER)
    return How(
        LOSSES[objective.loss], objective.rule == "adagrad",
        float(objective.dropout), float(objective.decay), objective.dim,
        nodes, cuts, ones, chance, alias, objective.negative,
        state(seed, Stream.DROPOUT)[()],  # type: ignore[arg-type]
    )  # fmt: skip


def blank_loss(objective: Labels, counts: np.ndarray, how: How) -> float:
    """The loss a text of a model that knows nothing: what a run is held against."""
    size = len(counts)
    if objective.loss == "softmax":
        return math.log(size)
    if objective.loss == "ova":
        return size * math.log(2)
    if objective.loss == "ns":
        return (1 + objective.negative) * math.log(2)
    lengths = np.diff(how.node_cuts)
    return float((lengths * counts).sum() / max(1, counts.sum())) * math.log(2)


def lost_beyond(blank: float) -> float:
    """The mean loss from which on a run is lost."""
    return LOST * max(blank, math.log(2))


@final
class ClassifyCourse:
    """Trains `tables` on `examples`; `run` goes through the epochs."""

    def __init__(
        self,
        objective: Labels,
        examples: Examples,
        tables: Tables,
        how: How,
        *,
        epochs: int,
        threads: int,
        seed: int,
    ) -> None:
        self.objective, self.examples, self.tables, self.how = objective, examples, tables, how
        self.epochs, self.threads, self.seed = epochs, threads, seed
        self.texts = examples.texts
        self.unit = max(1, min(UNIT, len(examples) // (8 * threads)))
        self._lock, self._next, self.done, self.loss = threading.Lock(), 0, 0, 0.0
        self._error: BaseException | None = None
        self._left = 0
        self._halt, self._over = threading.Event(), threading.Event()

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return len(self.tables.head_sums)

    def epoch(self, number: int, watch: Callable[[], bool]) -> float:
        """Every text once, in an order of the epoch's own; the mean loss.

        `watch` is called now and then in the calling thread; when it returns True, units begun
        are finished and no more are taken.
        """
        n = len(self.examples)
        drawn = bits(self.seed, Stream.SHUFFLE, number * n + np.arange(n))
        order = np.argsort(drawn, kind="stable")
        self._next, self.loss, self._error, self.done = 0, 0.0, None, 0
        self._left = self.threads
        self._halt.clear()
        self._over.clear()
        threads = [
            threading.Thread(target=self._guard, args=(order, number), daemon=True)
            for _ in range(self.threads)
        ]
        for thread in threads:
            thread.start()
        try:
            while not self._over.wait(GLANCE) and not watch():
                pass
        finally:
            self._halt.set()
        for thread in threads:
            thread.join()
        if self._error is not None:
            raise self._error
        return self.loss / max(1, self.done)

    def _guard(self, order: np.ndarray, number: int) -> None:
        try:
            self._work(order, number, self._scratch())
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self._error = self._error or error
            self._halt.set()
        with self._lock:
            self._left -= 1
            if not self._left:
                self._over.set()

    def _work(self, order: np.ndarray, number: int, own: Scratch) -> None:
        n = len(order)
        while True:
            with self._lock:
                first = self._next
                if first >= n or self._halt.is_set():
                    return
                self._next = last = min(n, first + self.unit)
            lr = self.objective.lr * (1 - (number * n + first) / (self.epochs * n))
            loss = learn_texts(
                self.texts, order[first:last], self.labels, number * n + first,
                self.tables, self.how, lr, own,
            )  # fmt: skip
            with self._lock:
                self.loss += loss
                self.done += last - first

    def _scratch(self) -> Scratch:
        offsets = self.examples.bags.offsets
        longest = int(np.diff(offsets[::FAMILIES]).max(initial=1))
        several = int(self.examples.labels.lengths.max(initial=1))
        looked_at = self.labels
        if self.objective.loss == "hs":
            looked_at = several * int(np.diff(self.how.node_cuts).max(initial=1))
        if self.objective.loss == "ns":
            looked_at = several * (1 + self.objective.negative)
        stride, ids = self.tables.rows.shape[1], self.examples.bags.ids.dtype.type
        copied = self.labels if self.threads > 1 and self.labels * stride <= COPIED else 0
        return scratch(stride, longest, FAMILIES, looked_at, ids, copied=copied)


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
        self._copy_from = 0.0  # seconds of training from which on a copy is worth its time

    def run(self, asked: Callable[[], bool]) -> bool:
        """All epochs; whether they were not cut short by `asked`. Raises DivergedError."""
        course, best, began = self.course, self.best, time.monotonic()
        reported = began
        for number in range(course.epochs):

            def watch(number: int = number) -> bool:
                nonlocal reported
                now = time.monotonic()
                best.seconds = now - began
                if now - reported >= REPORT:
                    self._report(number, now - began)
                    reported = now
                return asked()

            loss = course.epoch(number, watch)
            best.seconds = time.monotonic() - began
            self._check(loss, number)
            if asked():
                return False
            best.losses.append(loss)
            self._close(number + 1, loss)
            if self.patience is not None and number + 1 - best.epoch > self.patience:
                break
        return True

    def _close(self, epoch: int, loss: float) -> None:
        best, figure = self.best, float(epoch)
        if self.judge is not None:
            figure = self.judge()
            best.figures.append(figure)
        last = epoch == self.course.epochs
        wanted = self.judge is not None or last or best.seconds >= self._copy_from
        if wanted and (figure > best.figure or best.epoch == 0):
            best.epoch, best.figure = epoch, figure
            best.rows, best.heads = self.course.tables.rows, self.course.tables.heads
            if not last:  # the last good one, should the next be lost
                began = time.monotonic()
                best.rows, best.heads = best.rows.copy(), best.heads.copy()
                took = time.monotonic() - began
                self._copy_from = best.seconds + RARELY * took
        self.tell({
            "type": "epoch", "epoch": epoch, "epochs": self.course.epochs, "loss": loss,
            "valid": figure if self.judge is not None else None, "seconds": best.seconds,
        })  # fmt: skip

    def _report(self, number: int, seconds: float) -> None:
        course = self.course
        n = len(course.examples)
        fraction = (number * n + course.done) / (course.epochs * n)
        self.tell({
            "type": "progress", "epoch": number + 1, "epochs": course.epochs, "fraction": fraction,
            "examples": number * n + course.done,
            "examples_per_second": (number * n + course.done) / max(seconds, 1e-9),
            "loss": course.loss / max(1, course.done), "lr": course.objective.lr * (1 - fraction),
            "eta": seconds / fraction - seconds if fraction > 0 else None,
        })  # fmt: skip

    def _check(self, loss: float, number: int) -> None:
        tables, lost = self.course.tables, not loss < self.limit
        for table in (tables.rows, tables.heads):  # one that is not finite makes the sum so
            lost = lost or not np.isfinite(table.sum())
        if lost:
            lr = self.course.objective.lr
            raise DivergedError(
                f"training diverged in epoch {number + 1} at a learning rate of {lr:g}: "
                f"the loss is {loss:.3g} nats a text",
                hint=f"lower --lr (now {lr:g}; {Labels().lr:g} is usual)",
            )
