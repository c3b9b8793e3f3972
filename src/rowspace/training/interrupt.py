"""Ctrl-C and SIGTERM ask a run to stop; a second one does not wait."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any


class Interrupted(KeyboardInterrupt):
    """A run that was asked to stop and has written a checkpoint: `folder`, and the signal."""

    def __init__(self, folder: Path, number: int) -> None:
        super().__init__(f"training was interrupted; its checkpoint lies in {folder}")
        self.folder, self.signal = folder, number


class Stopped(KeyboardInterrupt):
    """A run that was asked to stop: the `signal`, and in words what of it is `kept`."""

    def __init__(self, kept: str, number: int) -> None:
        super().__init__("training was interrupted" + (f"; {kept}" if kept else ""))
        self.kept, self.signal = kept, number


class Asked:
    """Which signal asked the run to stop: 0 for none."""

    number = 0


@contextlib.contextmanager
def asked_to_stop() -> Iterator[Asked]:
    """Catch the first SIGINT or SIGTERM; the second acts as it always did.

    Only the main thread can catch signals; in another one nothing is changed.
    """
    asked = Asked()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before: dict[int, Any] = {}

    def ask(number: int, frame: FrameType | None) -> None:
        asked.number = number
        for caught, handler in before.items():
            signal.signal(caught, handler)

    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            handler = signal.getsignal(number)
            if handler is not None and handler != signal.SIG_IGN:
                before[number] = handler
                signal.signal(number, ask)
        yield asked
    finally:
        for caught, handler in before.items():
            signal.signal(caught, handler)
