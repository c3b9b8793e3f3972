"""Epochs of a classifier: threads that share the tables."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.kernels.classify_reference import LOSSES
from rowspace.kernels.cpu_classify import How, Scratch, Tables, Texts, Walk, learn_texts, scratch
from rowspace.kernels.tree_reference import join, paths
from rowspace.objectives.labels import Labels
from rowspace.objectives.sampling import noise
from rowspace.ragged import Ragged
from rowspace.random import Stream, state
from rowspace.vocabulary.families import FAMILIES

GLANCE = 0.05
COPIED = 1 << 16
"""Numbers of the labels' rows up to which each thread has a copy."""
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
    """Trains `tables` on `examples`, epoch by epoch."""

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
        self._next = np.zeros(16, np.int64)  # the next text to hand out, in a line of its own
        self._stop = 0
        self._key = state(seed, Stream.SHUFFLE)[()]
        self._tally = np.zeros((threads, 1, 2))
        self._error: BaseException | None = None
        self._lock, self._over, self._left = threading.Lock(), threading.Event(), 0

    @property
    def labels(self) -> int:
        """How many labels there are."""
        return len(self.tables.head_sums)

    @property
    def done(self) -> int:
        """How many texts the threads have learned since they began."""
        return int(self._tally[:, :, 1].sum())

    @property
    def loss(self) -> float:
        """The mean loss of these."""
        return float(self._tally[:, :, 0].sum()) / max(1, self.done)

    def epoch(self, number: int, watch: Callable[[], bool]) -> float:
        """Every text once, in an order of the epoch's own; the mean loss. `watch` as below."""
        return float(self.stretch(number, 1, watch)[0])

    def stretch(self, first: int, count: int, watch: Callable[[], bool]) -> np.ndarray:
        """`count` epochs from number `first` on; the mean loss of each that there was, float64.

        `watch` is called now and then in the calling thread; when it returns True, texts begun are
        finished and no more are taken: the last loss is that of the texts there were.
        """
        n = len(self.examples)
        self._error, self._left, self._stop = None, self.threads, (first + count) * n
        self._next[0] = first * n
        self._over.clear()
        walk = Walk(
            self._next, self._stop, first, float(self.epochs * n), float(self.objective.lr),
            self._key,  # type: ignore[arg-type]
        )  # fmt: skip
        self._tally = np.zeros((self.threads, count + 8, 2))  # apart: no two share a line
        threads = [
            threading.Thread(target=self._guard, args=(walk, tally), daemon=True)
            for tally in self._tally
        ]
        for thread in threads:
            thread.start()
        try:
            while not self._over.wait(GLANCE) and not watch():
                pass
        finally:
            self._next[0] = self._stop
        for thread in threads:
            thread.join()
        if self._error is not None:
            raise self._error
        losses, counts = self._tally.sum(axis=0).T
        kept = max(1, int(np.count_nonzero(counts)))
        return losses[:kept] / np.maximum(1, counts[:kept])

    def _guard(self, walk: Walk, tally: np.ndarray) -> None:
        try:
            learn_texts(self.texts, walk, self.tables, self.how, self._scratch(), tally)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self._error = self._error or error
            self._next[0] = self._stop
        with self._lock:
            self._left -= 1
            if not self._left:
                self._over.set()

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
