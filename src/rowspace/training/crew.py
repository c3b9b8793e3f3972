"""`Crew`: threads that work a run, unit by unit.

A unit is a fixed stretch of the encoded corpus in one epoch (or of what was counted in it). What
is drawn from it depends on the seed and its position alone, and so does its learning rate. By
default every thread draws and learns its own units on shared tables, without locks. Deterministic,
one thread learns all units in order while another draws those to come: the same bits, however many
they are.
"""

from __future__ import annotations

import queue
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias, final

UNIT = 16384  # entries of the corpus a thread takes at a time
Room: TypeAlias = Any  # what a unit is drawn into
Scratch: TypeAlias = Any  # what a thread learns with


@dataclass(slots=True)
class Tally:
    """What was done since it was last taken: words read, predictions made, their loss in nats."""

    words: int = 0
    predictions: int = 0
    loss: float = 0.0

    def add(self, other: Tally) -> None:
        self.words += other.words
        self.predictions += other.predictions
        self.loss += other.loss

    @property
    def mean_loss(self) -> float:
        """Nats a prediction, NaN where there was none."""
        return self.loss / self.predictions if self.predictions else float("nan")


class Work(ABC):
    """How a unit is done: drawn into a room, then learned from there."""

    counted: ClassVar[str] = "words"
    """What is counted on the way."""

    @abstractmethod
    def room(self) -> Room:
        """Space for what is drawn from a unit."""

    @abstractmethod
    def scratch(self) -> Scratch:
        """What one thread needs to learn."""

    @abstractmethod
    def draw(self, unit: int, room: Room) -> tuple[int, int]:
        """Fill the room: how many examples there are, and how many words (`counted`)."""

    @abstractmethod
    def learn(self, room: Room, n: int, lr: float, scratch: Scratch) -> int:
        """Learn from the examples; how many predictions they were."""

    @abstractmethod
    def loss(self, scratch: Scratch) -> float:
        """The loss of the predictions made since it was last asked for."""


@final
@dataclass(slots=True)
class Crew:
    """The work: units `0 … units·epochs`, and how to do one. `rate(unit)` is its learning rate."""

    work: Work
    rate: Callable[[int], float]
    threads: int
    deterministic: bool
    tally: Tally = field(default_factory=Tally)
    epoch: Tally = field(default_factory=Tally)  # all of it: summed in order, whoever looks when
    done: int = 0
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _halt: threading.Event = field(default_factory=threading.Event)
    _error: BaseException | None = None

    def run(self, first: int, stop: int, *, watch: Callable[[], bool], every: float) -> int:
        """Work units `first` to `stop`; returns the first one not done.

        `watch` is called every `every` seconds in the calling thread; when it returns True the
        units begun are finished and no more are taken. An error in a thread is raised here.
        """
        self._next, self.done, self._error = first, first, None
        self._halt.clear()
        over = threading.Event()
        threads = [threading.Thread(target=self._guard, args=(job, stop)) for job in self._jobs()]
        waiter = threading.Thread(target=_announce, args=(threads, over))
        for thread in (*threads, waiter):
            thread.daemon = True
            thread.start()
        try:
            while not over.wait(every):
                if watch():
                    self._halt.set()
        finally:
            self._halt.set()
        for thread in (waiter, *threads):
            thread.join()
        if self._error is not None:
            raise self._error
        watch()
        return self.done

    def take_tally(self) -> Tally:
        """The tally so far, begun anew."""
        with self._lock:
            tally, self.tally = self.tally, Tally()
        return tally

    def _jobs(self) -> list[Callable[[int], None]]:
        if not self.deterministic:
            return [self._draw_and_learn] * self.threads
        if self.threads == 1:
            return [self._draw_and_learn]
        drawn: queue.Queue[tuple[int, Room, int, int] | None] = queue.Queue(maxsize=2)
        return [lambda stop: self._draw(stop, drawn), lambda stop: self._learn(drawn)]

    def _guard(self, job: Callable[[int], None], stop: int) -> None:
        try:
            job(stop)
        except BaseException as error:  # noqa: BLE001 - carried to the thread that called `run`
            self._error = self._error or error
            self._halt.set()

    def _take(self, stop: int) -> int | None:
        with self._lock:
            if self._halt.is_set() or self._next >= stop:
                return None
            self._next += 1
            return self._next - 1

    def _book(self, scratch: Scratch, words: int, predictions: int) -> None:
        tally = Tally(words, predictions, self.work.loss(scratch))
        with self._lock:
            self.tally.add(tally)
            self.epoch.add(tally)
            self.done += 1

    def _draw_and_learn(self, stop: int) -> None:
        room, scratch = self.work.room(), self.work.scratch()
        while (unit := self._take(stop)) is not None:
            n, words = self.work.draw(unit, room)
            self._book(scratch, words, self.work.learn(room, n, self.rate(unit), scratch))

    def _draw(self, stop: int, drawn: queue.Queue[tuple[int, Room, int, int] | None]) -> None:
        # Two wait in the queue, one is being learned, one being drawn.
        rooms = [self.work.room() for _ in range(4)]
        try:
            while (unit := self._take(stop)) is not None:
                room = rooms[unit % 4]
                n, words = self.work.draw(unit, room)
                drawn.put((unit, room, n, words))
        finally:
            drawn.put(None)

    def _learn(self, drawn: queue.Queue[tuple[int, Room, int, int] | None]) -> None:
        scratch = self.work.scratch()
        failed: BaseException | None = None
        while (job := drawn.get()) is not None:
            unit, room, n, words = job
            if failed is None:
                try:
                    predictions = self.work.learn(room, n, self.rate(unit), scratch)
                    self._book(scratch, words, predictions)
                except BaseException as error:  # noqa: BLE001 - the queue is emptied, then raised
                    failed = error
                    self._halt.set()
        if failed is not None:
            raise failed


def _announce(threads: list[threading.Thread], over: threading.Event) -> None:
    for thread in threads:
        while thread.ident is None:  # not started yet
            over.wait(0.001)
        thread.join()
    over.set()
