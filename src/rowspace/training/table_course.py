"""Epochs of a table's network: early stopping on the validation part, the best weights kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import DivergedError, InputError, SettingError
from rowspace.evaluate.metrics import metric
from rowspace.objectives.columns import Columns
from rowspace.random import Stream, bits
from rowspace.table.schedules import Cosine
from rowspace.training.table_network import Network
from rowspace.vectors.table_columns import Cells
from rowspace.vectors.tabular import BLOCK, probabilities, through

Event: TypeAlias = dict[str, Any]
REPORT = 0.5
"""Seconds between two progress events."""
LOST = 50.0
"""A batch whose loss is so many times that of knowing nothing, not the classes' shares either, is
lost. (Of a rare class the shares say nearly all, and the first batch costs many times theirs.)"""
NUMBERS = ("rmse", "mae", "r2")


@final
@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """cells, y (int64 classes, or float32 of mean 0 and deviation 1), weights float32 [n]."""

    cells: Cells
    y: np.ndarray
    weights: np.ndarray


@final
@dataclass(slots=True, eq=False)
class Best:
    """The state after the best epoch so far: its number from 1, its figure, the weights."""

    epoch: int = 0
    figure: float = -math.inf
    state: tuple[np.ndarray, list[np.ndarray]] | None = None
    losses: list[float] = field(default_factory=list)
    figures: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    seconds: float = 0.0


@final
class TableCourse:
    """Trains one network; `run` ends with the best weights in it."""

    def __init__(
        self,
        network: Network,
        train: Examples,
        valid: Examples,
        *,
        classes: Sequence[str] | None,
        tell: Callable[[Event], None],
    ) -> None:
        self.network, self.train, self.valid, self.tell = network, train, valid, tell
        self.settings: Columns = network.settings
        self.figure = figure_of(self.settings.metric, classes)
        self.batch = self.settings.batch_of(len(train.y))
        self.epochs = self.settings.epochs_of(len(train.y))
        self.steps = max(1, len(train.y) // self.batch)
        self.best = Best()
        self.idle = unlearned(train)
        self.limit = LOST * (0.5 if classes is None else math.log(len(classes)))
        self._reported = 0.0

    def run(self) -> Best:
        """Epoch after epoch. Raises DivergedError; the best weights until then are restored."""
        began, bad = time.monotonic(), 0
        for epoch in range(self.epochs):
            try:
                loss = self._epoch(epoch, began)
            except DivergedError:
                if self.best.state is not None:
                    self.network.restore(self.best.state)
                raise
            figure = self.figure(self.valid, scores_of(self.network, self.valid.cells))
            self.best.losses.append(loss)
            self.best.figures.append(figure)
            self.best.rates.append(Cosine().rate(epoch + 0.5, self.epochs, high=self.settings.lr))
            if figure > self.best.figure or self.best.state is None:
                self.best.epoch, self.best.figure = epoch + 1, figure
                self.best.state, bad = self.network.state(), 0
            else:
                bad += 1
            self.best.seconds = time.monotonic() - began
            self.tell({
                "type": "epoch", "epoch": epoch + 1, "epochs": self.epochs, "loss": loss,
                "valid": figure, "best": self.best.epoch, "seconds": self.best.seconds,
            })  # fmt: skip
            if bad >= self.settings.patience:
                break
        if self.best.state is not None:
            self.network.restore(self.best.state)
        return self.best

    @property
    def learned(self) -> bool:
        """Whether the best epoch knows more than the shares of the classes, or the mean."""
        if self.best.state is None:
            return False
        loss = figure_of(None, None if self.train.y.dtype.kind == "f" else ("", ""))
        found = loss(self.valid, scores_of(self.network, self.valid.cells))
        nothing = -math.sqrt(2 * self.idle) if self.train.y.dtype.kind == "f" else -self.idle
        return found > nothing

    def _epoch(self, epoch: int, began: float) -> float:
        """One pass in an order of its own; the mean loss."""
        n, total = len(self.train.y), self.steps * self.epochs
        place = np.arange(n, dtype=np.uint64) + np.uint64(epoch * n)
        order = np.argsort(bits(self.network.seed, Stream.SHUFFLE, place), kind="stable")
        cosine, sum_ = Cosine(), 0.0
        for at in range(self.steps):
            some = order[at * self.batch : (at + 1) * self.batch]
            done = epoch * self.steps + at
            lr = cosine.rate(done, total, high=self.settings.lr)
            loss = self.network.step(
                self.train.cells.take(some), self.train.y[some], self.train.weights[some], lr
            )
            if not loss < self.limit * max(1.0, float(self.train.weights[some].max())):
                self._diverged(loss, done)
            sum_ += loss
            self._report(done + 1, total, epoch, sum_ / (at + 1), lr, began)
        if not self.network.finite:
            self._diverged(math.nan, (epoch + 1) * self.steps)
        return sum_ / self.steps

    def _diverged(self, loss: float, step: int) -> None:
        raise DivergedError(
            f"training diverged after {step:,} steps at a learning rate of {self.settings.lr:g}: "
            f"the loss is {loss:.3g}",
            hint=f"lower --lr (now {self.settings.lr:g}; {Columns().lr:g} is usual)",
        )

    def _report(
        self, done: int, total: int, epoch: int, loss: float, lr: float, began: float
    ) -> None:
        now = time.monotonic()
        if now - self._reported < REPORT:
            return
        self._reported = now
        speed = done * self.batch / max(now - began, 1e-9)
        self.tell({
            "type": "progress", "epoch": epoch + 1, "epochs": self.epochs, "fraction": done / total,
            "rows_per_second": speed, "loss": loss, "lr": lr,
            "eta": (total - done) * self.batch / max(speed, 1e-9),
        })  # fmt: skip


def unlearned(train: Examples) -> float:
    """The loss of answering with the shares of the classes, or with the mean."""
    if train.y.dtype.kind == "f":
        return 0.5
    shares = np.bincount(train.y, weights=train.weights)
    shares = shares[shares > 0] / shares.sum()
    return float(-(shares * np.log(shares)).sum())


def scores_of(network: Network, cells: Cells) -> np.ndarray:
    """What the network says of every case, float32 [n, L]."""
    layers = tuple(network.layers)
    starts = range(0, len(cells.ids), BLOCK)
    return np.concatenate([
        through(network.inputs(cells.take(slice(at, at + BLOCK))), layers) for at in starts
    ])  # fmt: skip


def figure_of(
    name: str | None, classes: Sequence[str] | None
) -> Callable[[Examples, np.ndarray], float]:
    """The figure that decides which epoch is best, the higher the better.

    Classes: a name that `evaluate.metrics` knows, "log-likelihood" (the default) among them.
    A number: rmse (the default), mae or r2. Raises SettingError.
    """
    if classes is None:
        name = "rmse" if name is None else name
        SettingError.unless(name in NUMBERS, "metric", name, "one of " + ", ".join(NUMBERS))
        return lambda part, scores: _of_numbers(str(name), part, scores[:, 0])
    if name is None or name == "log-likelihood":
        return _likelihood
    SettingError.unless(name not in NUMBERS, "metric", name, "a metric of classes, not of numbers")
    judge = metric(name, classes)

    def figure(part: Examples, scores: np.ndarray) -> float:
        known = part.y >= 0
        found = judge(part.y[known], probabilities(scores[known].astype(np.float64)))
        return found if found == found else -math.inf

    try:
        judge(np.zeros(1, np.int64), np.full((1, len(classes)), 1 / len(classes)))
    except InputError as error:  # such as the area of three classes
        raise SettingError(f"metric {name}: {error.message}", hint=error.hint) from error
    return figure


def _likelihood(part: Examples, scores: np.ndarray) -> float:
    known = part.y >= 0
    if not known.any():
        return -math.inf
    rows = np.flatnonzero(known)
    p = probabilities(scores[known].astype(np.float64))[np.arange(len(rows)), part.y[known]]
    weights = part.weights[known]
    return float(np.log(np.maximum(p, 1e-300)) @ weights / max(float(weights.sum()), 1e-300))


def _of_numbers(name: str, part: Examples, found: np.ndarray) -> float:
    off = found.astype(np.float64) - part.y
    share = part.weights / max(float(part.weights.sum()), 1e-300)
    if name == "mae":
        return -float(np.abs(off) @ share)
    squares = float((off * off) @ share)
    if name == "rmse":
        return -math.sqrt(squares)
    spread = float(((part.y - part.y @ share) ** 2) @ share)
    return 1 - squares / spread if spread > 0 else -squares
