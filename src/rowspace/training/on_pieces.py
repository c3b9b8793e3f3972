"""Pieces of an epoch handed out to threads in their order, while the calling one looks on."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
GLANCE = 0.05  # seconds between two looks


def on_pieces(
    work: Callable[[int, int, T], None],
    size: int,
    piece: int,
    rooms: list[T],
    *,
    watch: Callable[[], bool],
) -> bool:
    """`work(first, last, room)` over pieces of 0 to `size`, one thread for each of `rooms`.

    `watch` is called every so often in the calling thread; when it returns True no more pieces are
    begun. Returns whether all were done. An error in a thread is raised here.
    """
    pieces, halt = itertools.count(), threading.Event()
    errors: list[BaseException] = []

    def take(room: T) -> None:
        try:
            while not halt.is_set() and (first := next(pieces) * piece) < size:
                work(first, min(first + piece, size), room)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            errors.append(error)
            halt.set()

    threads = [threading.Thread(target=take, args=(one,), daemon=True) for one in rooms]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(GLANCE)
                if watch():
                    halt.set()
    finally:
        whole = not halt.is_set()
        halt.set()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return whole
