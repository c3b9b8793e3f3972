"""GloVe: pairs of words are counted, and units of them learned (`PairWork`)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np

from rowspace.errors import InputError
from rowspace.kernels.cpu_glove import Learned, learn
from rowspace.objectives import GloVe, Tables
from rowspace.training import crew
from rowspace.training.glove_count import Counting, write_dense
from rowspace.training.glove_merge import merged
from rowspace.training.glove_pairs import Pairs
from rowspace.training.glove_room import Room, order
from rowspace.training.settings import Settings
from rowspace.vocabulary.count import usable_cores
from rowspace.vocabulary.encode import Encoded


class Drawn(NamedTuple):
    """The pairs of a unit, int32 [n, 2], log X and f(X), float32 [n]."""

    items: np.ndarray
    logs: np.ndarray
    weights: np.ndarray


@final
class PairWork(crew.Work):
    """Stretches of the pairs, the same ones in every epoch.

    A pair that holds in either order is learned in both, half an epoch apart: one after the other
    the two tables follow each other, and their sum is worth a little less.
    """

    counted = "pairs"

    def __init__(self, objective: GloVe, tables: Tables, pairs: Pairs) -> None:
        if tables.sums is None:
            raise TypeError("glove learns by AdaGrad, and these tables have no sums")
        self.objective, self.pairs = objective, pairs
        self.stretches = -(-pairs.size // crew.UNIT)
        self.units = pairs.turns * self.stretches
        self.rates = objective.rates(tables)
        self.learned = Learned(*(one.data for one in (tables.inputs, tables.outputs, *tables.sums)))

    def room(self) -> Drawn:
        n = crew.UNIT
        return Drawn(np.empty((n, 2), np.int32), np.empty(n, np.float32), np.empty(n, np.float32))

    def scratch(self) -> np.ndarray:
        """The loss, in a cache line of its own."""
        return np.zeros(64)[32:]

    def draw(self, unit: int, room: Drawn) -> tuple[int, int]:
        place, turn = divmod(unit % self.units, self.pairs.turns)
        place = (place + turn * self.stretches // 2) % self.stretches
        start = place * crew.UNIT
        entries = self.pairs.stretch(start, min(start + crew.UNIT, self.pairs.size))
        if turn:
            entries = entries[entries["items"][:, 0] != entries["items"][:, 1]]
        n = len(entries)
        room.items[:n] = entries["items"][:, ::-1] if turn else entries["items"]
        room.logs[:n], room.weights[:n] = self.objective.targets(entries["count"])
        return n, n

    def learn(self, room: Drawn, n: int, lr: float, scratch: np.ndarray) -> int:
        top = self.objective.lr
        scale = lr / top if top else 0.0
        items, logs, weights = room
        return learn(items, logs, weights, n, self.learned, self.rates, scale, scratch)

    def loss(self, scratch: Any) -> float:
        found = float(scratch[0])
        scratch[0] = 0
        return found


def pairs_of(
    objective: GloVe,
    settings: Settings,
    encoded: Encoded,
    items: int,
    folder: Path,
    *,
    tell: Callable[[dict[str, Any]], object],
) -> Pairs:
    """The pairs of a corpus of `items` items: those in `folder` where they are what is wanted,
    else counted now. Raises ResourceError, InputError for a text without a pair."""
    made = {
        "corpus": encoded.fingerprint, "entries": encoded.entries, "items": items,
        "window": objective.window, "symmetric": objective.symmetric,
        "by_distance": objective.by_distance, "seed": settings.seed,
    }  # fmt: skip
    found = Pairs.open(folder, made)
    if found is not None:
        return found
    folder.mkdir(parents=True, exist_ok=True)
    began, threads = time.monotonic(), settings.threads or usable_cores()
    places = order(items, objective.window, settings.seed)
    most = encoded.tokens * objective.window
    room = Room.of(settings.memory, threads, most, places)
    counting = Counting(encoded, objective, items, places, room, folder)

    def told(stage: str, done: int, of: int) -> None:
        words = encoded.tokens * counting.done // max(1, encoded.entries)
        seconds = time.monotonic() - began
        fraction = done / max(1, of)
        tell({"type": "count", "stage": stage, "fraction": fraction, "words": words,
              "seconds": seconds})  # fmt: skip

    try:
        counting.count(threads, lambda done: told("counting", done, encoded.entries))
        write_dense(counting)
        pairs = merged(counting, threads, made, lambda done: told("sorting", done, room.parts))
    finally:
        for left in folder.glob("runs-*.tmp"):
            left.unlink()
    seconds = time.monotonic() - began
    tell({"type": "counted", "words": encoded.tokens, "pairs": pairs.size, "seconds": seconds})
    if not pairs.size:
        raise InputError(
            "no two words stand together: every sentence has one word",
            hint="put more than one word on a line, or lower --min-count",
        )
    return pairs
