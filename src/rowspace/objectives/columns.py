"""`Columns`: columns of a table predict a target, by rows of their own and a small network.

The rows of every column's cell (Guo and Berkhahn 2016, "Entity embeddings of categorical
variables") and the pieces of every number (Gorishniy et al. 2022) go through layers of max(0, ·)
to the classes' softmax, or to a number by least squares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, ClassVar, final

from rowspace.errors import SettingError

RULE, SEARCH = "rule", "search"
MULTIPLES = (0.5, 1.0, 2.0)
"""What "search" multiplies the rule's dimensions by."""
WIDEST = 50


@final
@dataclass(frozen=True, slots=True)
class Columns:
    """dim: numbers in a column's vectors; "rule": min(50, ⌈1.6 · levels^0.56⌉); "search": the rule
    times ½, 1 or 2, whichever does best on the validation part. hidden: sizes of the layers
    between, as numbers or as text parted by commas; none at all is a linear model.

    knots: at most so many for a column of numbers, half by the quantiles of the cells, half by
    those of the distinct values. values: numbers get rows of their own for values that come at
    least so often (0: none do). min_count, max_levels: rarer levels share one row. unseen: the
    share of cells that take that row by chance during training, so that it learns.

    dropout: of the layers between; input_dropout: of what goes into the first. lr falls in half a
    cosine; weight_decay is AdamW's. batch, epochs: None is by the number of rows. patience: epochs
    without a better validation part after which training ends. class_weights: "balanced" gives
    every class the same weight in all; or weights by class; others weigh 1.
    """

    dim: int | str = RULE
    hidden: tuple[int, ...] | str = (128, 64)
    knots: int = 32
    values: int = 5
    min_count: int = 2
    max_levels: int | None = None
    unseen: float = 0.01
    dropout: float = 0.3
    input_dropout: float = 0.1
    lr: float = 2e-3
    weight_decay: float = 0.01
    batch: int | None = None
    epochs: int | None = None
    patience: int = 4
    metric: str | None = None
    class_weights: str | dict[str, float] | None = None

    name: ClassVar[str] = "table"

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden", _sizes(self.hidden))
        object.__setattr__(self, "dim", _dim(self.dim))
        for field, low, high in (
            ("knots", 2, 1 << 16), ("values", 0, 1 << 40), ("min_count", 1, 1 << 40),
            ("patience", 1, 10**6),
        ):  # fmt: skip
            _whole(field, getattr(self, field), low, high)
        for field, high in (("max_levels", 1 << 31), ("batch", 1 << 24), ("epochs", 10**6)):
            if getattr(self, field) is not None:
                _whole(field, getattr(self, field), 1, high)
        for field in ("unseen", "dropout", "input_dropout"):
            fits = _number(getattr(self, field)) and 0 <= getattr(self, field) < 1
            SettingError.unless(fits, field, getattr(self, field), "from 0 to below 1")
        for field in ("lr", "weight_decay"):
            value = getattr(self, field)
            fits = _number(value) and 0 <= value < float("inf")
            SettingError.unless(fits, field, value, "a number from 0")
        object.__setattr__(self, "class_weights", weights_by_class(self.class_weights))

    def dims(self, levels: list[int], multiple: float = 1.0) -> list[int]:
        """Numbers in the vectors of columns of so many levels each."""
        if isinstance(self.dim, int):
            return [self.dim] * len(levels)
        return [max(1, round(multiple * rule(n))) for n in levels]

    def batch_of(self, rows: int) -> int:
        """Rows in a mini-batch: as given, else a power of two about a hundredth of all, from 64 to
        1024, and 256 where that is more than ten thousand."""
        if self.batch is not None:
            return min(self.batch, rows)
        if rows >= 200_000:
            return 1024
        size = 64
        while size < 256 and size * 128 <= rows:
            size *= 2
        return min(size, rows)

    def epochs_of(self, rows: int) -> int:
        """Passes over the rows: as given, else 10, and more where these are under 1,000 steps, up
        to 60."""
        if self.epochs is not None:
            return self.epochs
        steps = max(1, rows // self.batch_of(rows))
        return min(60, max(10, ceil(1000 / steps)))

    def config(self) -> dict[str, Any]:
        """Its name and settings, as data."""
        return {"name": self.name, **asdict(self), "hidden": list(self.hidden)}


def rule(levels: int) -> int:
    """min(50, ⌈1.6 · levels^0.56⌉), the rule fastai uses, with a lower limit to its width."""
    return min(WIDEST, ceil(1.6 * max(1, levels) ** 0.56))


def _sizes(hidden: Any) -> tuple[int, ...]:
    given: Any = hidden
    if isinstance(hidden, str):
        parts = [one.strip() for one in hidden.split(",") if one.strip()]
        given = [int(one) if one.isdecimal() and len(one) < 10 else one for one in parts]
    elif isinstance(hidden, int):
        given = [hidden]
    fits = isinstance(given, (list, tuple)) and all(_fits(n, 1, 1 << 16) for n in given)
    SettingError.unless(fits and len(given) <= 16, "hidden", hidden, "sizes such as 128,64")
    return tuple(given)


def _dim(dim: Any) -> int | str:
    given = int(dim) if isinstance(dim, str) and dim.isdecimal() and len(dim) < 9 else dim
    fits = given in (RULE, SEARCH) if isinstance(given, str) else _fits(given, 1, 65536)
    SettingError.unless(fits, "dim", dim, '"rule", "search" or a whole number from 1 to 65536')
    return given


def weights_by_class(given: Any) -> str | dict[str, float] | None:
    """Weights by class, or "balanced"; text such as "yes=2,no=1" is read. Raises SettingError."""
    wanted = '"balanced", or weights above 0 by class such as yes=2,no=1'
    if given is None or given == "balanced":
        return given
    found = given
    if isinstance(given, str):
        parts = [one.rpartition("=") for one in given.split(",")]
        try:
            found = {name.strip(): float(value) for name, _, value in parts}
        except ValueError:
            found = None
    fits = isinstance(found, Mapping) and all(
        _number(value) and 0 < value < float("inf") for value in found.values()
    )
    SettingError.unless(fits and "" not in found, "class_weights", given, wanted)
    return {str(name): float(value) for name, value in found.items()}


def _whole(field: str, value: Any, low: int, high: int) -> None:
    SettingError.unless(_fits(value, low, high), field, value, f"a whole number from {low}")


def _fits(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
