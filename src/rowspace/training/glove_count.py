"""Pairs counted out of core: threads count stretches of the ids, and write what does not fit.

    ids → cells of frequent pairs, words of the others → sorted, summed records in `runs` on disk

The memory taken does not depend on the text; the counts depend on neither memory nor threads, for
they are whole numbers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, final

import numpy as np

from rowspace.files import atomic
from rowspace.kernels import cpu_cooccurrence as kernels
from rowspace.kernels.cooccurrence_reference import units
from rowspace.kernels.cpu_cooccurrence import Dense, Order
from rowspace.objectives import GloVe
from rowspace.training.glove_room import Room, dense
from rowspace.vocabulary.encode import Encoded

TOP = 10  # bits of a place by which words are parted before they are sorted
DIGIT = 11  # bits they are sorted by at a time
GLANCE = 0.5  # seconds between two looks at how far it is


def passes(bits: int) -> tuple[int, int]:
    """How many digits, of how many bits, sort by so many bits."""
    turns = max(1, -(-bits // DIGIT))
    return turns, max(1, -(-bits // turns))


class Run(NamedTuple):
    """Records in a file from byte `start` on, sorted by place; part p begins at cuts[p]."""

    path: Path
    start: int
    cuts: np.ndarray


@final
@dataclass(slots=True)
class Counting:
    """The text, how it is counted, and what is there so far."""

    encoded: Encoded
    objective: GloVe
    items: int
    order: Order
    room: Room
    folder: Path
    runs: list[Run] = field(default_factory=list)
    blocks: list[Dense] = field(default_factory=list)
    done: int = 0  # entries
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _halt: threading.Event = field(default_factory=threading.Event)

    def count(self, threads: int, told: Callable[[int], Any]) -> None:
        """Count all of it; `told` hears now and then how many entries are done."""
        with ThreadPoolExecutor(threads) as pool:
            jobs = {pool.submit(self._worked, k) for k in range(threads)}
            try:
                while (state := wait(jobs, GLANCE, FIRST_EXCEPTION)).not_done:
                    if any(job.exception() for job in state.done):
                        break
                    told(self.done)
            finally:
                self._halt.set()
        for job in jobs:
            job.result()

    def _worked(self, thread: int) -> None:
        own = _Thread(self, self.folder / f"runs-{thread}.tmp")
        with atomic.reporting(own.path), own.path.open("wb", buffering=0) as file:
            while (stretch := self._take()) is not None:
                own.count(*stretch, file)
                with self._lock:
                    self.done += stretch[1] - stretch[0]
            own.spill(file)
        with self._lock:
            self.runs += own.runs
            self.blocks.append(own.dense)

    def _take(self) -> tuple[int, int] | None:
        with self._lock:
            start = self._next
            if self._halt.is_set() or start >= self.encoded.entries:
                return None
            self._next = min(start + self.room.stretch, self.encoded.entries)
            return start, self._next


@final
class _Thread:
    """What one thread counts into: a dense block, and words that are spilled when they are many."""

    def __init__(self, counting: Counting, path: Path) -> None:
        self.counting, self.path = counting, path
        room, objective = counting.room, counting.objective
        self.runs: list[Run] = []
        self.dense = dense(counting.items, room.cells, symmetric=objective.symmetric)
        self.units, _ = units(objective.window, objective.by_distance)
        self.top = min(TOP, counting.order.bits)
        self.tops = np.zeros(1 << self.top, np.int64)
        self.words, self.other = (np.empty(room.words, np.uint64) for _ in range(2))
        self.n = 0

    def count(self, start: int, stop: int, file: BinaryIO) -> None:
        """The pairs that end in entries `start` to `stop`."""
        counting, objective = self.counting, self.counting.objective
        before = max(0, start - objective.window)
        ids, at = counting.encoded.stretch(before, stop), start - before
        while True:
            at, self.n = kernels.count(
                ids, at, objective.window, objective.symmetric, self.units, counting.order,
                self.dense, self.words, self.n, self.tops, self.top,
            )  # fmt: skip
            if at >= len(ids):
                return
            self.spill(file)

    def spill(self, file: BinaryIO) -> None:
        """Write the words as a run of records."""
        order, room = self.counting.order, self.counting.room
        if not self.n:
            return
        starts = np.concatenate([[0], np.cumsum(self.tops)])
        kernels.part_words(self.words, self.n, order, self.top, starts[:-1].copy(), self.other)
        turns, width = passes(order.bits - self.top)
        scratch = np.empty(1 << width, np.int64)
        kernels.sort_parts(self.other, self.words, starts, order.low, width, turns, scratch)
        words, at = (self.words if turns % 2 else self.other), 0
        writing = _Writing(file, order, room)
        while at < self.n:
            at, m = kernels.sum_words(words, at, self.n, order.low, self.units, writing.block)
            writing.take(m)
        self.runs.append(writing.run(self.path))
        self.n = 0
        self.tops[:] = 0


@final
class _Writing:
    """A run on its way to a file, block by block."""

    def __init__(self, file: BinaryIO, order: Order, room: Room) -> None:
        self.file, self.start = file, file.tell()
        self.block = np.empty((room.block, 2), np.uint64)
        self.shift = np.uint64(order.bits - (room.parts.bit_length() - 1))
        self.counts = np.zeros(room.parts, np.int64)

    def take(self, n: int) -> None:
        """The first n records of the block."""
        parts = (self.block[:n, 0] >> self.shift).astype(np.int64)
        self.counts += np.bincount(parts, minlength=len(self.counts))
        data = self.block[:n].data.cast("B")
        while data:
            data = data[self.file.write(data) :]

    def run(self, path: Path) -> Run:
        """The run that was written."""
        return Run(path, self.start, np.concatenate([[0], np.cumsum(self.counts)]))


def write_dense(counting: Counting) -> None:
    """The dense blocks of all threads, summed, as runs of their own; their memory is given back."""
    symmetric, order, room = counting.objective.symmetric, counting.order, counting.room
    whole = counting.blocks.pop()
    for other in counting.blocks:
        whole.cells[:] += other.cells
    counting.blocks.clear()
    path, at = counting.folder / "runs-dense.tmp", 0
    longest = int(whole.limits.max(initial=1))
    records = np.empty((max(room.block, longest), 2), np.uint64)
    with atomic.reporting(path), path.open("wb", buffering=0) as file:
        while at < len(whole.limits):
            at, n = kernels.dense_records(whole, symmetric, order, at, records)
            writing = _Writing(file, order, room)
            writing.block = records[:n][np.argsort(records[:n, 0])]
            if n:
                writing.take(n)
                counting.runs.append(writing.run(path))
