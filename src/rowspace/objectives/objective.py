"""`Objective`: what pulls the rows of words together or apart, by prediction inside a window.

A word predicts its neighbours, or they predict it, against words drawn from a noise distribution:
the loss of one prediction is -log σ(u·v) - Σₖ log σ(-u·vₖ) (Mikolov et al. 2013).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from rowspace.errors import SettingError
from rowspace.ragged import Ragged
from rowspace.table.table import Table

if TYPE_CHECKING:
    from rowspace.kernels.cpu_windows import Windows
    from rowspace.kernels.cpu_words import Scratch

    Step = Callable[[Windows, int, float, Scratch], int]
else:
    Step = Callable


class Tables(NamedTuple):
    """What learns: input rows [R, D], output rows [V, D] (a row an item), the bag of each item.

    `frozen` uint8 [R]: where it is not 0 the input row stays as it is. None: every row learns.
    """

    inputs: Table
    outputs: Table
    bags: Ragged
    mean: bool
    frozen: np.ndarray | None = None

    @property
    def plain(self) -> bool:
        """Whether each item's bag is its own row alone."""
        return np.array_equal(self.bags.ids, np.arange(len(self.outputs)))


@dataclass(frozen=True, slots=True)
class Objective(ABC):
    """dim: numbers in a vector (D). window: words to each side that count as context, drawn
    evenly from 1 to it where `shrink`. negative: noise words a prediction (K), drawn by count to
    the power `noise_power`. sample: a word of share f is kept with probability
    sqrt(sample/f) + sample/f; 0 keeps all. lr falls to min_lr, in a straight line unless training
    is told another schedule.
    """

    dim: int = 200
    window: int = 5
    negative: int = 5
    sample: float = 1e-4
    noise_power: float = 0.75
    shrink: bool = True
    lr: float = 0.025
    min_lr: float = 1e-4

    name: ClassVar[str]

    def __post_init__(self) -> None:
        for field, low, high in (("dim", 1, 65536), ("window", 1, 1000), ("negative", 1, 1000)):
            value = getattr(self, field)
            whole = isinstance(value, int) and not isinstance(value, bool)
            wanted = f"a whole number from {low} to {high}"
            SettingError.unless(whole and low <= value <= high, field, value, wanted)
        _within("sample", self.sample, 0, 1)
        _within("noise_power", self.noise_power, -10, 10)
        _within("lr", self.lr, 0, 1e9)
        _within("min_lr", self.min_lr, 0, self.lr)

    def config(self) -> dict[str, Any]:
        """Its name and settings, as data."""
        return {"name": self.name, **asdict(self)}

    def per_pair(self, tables: Tables) -> bool:
        """Whether each pair of words has noise words of its own, or a window shares them."""
        return False

    @abstractmethod
    def step(self, tables: Tables) -> Step:
        """The function that learns from drawn windows; it returns how many predictions it made."""


def _within(field: str, value: float, low: float, high: float) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    wanted = f"a number from {low:g} to {high:g}"
    SettingError.unless(number and low <= value <= high, field, value, wanted)
