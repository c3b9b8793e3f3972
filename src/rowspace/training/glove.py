"""`PairWork`: units of GloVe, stretches of the pairs that were counted."""

from __future__ import annotations

from typing import Any, NamedTuple, final

import numpy as np

from rowspace.kernels.cpu_glove import Learned, learn
from rowspace.objectives import GloVe, Tables
from rowspace.training import crew
from rowspace.training.glove_pairs import Pairs


class Drawn(NamedTuple):
    """The pairs of a unit, int32 [n, 2], log X and f(X), float32 [n]."""

    items: np.ndarray
    logs: np.ndarray
    weights: np.ndarray


@final
class PairWork(crew.Work):
    """The entries `unit · UNIT …` of the pairs, the same ones in every epoch."""

    counted = "pairs"

    def __init__(self, objective: GloVe, tables: Tables, pairs: Pairs) -> None:
        if tables.sums is None:
            raise TypeError("glove learns by AdaGrad, and these tables have no sums")
        self.objective, self.pairs = objective, pairs
        self.units = -(-pairs.size // crew.UNIT)
        self.rates = objective.rates(tables)
        self.learned = Learned(*(one.data for one in (tables.inputs, tables.outputs, *tables.sums)))

    def room(self) -> Drawn:
        n = crew.UNIT
        return Drawn(np.empty((n, 2), np.int32), np.empty(n, np.float32), np.empty(n, np.float32))

    def scratch(self) -> np.ndarray:
        """The loss, in a cache line of its own."""
        return np.zeros(64)[32:]

    def draw(self, unit: int, room: Drawn) -> tuple[int, int]:
        start = unit % self.units * crew.UNIT
        entries = self.pairs.stretch(start, min(start + crew.UNIT, self.pairs.size))
        n, items = len(entries), entries["items"]
        room.items[:n] = items
        room.logs[:n], room.weights[:n] = self.objective.targets(entries["count"])
        twice = np.count_nonzero(items[:, 0] != items[:, 1]) if self.pairs.both else 0
        return n, int(n + twice)

    def learn(self, room: Drawn, n: int, lr: float, scratch: np.ndarray) -> int:
        top = self.objective.lr
        scale = lr / top if top else 0.0
        both, learned = self.pairs.both, self.learned
        items, logs, weights = room
        return learn(items, logs, weights, n, both, learned, self.rates, scale, scratch)

    def loss(self, scratch: Any) -> float:
        found = float(scratch[0])
        scratch[0] = 0
        return found
