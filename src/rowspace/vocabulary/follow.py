"""How far the pass over the text is, told about twice a second."""

from __future__ import annotations

import time
from typing import Any, final

from rowspace.corpus import Intake

INTERVAL = 0.5  # seconds between two reports


@final
class Progress:
    """Tells the follower of a pass how far it is, about twice a second."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._start = self._last = time.monotonic()
        self._tokens = 0

    def add(self, tokens: int) -> None:
        """Some more tokens have been read."""
        self._tokens += tokens
        now = time.monotonic()
        if now - self._last >= INTERVAL:
            self._last = now
            self._report(now)

    def end(self) -> None:
        """All have."""
        self._report(time.monotonic())

    def _report(self, now: float) -> None:
        if self._intake.report is not None:
            event: dict[str, Any] = {
                "type": "scan",
                "tokens": self._tokens,
                "bytes": self._intake.raw_bytes,
                "seconds": round(now - self._start, 3),
            }
            self._intake.report(event)
