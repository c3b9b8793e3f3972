"""`Limits`: how much one client may ask of the server, in one place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import final

from rowspace.errors import SettingError

ITEMS = 1024
"""Items, texts, pairs or vectors of one request, at most."""
ITEM_BYTES = 8192
"""Bytes of one of them."""
NEIGHBOURS = 1000
"""k at most."""
RESULTS = 100_000
"""Neighbours in one reply: queries times k."""
DEPTH = 32
"""Brackets within brackets of a request."""
POINTS = 200_000
"""Points of a map."""
EXPORTED = 100_000
"""Items of an export."""
NUMBERS = 8_000_000
"""Numbers of the vectors of an export."""


@final
@dataclass(frozen=True, slots=True)
class Limits:
    """What a server is started with; every field may be set by `--limit NAME=NUMBER`.

    body: bytes of a request. head_seconds, body_seconds: for a request's head and body to arrive.
    seconds: for the answer. threads: requests worked on at once (0: one a core); queue: those that
    wait for a thread. connections: open ones. idle_seconds: a connection is kept without a request.
    drain_seconds: for what runs at the end. Raises SettingError.
    """

    body: int = 1 << 20
    head_seconds: float = 10.0
    body_seconds: float = 10.0
    seconds: float = 10.0
    threads: int = 0
    queue: int = 64
    connections: int = 1000
    idle_seconds: float = 5.0
    drain_seconds: float = 10.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            low = 0 if field.name in ("threads", "queue") else 1e-3
            whole = field.type == "float" or isinstance(value, int)
            within = whole and low <= value <= 1e9
            SettingError.unless(within, field.name, value, f"a number from {low:g} to 1e9")

    @property
    def workers(self) -> int:
        """How many requests are worked on at once."""
        return self.threads or max(1, len(os.sched_getaffinity(0)))

    @classmethod
    def read(cls, settings: Iterable[str]) -> Limits:
        """From `name=number` each. Raises SettingError naming the fields there are."""
        kinds = {field.name: float if field.type == "float" else int for field in fields(cls)}
        found: dict[str, float] = {}
        for one in settings:
            name, _, number = one.partition("=")
            name = name.strip().replace("-", "_")
            SettingError.unless(name in kinds, "limit", one, f"one of {', '.join(kinds)}, =NUMBER")
            try:
                found[name] = kinds[name](number)
            except ValueError:
                wanted = "a number" if kinds[name] is float else "a whole number"
                raise SettingError(f"limit {name} must be {wanted}, not {number!r:.60}") from None
        return replace(cls(), **found)  # type: ignore[arg-type]  # of the field's own kind
