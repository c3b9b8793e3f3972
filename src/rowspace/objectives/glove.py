"""GloVe: the rows of two words meet in the logarithm of how often the words stand together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

import numpy as np

from rowspace.errors import SettingError
from rowspace.objectives.objective import Objective, Tables, whole_within, within
from rowspace.table.table import Table
from rowspace.vocabulary import Vocabulary

if TYPE_CHECKING:
    from rowspace.kernels.cpu_glove import Rates

VECTORS = ("sum", "words")
_OTHER = 1 << 63  # seeds end below it, so the second table has numbers of its own
_BIASES = 20.0  # how much faster biases learn, up to a rate of 1: at 0.05 Stanford's program's
_LOST = 1e4  # half the square of a logarithm is below 1000, whatever was counted


@final
@dataclass(frozen=True, slots=True)
class GloVe(Objective):
    """Σ f(Xᵢⱼ) (wᵢ·w̃ⱼ + bᵢ + b̃ⱼ - log Xᵢⱼ)², f(x) = min(1, (x / x_max)^alpha) (Pennington, Socher
    and Manning 2014), by AdaGrad.

    X is counted before training: for each word the words up to `window` before it, and after it
    where `symmetric`, each for 1 / distance where `by_distance`, else for 1. Each number of a
    gradient is held to ±clip. min_lr: where a schedule is to end; None: the rate stays at lr.
    vectors: "sum" (W + W̃, as the paper has it) or "words" (W alone).
    Needs a row of its own for each word. Raises SettingError.
    """

    lr: float = 0.05
    window: int = 15
    symmetric: bool = True
    by_distance: bool = True
    x_max: float = 100.0
    alpha: float = 0.75
    clip: float = 100.0
    vectors: str = "sum"
    min_lr: float | None = None

    name: ClassVar[str] = "glove"
    measure: ClassVar[str] = "a pair"
    starts: ClassVar[bool] = False
    shares: ClassVar[bool] = False
    copies: ClassVar[int] = 2

    def __post_init__(self) -> None:
        super(GloVe, self).__post_init__()
        whole_within("window", self.window, 1, 1000)
        for field in ("symmetric", "by_distance"):
            value = getattr(self, field)
            SettingError.unless(isinstance(value, bool), field, value, "true or false")
        within("x_max", self.x_max, 1e-6, 1e18)
        within("alpha", self.alpha, 0, 10)
        within("clip", self.clip, 1e-6, 1e9)
        known = self.vectors in VECTORS
        SettingError.unless(known, "vectors", self.vectors, " or ".join(VECTORS))
        if self.min_lr is not None:
            within("min_lr", self.min_lr, 0, self.lr)

    @property
    def lowest(self) -> float:
        return self.lr if self.min_lr is None else self.min_lr

    @property
    def lost(self) -> float:
        return _LOST

    def begin(self, vocabulary: Vocabulary, seed: int) -> Tables:
        """Rows [w, b, 1] and [w̃, 1, b̃], whose product is w·w̃ + b + b̃; all but the ones even in
        ±1/2D. The sums of squares start at 1, as in Stanford's program."""
        size, width = len(vocabulary), self.dim + 2
        inputs, outputs = (
            Table.uniform(size, width, seed=one, bound=0.5 / self.dim)
            for one in (seed, seed | _OTHER)
        )
        inputs.rows[:, self.dim + 1] = 1
        outputs.rows[:, self.dim] = 1
        sums = (Table(size, width), Table(size, width))
        for table in sums:
            table.data[:] = 1
        return Tables(inputs, outputs, vocabulary.bags(), False, None, sums)

    def rows(self, tables: Tables) -> np.ndarray:
        words = tables.inputs.rows[:, : self.dim]
        if self.vectors == "words":
            return np.ascontiguousarray(words)
        return np.asarray(words + tables.outputs.rows[:, : self.dim])

    def rates(self, tables: Tables) -> Rates:
        """How fast each column learns: the biases faster, the ones not at all."""
        from rowspace.kernels.cpu_glove import Rates

        found = np.zeros((2, tables.inputs.data.shape[1]), np.float32)
        found[:, : self.dim] = self.lr
        found[0, self.dim] = found[1, self.dim + 1] = min(1.0, _BIASES * self.lr)
        return Rates(found[0], found[1], self.clip)

    def targets(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """log X and f(X) of counts float32 [n], both float32 [n]."""
        logs = np.log(counts)
        below = np.minimum(logs - np.float32(math.log(self.x_max)), np.float32(0))
        return logs, np.exp(np.float32(self.alpha) * below)
