"""One small set of threads for serial kernels: each takes the next range of the work.

Kernels release the interpreter's lock and depend on nothing but their range, so the result does
not depend on how many threads there are. Little work is done in the calling thread alone.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeAlias, final

from rowspace.errors import SettingError

Work: TypeAlias = Callable[[int, int], object]
"""Called with the first of a range and the one after the last."""

_SHARES = 4  # ranges for each thread, so that uneven ones even out


@final
class _Job:
    """Ranges of one piece of work, handed out in order; the first error stops it.

    Whoever gave it waits for the helpers that came to it, not for those still busy elsewhere: work
    may give work, and several threads may give it at once.
    """

    __slots__ = ("_done", "_inside", "_lock", "_next", "_size", "_work", "error", "parts")

    def __init__(self, work: Work, size: int, parts: int) -> None:
        self._work, self._size, self.parts = work, size, parts
        self._next = itertools.count()
        self._lock, self._inside = threading.Lock(), 0
        self._done: SimpleQueue[None] | None = SimpleQueue()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while self.error is None and (part := next(self._next)) < self.parts:
                first = self._size * part // self.parts
                self._work(first, self._size * (part + 1) // self.parts)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self.error = error

    def help(self) -> None:
        """`run` by a helper, unless all of it is done."""
        with self._lock:
            done = self._done
            if done is None:
                return
            self._inside += 1
        self.run()
        done.put(None)

    def wait(self) -> None:
        """Let no more helpers in; returns when those inside have left."""
        with self._lock:
            done, self._done = self._done, None
        while done is not None and self._inside:
            done.get()
            self._inside -= 1


@final
class _Hands:
    """The threads beside the calling one, started when first needed."""

    def __init__(self) -> None:
        self.count = _usable()
        self._queues: list[SimpleQueue[_Job]] = []
        self._lock = threading.Lock()

    def take(self, job: _Job, helpers: int) -> None:
        """Run a job here and on up to so many helpers; returns when all of it is done."""
        if len(self._queues) < helpers:
            self._hire(helpers)
        for queue in self._queues[:helpers]:
            queue.put(job)
        job.run()
        job.wait()
        if job.error is not None:
            raise job.error

    def _hire(self, helpers: int) -> None:
        with self._lock:
            while len(self._queues) < helpers:
                queue: SimpleQueue[_Job] = SimpleQueue()
                threading.Thread(
                    target=_serve, args=(queue,), daemon=True, name="rowspace-rows"
                ).start()
                self._queues.append(queue)


def _serve(queue: SimpleQueue[_Job]) -> None:
    while True:
        queue.get().help()  # not kept in a name: it holds on to the arrays it works on


def _usable() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_hands = _Hands()


def _afresh() -> None:
    """A forked child has none of its parent's threads."""
    global _hands
    count = _hands.count
    _hands = _Hands()
    _hands.count = count


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_afresh)


def get_threads() -> int:
    """How many threads look-up and learning use, the calling one among them."""
    return _hands.count


def set_threads(count: int) -> None:
    """Use so many threads from now on. Raises SettingError."""
    whole = isinstance(count, int) and not isinstance(count, bool)
    SettingError.unless(whole and 1 <= count <= 1024, "threads", count, "from 1 to 1024")
    _hands.count = count


def spread(work: Work, size: int, grain: int) -> None:
    """`work(first, last)` over ranges that make up 0 to `size`, none much smaller than `grain`."""
    hands = _hands
    parts = min(hands.count * _SHARES, size // max(grain, 1))
    if hands.count == 1 or parts < 2:
        work(0, size)
    else:
        hands.take(_Job(work, size, parts), min(hands.count, parts) - 1)
