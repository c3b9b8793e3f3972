"""Schedules: how the learning rate goes during a run.

By progress, a pure function of (step, steps): constant, linear, cosine, inverse-sqrt. By how well
it goes, a function of the losses so far: plateau, bold. What these remember is a `Watch`, which
follows from the losses alone, so a run that is gone on with has the same. Each may climb to its
height first (`warmup`). A new schedule is one class here.
"""

from __future__ import annotations

import difflib
import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import reduce
from typing import Any, ClassVar, NamedTuple, final

from rowspace.errors import SettingError


class Watch(NamedTuple):
    """What a schedule by loss remembers: `scale` multiplies the rate, `loss` is the one to beat;
    `bad` losses in a row have not beaten it."""

    scale: float = 1.0
    loss: float = math.inf
    bad: int = 0


FRESH = Watch()


@dataclass(frozen=True, slots=True)
class Schedule(ABC):
    """warmup: the share of the run, from 0 to below 1, in which the rate climbs in a straight
    line to its height; its first step is never 0."""

    warmup: float = field(default=0.0, kw_only=True)

    name: ClassVar[str]
    by_loss: ClassVar[bool] = False

    def __post_init__(self) -> None:
        _within("warmup", self.warmup, 0 <= _number(self.warmup) < 1, "from 0 to below 1")

    def rate(
        self, step: float, steps: float, *, high: float, low: float = 0.0, watch: Watch = FRESH
    ) -> float:
        """The learning rate of step 0 … `steps`, and of any after it: from `high`, never below
        `low` once it is warm."""
        step, first = min(step, steps), self.warmup * steps
        if step < first:
            return high * (step + 1) / (first + 1)
        return self._warm(step - first, (steps - first) or 1.0, high, low, watch)

    @abstractmethod
    def _warm(self, done: float, span: float, high: float, low: float, watch: Watch) -> float:
        """The rate when `done` of the `span` steps after the warm-up are done."""

    def after(self, watch: Watch, loss: float) -> Watch:
        """What is remembered after another loss. A loss that is not finite has not fallen."""
        return watch

    def watch(self, losses: Iterable[float]) -> Watch:
        """What is remembered of `losses`, the first one first."""
        return reduce(self.after, losses, FRESH)

    def config(self) -> dict[str, Any]:
        """Its name and settings, as data that `schedule` takes back."""
        return {"name": self.name, **asdict(self)}


@final
@dataclass(frozen=True, slots=True)
class Constant(Schedule):
    """The same rate throughout."""

    name: ClassVar[str] = "constant"

    def _warm(self, done: float, span: float, high: float, low: float, watch: Watch) -> float:
        return high


@final
@dataclass(frozen=True, slots=True)
class Linear(Schedule):
    """A straight line from high to low, as in word2vec: high - (high - low)·done/span."""

    name: ClassVar[str] = "linear"

    def _warm(self, done: float, span: float, high: float, low: float, watch: Watch) -> float:
        return high - (high - low) * done / span


@final
@dataclass(frozen=True, slots=True)
class Cosine(Schedule):
    """Half a wave from high to low (Loshchilov & Hutter 2017, without restarts):
    low + (high - low)·(1 + cos(π·done/span))/2."""

    name: ClassVar[str] = "cosine"

    def _warm(self, done: float, span: float, high: float, low: float, watch: Watch) -> float:
        return low + (high - low) * (1 + math.cos(math.pi * done / span)) / 2


@final
@dataclass(frozen=True, slots=True)
class InverseSqrt(Schedule):
    """high·√(first/step), `first` being the last step of the warm-up (Vaswani et al. 2017)."""

    name: ClassVar[str] = "inverse-sqrt"

    def __post_init__(self) -> None:
        Schedule.__post_init__(self)
        wanted = "above 0 for inverse-sqrt: it says how fast the rate falls"
        _within("warmup", self.warmup, self.warmup > 0, wanted)

    def _warm(self, done: float, span: float, high: float, low: float, watch: Watch) -> float:
        first = span * self.warmup / (1 - self.warmup)
        return max(low, high * math.sqrt(first / (first + done)))


@dataclass(frozen=True, slots=True)
class _ByLoss(Schedule, ABC):
    by_loss: ClassVar[bool] = True

    def _warm(self, done: float, span: float, high: float, low: float, watch: Watch) -> float:
        return max(low, high * watch.scale)


@final
@dataclass(frozen=True, slots=True)
class Plateau(_ByLoss):
    """Times `factor` when more than `patience` losses in a row were not below the best by more
    than `threshold` of it, as torch's ReduceLROnPlateau."""

    factor: float = 0.5
    patience: int = 1
    threshold: float = 1e-3

    name: ClassVar[str] = "plateau"

    def __post_init__(self) -> None:
        Schedule.__post_init__(self)
        _within("factor", self.factor, 0 < _number(self.factor) < 1, "between 0 and 1")
        whole = isinstance(self.patience, int) and not isinstance(self.patience, bool)
        SettingError.unless(
            whole and self.patience >= 0, "patience", self.patience, "a whole number from 0"
        )
        _within("threshold", self.threshold, 0 <= _number(self.threshold) < 1, "from 0 to below 1")

    def after(self, watch: Watch, loss: float) -> Watch:
        best, scale = watch.loss, watch.scale
        first = math.isinf(best)
        if math.isfinite(loss) and (first or loss < best - self.threshold * abs(best)):
            return Watch(scale, loss)
        if watch.bad >= self.patience:
            return Watch(scale * self.factor, best)
        return Watch(scale, best, watch.bad + 1)


@final
@dataclass(frozen=True, slots=True)
class Bold(_ByLoss):
    """The bold driver: times `up` after a loss below the one before it, times `down` after one
    above it by more than `tolerance` of it (Vogl et al. 1988; Battiti 1989). The scale stays at
    or below `most`. Steps are not taken back, as theirs were."""

    up: float = 1.05
    down: float = 0.5
    tolerance: float = 0.0
    most: float = 10.0

    name: ClassVar[str] = "bold"

    def __post_init__(self) -> None:
        Schedule.__post_init__(self)
        _within("up", self.up, 1 <= _number(self.up) <= 10, "from 1 to 10")
        _within("down", self.down, 0 < _number(self.down) < 1, "between 0 and 1")
        _within("tolerance", self.tolerance, 0 <= _number(self.tolerance) < 1, "from 0 to below 1")
        _within("most", self.most, 1 <= _number(self.most) <= 1e6, "from 1 to 1e6")

    def after(self, watch: Watch, loss: float) -> Watch:
        before, scale = watch.loss, watch.scale
        if not math.isfinite(loss):
            return Watch(scale * self.down, before)
        if math.isinf(before):
            return Watch(scale, loss)
        if loss < before:
            return Watch(min(self.most, scale * self.up), loss)
        if loss > before + self.tolerance * abs(before):
            return Watch(scale * self.down, loss)
        return Watch(scale, loss)


SCHEDULES: dict[str, type[Schedule]] = {
    kind.name: kind for kind in (Constant, Linear, Cosine, InverseSqrt, Plateau, Bold)
}


def schedule(
    wanted: str | Mapping[str, Any] | Schedule, *, warmup: float = 0.0, **settings: Any
) -> Schedule:
    """A schedule by its name, by its `config`, or as it is; with that warm-up, if one is given.

    Raises SettingError: a name that is none, with the nearest; a setting it has not, or out of
    its range.
    """
    if isinstance(wanted, Schedule):
        given = {**({"warmup": warmup} if warmup else {}), **settings}
        _known(type(wanted), given)
        return replace(wanted, **given)
    found: dict[str, Any] = dict(wanted) if isinstance(wanted, Mapping) else {"name": wanted}
    name = found.pop("name", None)
    kind = SCHEDULES.get(name) if isinstance(name, str) else None
    if kind is None:
        near = difflib.get_close_matches(name, SCHEDULES, 1) if isinstance(name, str) else []
        hint = f"did you mean {near[0]}?" if near else "known: " + ", ".join(SCHEDULES)
        raise SettingError(f"there is no schedule called {name!r:.60}", hint=hint)
    if warmup or "warmup" not in found:
        found["warmup"] = warmup
    found |= settings
    _known(kind, found)
    return kind(**found)


def _known(kind: type[Schedule], given: Mapping[str, Any]) -> None:
    known = [one.name for one in fields(kind)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]}?" if near else "it has: " + ", ".join(known)
            raise SettingError(f"{kind.name} has no setting called {name!r:.60}", hint=hint)


def _number(value: Any) -> float:
    """NaN, which lies in no range, for what is not a number."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number else math.nan


def _within(name: str, value: object, within: bool, wanted: str) -> None:
    SettingError.unless(within, name, value, f"a number {wanted}")
