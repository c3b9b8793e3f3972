"""`Objective`: what pulls the rows of words together or apart; `Prediction`: inside a window.

A word predicts its neighbours, or they predict it, against words drawn from a noise distribution:
the loss of one prediction is -log σ(u·v) - Σₖ log σ(-u·vₖ) (Mikolov et al. 2013).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from rowspace.errors import SettingError
from rowspace.ragged import Ragged
from rowspace.table.table import Table
from rowspace.vocabulary import Vocabulary

if TYPE_CHECKING:
    from rowspace.kernels.cpu_windows import Windows
    from rowspace.kernels.cpu_words import Scratch

    Step = Callable[[Windows, int, float, Scratch], int]
else:
    Step = Callable

# A prediction starts at (K + 1)·ln 2; one that is worse than this many times that is lost.
_LOST = 6.0


class Tables(NamedTuple):
    """What learns: input rows [R, D], output rows [V, D] (a row an item), the bag of each item.

    `frozen` uint8 [R]: where it is not 0 the input row stays as it is. None: every row learns.
    sums: of the squared gradients of both, for an objective that learns by AdaGrad.
    """

    inputs: Table
    outputs: Table
    bags: Ragged
    mean: bool
    frozen: np.ndarray | None = None
    sums: tuple[Table, Table] | None = None

    @property
    def plain(self) -> bool:
        """Whether each item's bag is its own row alone."""
        return np.array_equal(self.bags.ids, np.arange(len(self.outputs)))


@dataclass(frozen=True, slots=True)
class Objective(ABC):
    """dim: numbers in a vector (D). lr: the learning rate at its height."""

    dim: int = 200
    lr: float = 0.025

    name: ClassVar[str]
    measure: ClassVar[str] = "nats a prediction"
    """What its loss is told in."""
    starts: ClassVar[bool] = True
    """Whether rows can start from vectors, and its output rows go on."""
    shares: ClassVar[bool] = True
    """Whether words may share rows."""

    def __post_init__(self) -> None:
        whole_within("dim", self.dim, 1, 65536)
        within("lr", self.lr, 0, 1e9)

    def config(self) -> dict[str, Any]:
        """Its name and settings, as data."""
        return {"name": self.name, **asdict(self)}

    @property
    @abstractmethod
    def lowest(self) -> float:
        """The rate that lr falls to."""

    @property
    @abstractmethod
    def lost(self) -> float:
        """A mean loss no run comes back from."""

    @abstractmethod
    def begin(self, vocabulary: Vocabulary, seed: int) -> Tables:
        """The tables as a run starts with them."""

    def rows(self, tables: Tables) -> np.ndarray:
        """The vectors learned so far, float32 [R, D]: a view, or worked out."""
        return tables.inputs.rows


@dataclass(frozen=True, slots=True)
class Prediction(Objective, ABC):
    """window: words to each side that count as context, drawn
    evenly from 1 to it where `shrink`. negative: noise words a prediction (K), drawn by count to
    the power `noise_power`. sample: a word of share f is kept with probability
    sqrt(sample/f) + sample/f; 0 keeps all. lr falls to min_lr, in a straight line unless training
    is told another schedule.
    """

    window: int = 5
    negative: int = 5
    sample: float = 1e-4
    noise_power: float = 0.75
    shrink: bool = True
    min_lr: float = 1e-4

    def __post_init__(self) -> None:
        super(Prediction, self).__post_init__()
        whole_within("window", self.window, 1, 1000)
        whole_within("negative", self.negative, 1, 1000)
        within("sample", self.sample, 0, 1)
        within("noise_power", self.noise_power, -10, 10)
        within("min_lr", self.min_lr, 0, self.lr)

    @property
    def lowest(self) -> float:
        return self.min_lr

    @property
    def lost(self) -> float:
        return _LOST * (self.negative + 1) * math.log(2)

    def begin(self, vocabulary: Vocabulary, seed: int) -> Tables:
        """Inputs even in ±1/2D, outputs zero, as in word2vec."""
        inputs = Table.uniform(vocabulary.n_rows, self.dim, seed=seed, bound=0.5 / self.dim)
        outputs = Table(len(vocabulary), self.dim)
        return Tables(inputs, outputs, vocabulary.bags(), vocabulary.pool == "mean")

    def per_pair(self, tables: Tables) -> bool:
        """Whether each pair of words has noise words of its own, or a window shares them."""
        return False

    @abstractmethod
    def step(self, tables: Tables) -> Step:
        """The function that learns from drawn windows; it returns how many predictions it made."""


def whole_within(field: str, value: int, low: int, high: int) -> None:
    """Raises SettingError."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    wanted = f"a whole number from {low} to {high}"
    SettingError.unless(whole and low <= value <= high, field, value, wanted)


def within(field: str, value: float, low: float, high: float) -> None:
    """Raises SettingError."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    wanted = f"a number from {low:g} to {high:g}"
    SettingError.unless(number and low <= value <= high, field, value, wanted)
