"""`Rule`: how a touched row learns. Settings and the arrays it keeps; the arithmetic is a kernel's.

A batch sums the gradients of each row it names and gives that row one step. What happens to the
momenta of rows it does not name is `untouched`:

- "skip": nothing, ever. Adam's bias is corrected by the number of all steps, as in torch's
  SparseAdam, so a row first seen late starts with steps some three times as long.
- "own-clock": nothing, and Adam's bias is corrected by the steps the row itself has had: a rare
  row learns as if its batches were all there were.
- "catch-up": when the row is next named, its momenta first fade by the steps it missed, and the
  weight decay of SGD and AdamW is made up for (Adam's, which is divided by the gradients' size,
  cannot be); `learning.flush` does it for all rows. No row moves by its old momentum meanwhile.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, Literal, TypeAlias, final, get_args

import numpy as np

from rowspace.errors import SettingError
from rowspace.kernels.layer_reference import Number, RuleCode

Untouched: TypeAlias = Literal["skip", "own-clock", "catch-up"]
Width: TypeAlias = Literal["row", "number"]
"""Whether a state is one number for each number of the row, or one for the whole row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(ABC):
    """lr: learning rate, at least 0. weight_decay: at least 0; its meaning is the rule's."""

    lr: float
    weight_decay: float = 0.0

    decoupled: ClassVar[bool] = False
    """Whether weight decay shrinks the row by lr · weight_decay instead of joining the gradient."""
    owes_decay: ClassVar[bool] = False
    """Whether "catch-up" makes up for the weight decay of steps missed."""

    def __post_init__(self) -> None:
        at_least_zero("lr", self.lr)
        at_least_zero("weight_decay", self.weight_decay)

    @property
    @abstractmethod
    def code(self) -> RuleCode:
        """What the kernel knows it by."""

    @property
    @abstractmethod
    def states(self) -> dict[str, Width]:
        """The arrays kept for each row, by torch's names for them: at most two."""

    @property
    def clocked(self) -> bool:
        """Whether each row keeps an int32 of its own, its clock."""
        return False

    @property
    def own_clock(self) -> bool:
        """Whether that clock counts the row's own steps; else it is the last one it learned at."""
        return False

    @property
    def betas_kept(self) -> tuple[float, float]:
        """What is left of each state after a step without a gradient."""
        return 1.0, 1.0

    @property
    def start(self) -> float:
        """What the first state starts from."""
        return 0.0

    def numbers(self, *, max_norm: float = 0.0, scale: float = 1.0) -> np.ndarray:
        """The settings as the kernel reads them, float32."""
        out = np.zeros(Number.COUNT, np.float32)
        decay = self.lr * self.weight_decay if self.decoupled else 0.0
        out[Number.LR], out[Number.SHRINK] = self.lr, 1 - decay
        out[Number.L2] = 0.0 if self.decoupled else self.weight_decay
        out[Number.MAX_NORM], out[Number.SCALE] = max_norm, scale
        return out

    def bias(self, step: int) -> tuple[float, float]:
        """1 - β₁ᵗ and √(1 - β₂ᵗ) after `step` steps; 1 for rules that correct nothing."""
        return 1.0, 1.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SGD(Rule):
    """w -= lr · g, or with momentum b = momentum · b + g and w -= lr · b.

    nesterov: w -= lr · (g + momentum · b). Weight decay joins the gradient (L2).
    """

    owes_decay: ClassVar[bool] = True

    momentum: float = 0.0
    nesterov: bool = False
    untouched: Untouched = "skip"

    def __post_init__(self) -> None:
        super(SGD, self).__post_init__()
        SettingError.unless(_share(self.momentum), "momentum", self.momentum, "in [0, 1)")
        fits = isinstance(self.nesterov, bool) and bool(self.momentum or not self.nesterov)
        SettingError.unless(fits, "nesterov", self.nesterov, "true or false, with a momentum")
        require_untouched(self.untouched)

    @property
    def code(self) -> RuleCode:
        return RuleCode.MOMENTUM if self.momentum else RuleCode.SGD

    @property
    def states(self) -> dict[str, Width]:
        return {"momentum_buffer": "number"} if self.momentum else {}

    @property
    def clocked(self) -> bool:
        return self.untouched == "catch-up" and bool(self.momentum or self.weight_decay)

    @property
    def betas_kept(self) -> tuple[float, float]:
        return self.momentum, 1.0

    def numbers(self, *, max_norm: float = 0.0, scale: float = 1.0) -> np.ndarray:
        out = super(SGD, self).numbers(max_norm=max_norm, scale=scale)
        out[Number.MOMENTUM], out[Number.NESTEROV] = self.momentum, self.nesterov
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adagrads(Rule, ABC):
    """eps: added to the root. initial: what the sums of squares start from."""

    eps: float = 1e-10
    initial: float = 0.0

    def __post_init__(self) -> None:
        super(_Adagrads, self).__post_init__()
        at_least_zero("eps", self.eps)
        at_least_zero("initial", self.initial)

    @property
    def start(self) -> float:
        return self.initial

    def numbers(self, *, max_norm: float = 0.0, scale: float = 1.0) -> np.ndarray:
        out = super(_Adagrads, self).numbers(max_norm=max_norm, scale=scale)
        out[Number.EPS] = self.eps
        return out


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Adagrad(_Adagrads):
    """s += g², w -= lr · g / (√s + eps) (Duchi et al. 2011). Weight decay is L2.

    A row's steps shorten as it learns: frequent rows get small ones, rare rows keep large ones.
    """

    @property
    def code(self) -> RuleCode:
        return RuleCode.ADAGRAD

    @property
    def states(self) -> dict[str, Width]:
        return {"sum": "number"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class RowWiseAdagrad(_Adagrads):
    """s += mean(g²) over the row, w -= lr · g / (√s + eps): Adagrad with one number a row."""

    @property
    def code(self) -> RuleCode:
        return RuleCode.ROW_ADAGRAD

    @property
    def states(self) -> dict[str, Width]:
        return {"sum": "row"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adams(Rule, ABC):
    """betas: how much of the mean gradient and of its square a step keeps. eps: of the root."""

    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    untouched: Untouched = "skip"

    def __post_init__(self) -> None:
        super(_Adams, self).__post_init__()
        pair = isinstance(self.betas, (tuple, list)) and len(self.betas) == 2
        fits = pair and all(map(_share, self.betas))
        SettingError.unless(fits, "betas", self.betas, "two numbers in [0, 1)")
        object.__setattr__(self, "betas", tuple(self.betas))
        at_least_zero("eps", self.eps)
        require_untouched(self.untouched)

    @property
    def code(self) -> RuleCode:
        return RuleCode.ADAM

    @property
    def states(self) -> dict[str, Width]:
        return {"exp_avg": "number", "exp_avg_sq": "number"}

    @property
    def clocked(self) -> bool:
        return self.untouched != "skip"

    @property
    def own_clock(self) -> bool:
        return self.untouched == "own-clock"

    @property
    def betas_kept(self) -> tuple[float, float]:
        return self.betas

    def numbers(self, *, max_norm: float = 0.0, scale: float = 1.0) -> np.ndarray:
        out = super(_Adams, self).numbers(max_norm=max_norm, scale=scale)
        out[Number.BETA1], out[Number.BETA2] = self.betas
        out[Number.REST1], out[Number.REST2] = 1 - self.betas[0], 1 - self.betas[1]
        out[Number.EPS] = self.eps
        return out

    def bias(self, step: int) -> tuple[float, float]:
        return 1 - self.betas[0] ** step, (1 - self.betas[1] ** step) ** 0.5


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Adam(_Adams):
    """m = β₁m + (1-β₁)g, v = β₂v + (1-β₂)g², w -= lr · m̂ / (√v̂ + eps) (Kingma and Ba 2015).

    Weight decay joins the gradient (L2), and so counts for less where gradients are large.
    """


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AdamW(_Adams):
    """Adam with decoupled weight decay: w shrinks by lr · weight_decay a step
    (Loshchilov and Hutter 2019)."""

    weight_decay: float = 0.01
    decoupled: ClassVar[bool] = True
    owes_decay: ClassVar[bool] = True


def at_least_zero(name: str, value: float) -> None:
    fits = _number(value) and 0 <= value < float("inf")
    SettingError.unless(fits, name, value, "a number, 0 or above")


def _number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _share(value: Any) -> bool:
    return _number(value) and 0 <= value < 1


def require_untouched(value: str) -> None:
    known = get_args(Untouched)
    SettingError.unless(value in known, "untouched", value, "one of " + ", ".join(known))
