"""`Objective`: what pulls the rows of words together or apart; `Prediction`: inside a window.

A word predicts its neighbours, or they predict it: against words drawn from a noise distribution,
with the loss -log σ(u·v) - Σₖ log σ(-u·vₖ) of one prediction (Mikolov et al. 2013), or down a
binary tree, with -Σₙ log σ(±u·vₙ) over the inner nodes n above the word (Morin and Bengio 2005),
which is -log p of a softmax over all words.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from rowspace.errors import SettingError
from rowspace.objectives.nested import prefixes, widen
from rowspace.objectives.tree import huffman_paths
from rowspace.ragged import Ragged
from rowspace.table.table import Table
from rowspace.vocabulary import Vocabulary

if TYPE_CHECKING:
    from rowspace.kernels.cpu_tree import Tree
    from rowspace.kernels.cpu_windows import Windows
    from rowspace.kernels.cpu_words import Scratch

    Step = Callable[[Windows, int, float, Scratch], int]
else:
    Step = Callable

LOSSES = ("ns", "hs")
# A prediction starts at ln 2 for each output row it meets; one that is worse than this many times
# that is lost.
_LOST = 6.0
_PATH = 16  # inner nodes above a word, or so


class Tables(NamedTuple):
    """What learns: input rows [R, D], output rows, the bag of each item.

    `outputs` [V, D], a row an item; with a `tree` [V - 1, D], a row an inner node. `frozen` uint8
    [R]: where it is not 0 the input row stays as it is. None: every row learns.
    sums: of the squared gradients of both, for an objective that learns by AdaGrad.
    """

    inputs: Table
    outputs: Table
    bags: Ragged
    mean: bool
    frozen: np.ndarray | None = None
    sums: tuple[Table, Table] | None = None
    tree: Tree | None = None

    @property
    def plain(self) -> bool:
        """Whether each item's bag is its own row alone."""
        return np.array_equal(self.bags.ids, np.arange(len(self.bags)))


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
    copies: ClassVar[int] = 1
    """How many numbers are kept for each number of a row."""

    def __post_init__(self) -> None:
        whole_within("dim", self.dim, 1, 65536)
        within("lr", self.lr, 0, 1e9)

    def config(self) -> dict[str, Any]:
        """Its name and settings, as data."""
        own = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}
        return {"name": self.name, **own}

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
    is told another schedule. loss: "ns", negative sampling, or "hs", hierarchical softmax down a
    Huffman tree of the counts, where no noise is drawn and `negative` and `noise_power` say
    nothing (docs/hierarchical-softmax.md). nested: lengths m whose first m numbers are to be
    vectors too (docs/nested.md); the last is dim, which follows it where it is left at its default.
    """

    window: int = 5
    negative: int = 5
    sample: float = 1e-4
    noise_power: float = 0.75
    shrink: bool = True
    min_lr: float = 1e-4
    loss: str = "ns"
    nested: tuple[int, ...] | str = ()

    def __post_init__(self) -> None:
        self._nest()
        super(Prediction, self).__post_init__()
        whole_within("window", self.window, 1, 1000)
        whole_within("negative", self.negative, 1, 1000)
        within("sample", self.sample, 0, 1)
        within("noise_power", self.noise_power, -10, 10)
        within("min_lr", self.min_lr, 0, self.lr)
        SettingError.unless(self.loss in LOSSES, "loss", self.loss, " or ".join(LOSSES))

    def _nest(self) -> None:
        """`nested` as numbers, and dim where it follows them. Raises SettingError."""
        object.__setattr__(self, "nested", prefixes(self.nested))
        if not self.prefixes:
            return
        longest = self.prefixes[-1]
        if self.dim == type(self).__dataclass_fields__["dim"].default:
            object.__setattr__(self, "dim", longest)
        wanted = f"lengths of which the last is dim ({self.dim})"
        SettingError.unless(longest == self.dim, "nested", self.nested, wanted)
        wanted = "none with the loss hs: prefixes learn by negative sampling"
        SettingError.unless(self.loss != "hs", "nested", self.nested, wanted)

    @property
    def prefixes(self) -> tuple[int, ...]:
        """The lengths in `nested`."""
        return self.nested if isinstance(self.nested, tuple) else prefixes(self.nested)

    @property
    def lowest(self) -> float:
        return self.min_lr

    @property
    def lost(self) -> float:
        return _LOST * (_PATH if self.loss == "hs" else self.negative + 1) * math.log(2)

    def begin(self, vocabulary: Vocabulary, seed: int) -> Tables:
        """Inputs even in ±1/2D, outputs zero, as in word2vec; nested, each block as its prefix."""
        size, tree = len(vocabulary), None
        if self.loss == "hs":
            size, tree = size - 1, huffman_paths(vocabulary.counts)
        inputs = Table.uniform(vocabulary.n_rows, self.dim, seed=seed, bound=0.5 / self.dim)
        widen(inputs.rows, self.prefixes)
        mean = vocabulary.pool == "mean"
        return Tables(inputs, Table(size, self.dim), vocabulary.bags(), mean, tree=tree)

    @property
    def drawn(self) -> int:
        """Noise words drawn for a prediction, K; 0 where a tree takes their place."""
        return self.negative if self.loss == "ns" else 0

    def met(self, tables: Tables) -> int:
        """Output rows that a prediction meets beside the right one, at most."""
        if tables.tree is None:
            return self.negative
        return int(np.diff(tables.tree.offsets).max(initial=0))

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
