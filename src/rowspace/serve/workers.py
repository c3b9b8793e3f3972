"""`Workers`: a few threads that answer, a queue of bounded length before them, and a deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, Lock
from typing import TypeAlias, TypeVar, final

from rowspace.serve.limits import Limits
from rowspace.serve.refusal import Refusal

T = TypeVar("T")
Check: TypeAlias = Callable[[], None]
"""Called between two parts of the work; raises Refusal 504 once nobody waits for it any more."""


def unhurried() -> None:
    """A `Check` that lets everything pass."""


@final
class Workers:
    """Runs work in threads. What does not find a place in the queue is refused at once."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.workers, thread_name_prefix="rowspace-serve")
        self._lock = Lock()
        self._held = 0
        self._over = Event()

    @property
    def held(self) -> int:
        """How much is being worked on or waits."""
        return self._held

    async def run(self, work: Callable[[Check], T]) -> T:
        """`work(check)` in a thread. Raises Refusal 503 (no place) or 504 (too late).

        Work that has begun cannot be stopped from outside: it is told by `check`, and keeps its
        thread until it asks.
        """
        with self._lock:
            if self._over.is_set() or self._held >= self._limits.workers + self._limits.queue:
                raise Refusal(503, "the server is busy", hint="ask again in a moment", retry=1)
            self._held += 1
        deadline = time.monotonic() + self._limits.seconds
        gone = Event()

        def check() -> None:
            if gone.is_set() or self._over.is_set() or time.monotonic() > deadline:
                raise self._late()

        def job() -> T:
            check()
            return work(check)

        future = self._submit(job)
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise self._late() from None
        finally:
            gone.set()
            future.cancel()

    def prepare(self, work: Callable[[], None]) -> None:
        """Does `work` beside the requests, when a thread is free; nobody waits for it."""
        with self._lock:
            self._held += 1
        self._submit(work)

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        try:
            future = self._pool.submit(work)
        except RuntimeError:  # shut down
            self._leave()
            raise Refusal(503, "the server is stopping", retry=1) from None
        future.add_done_callback(lambda _: self._leave())
        return future

    def _leave(self) -> None:
        with self._lock:
            self._held -= 1

    def _late(self) -> Refusal:
        return Refusal(
            504,
            f"no answer within {self._limits.seconds:g} seconds",
            hint="ask for less at a time",
        )

    def close(self) -> None:
        """Takes nothing more; what waits is dropped, what runs stops where it next checks."""
        self._over.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
