"""`WindowWork`: units of an objective that predicts inside windows of the encoded corpus."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np

from rowspace.kernels.cpu_windows import Sampling, Windows, draw_windows, room
from rowspace.kernels.cpu_words import Scratch, scratch
from rowspace.kernels.reference import log_loss_take
from rowspace.objectives import Prediction, Tables
from rowspace.objectives.sampling import sampling
from rowspace.training import crew
from rowspace.vocabulary.encode import Encoded


class Drawn(NamedTuple):
    """The windows of a unit, and what is left of its entries while they are drawn."""

    windows: Windows
    kept: np.ndarray


@final
class WindowWork(crew.Work):
    """The entries `unit · UNIT …` of the corpus, epoch after epoch."""

    def __init__(
        self,
        objective: Prediction,
        tables: Tables,
        encoded: Encoded,
        *,
        counts: np.ndarray,
        seed: int,
    ) -> None:
        self.objective, self.tables, self.encoded = objective, tables, encoded
        self.units = -(-encoded.entries // crew.UNIT)
        self.step = objective.step(tables)
        self.sampling: Sampling = sampling(
            objective, counts, per_pair=objective.per_pair(tables), seed=seed
        )

    def room(self) -> Drawn:
        return Drawn(room(crew.UNIT, self.sampling), np.empty((2, crew.UNIT), np.int32))

    def scratch(self) -> Scratch:
        objective, bags = self.objective, self.tables.bags
        longest, stride = int(bags.lengths.max(initial=1)), self.tables.inputs.data.shape[1]
        met = objective.met(self.tables)
        ids, prefixes = bags.ids.dtype.type, max(1, len(objective.prefixes))
        return scratch(objective.window, met, longest, stride, ids, prefixes=prefixes)

    def draw(self, unit: int, room: Drawn) -> tuple[int, int]:
        epoch, at = divmod(unit, self.units)
        start = at * crew.UNIT
        ids = self.encoded.stretch(start, min(start + crew.UNIT, self.encoded.entries))
        position = epoch * self.encoded.entries + start
        n = draw_windows(ids, position, self.sampling, room.kept, room.windows)
        return n, int(np.count_nonzero(ids >= 0))

    def learn(self, room: Drawn, n: int, lr: float, scratch: Scratch) -> int:
        return self.step(room.windows, n, lr, scratch)

    def loss(self, scratch: Scratch) -> float:
        return log_loss_take(scratch.loss)
