"""`Table`: the trainable matrix. The one mutable thing of the system."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.memory import human
from rowspace.ragged import Ragged
from rowspace.table.ids import read_bags, read_ids
from rowspace.table.layout import LANES, stored, stride_of, uniform_blocks
from rowspace.table.mapped import Folder, Shape
from rowspace.table.memory import require_free, zeros
from rowspace.table.room import room
from rowspace.table.rules import Rule, at_least_zero
from rowspace.table.states import slots_in_memory

if TYPE_CHECKING:
    from rowspace.table.learning import Batch, Slots

__all__ = ["LANES", "Table", "require_memory", "stride_of"]

_FLOATS = np.dtype(np.float32)
_HINT = "lower dim, raise min_count, set max_size, or use fewer buckets"


@final
class Table:
    """R rows of D numbers, which are looked up and learn by a rule.

    `data` [R + 1, S] is what kernels work on: rows padded with zeros to a stride S, and one spare
    row at the end that they may scribble on. `rows` [R, D] is the view everyone else sees.
    precision: "float32", or "float16" or "bfloat16", whose steps are rounded up or down by chance,
    by `seed`, so that small ones count.
    """

    __slots__ = ("_folder", "_slots", "data", "dim", "precision", "rule", "seed")

    def __init__(
        self,
        rows: int,
        dim: int,
        rule: Rule | None = None,
        *,
        precision: str = "float32",
        seed: int = 0,
    ) -> None:
        """Zeros. Raises SettingError, and ResourceError for more than the memory that is free."""
        _require_shape(rows, dim, rule)
        kind = stored(precision)
        require_memory(rows, dim, number=kind.itemsize, hint="lower dim, or use Table.mapped")
        self._begin(Shape(rows, dim, precision, seed), zeros(rows + 1, stride_of(dim), dtype=kind))
        self.rule = rule

    def _begin(self, shape: Shape, data: np.ndarray) -> None:
        self.data, self.dim = data, shape.dim
        self.precision, self.seed = shape.precision, shape.seed
        self._folder: Folder | None = None
        self._slots: Slots | None = None

    @classmethod
    def uniform(
        cls,
        rows: int,
        dim: int,
        rule: Rule | None = None,
        *,
        seed: int = 0,
        bound: float | None = None,
        precision: str = "float32",
    ) -> Table:
        """Numbers drawn evenly from ±bound (0.5 / D), each a function of (seed, row, column)."""
        table, first = cls(rows, dim, rule, precision=precision, seed=seed), 0
        bound = _bound(bound, dim)
        for block in uniform_blocks(rows, dim, seed=seed, bound=bound, precision=precision):
            table.data[first : first + len(block)] = block
            first += len(block)
        return table

    @classmethod
    def mapped(
        cls,
        folder: str | Path,
        rows: int | None = None,
        dim: int | None = None,
        rule: Rule | None = None,
        *,
        bound: float | None = None,
        precision: str | None = None,
        seed: int | None = None,
    ) -> Table:
        """A table in files, which may be larger than memory: a step touches its rows alone.

        A folder that holds one is gone on with: what else is given must fit, but for the numbers
        of the rule, and `bound`. A new one is of zeros, or drawn evenly from ±bound. Raises
        SettingError, InputError, FormatError; ResourceError for a disk that is too small.
        """
        found = Folder.open(folder)
        if found is None:
            if rows is None or dim is None:
                raise InputError(f"there is no table in {folder}", hint="give rows and dim")
            _require_shape(rows, dim, rule, least=1)
            shape = Shape(int(rows), int(dim), precision or "float32", seed or 0)
            stored(shape.precision)
            found = Folder.create(folder, shape, None if bound is None else _bound(bound, dim))
        else:
            found.require(rows=rows, dim=dim, precision=precision, seed=seed)
            _require_shape(found.shape.rows, found.shape.dim, rule)
        table = cls.__new__(cls)
        table._begin(found.shape, found.data)
        table._folder, table.rule = found, found.rule_for(rule)
        return table

    def __len__(self) -> int:
        return len(self.data) - 1

    def __repr__(self) -> str:
        where = f", in {self._folder.path}" if self._folder else ""
        return f"Table({len(self)} rows, dim {self.dim}, {self.precision}, {self.rule}{where})"

    @property
    def rows(self) -> np.ndarray:
        """The numbers, [R, D], a view: float32, float16, or the bits of bfloat16 as int16."""
        return self.data[:-1, : self.dim]

    @property
    def steps(self) -> int:
        """How many steps it has taken."""
        if self._slots is not None:
            return self._slots.step
        return 0 if self._folder is None else self._folder.steps

    def __getitem__(self, ids: Any) -> np.ndarray:
        """Rows, float32: the shape of `ids`, then D.

        Raises IdRangeError (an IndexError) or IdTypeError (a TypeError) with value and position.
        """
        from rowspace.table.lookup import look_up

        flat, shape = read_ids(ids, len(self))
        out = room((len(flat), self.dim), _FLOATS)
        return look_up(self.data, flat, self.dim, out=out).reshape(*shape, self.dim)

    def pool(self, bags: Ragged, *, mean: bool = False) -> np.ndarray:
        """The weighted sum of each bag's rows, float32 [B, D]; an empty bag gives zeros.

        `mean` divides by the sum of the bag's weights. Raises IdRangeError, InputError.
        """
        from rowspace.table.lookup import pool_bags

        ids, offsets, weights = read_bags(bags, len(self))
        out = room((len(bags), self.dim), _FLOATS)
        return pool_bags(self.data, ids, offsets, self.dim, weights=weights, mean=mean, out=out)

    def step(self, ids: Any, gradient: Any, *, lr: float | None = None, mean: bool = False) -> None:
        """One step of the rule: gradients of a repeated row are summed, and it learns once.

        ids of any shape with gradient ids.shape + (D,); or a Ragged with [B, D], the gradient of
        `pool(bags, mean=mean)`. lr: instead of the rule's. Raises IdRangeError, IdTypeError,
        InputError; SettingError for a table without a rule.
        """
        from rowspace.table.learning import Limits, learn

        if self.rule is None:
            raise SettingError(
                "this table has no rule to learn by", hint="Table(rows, dim, rule=SGD(lr=0.1))"
            )
        rule = self.rule if lr is None else replace(self.rule, lr=lr)
        batch = self._batch(ids, gradient, mean)
        slots = self._kept(self.rule)
        learn(self.data[:-1], self.dim, rule, slots, batch, limits=Limits(seed=self.seed))

    def flush(self) -> None:
        """Under "catch-up" bring all rows up to date; and a mapped table's files onto the disk."""
        from rowspace.table.learning import Limits, flush

        if self.rule is not None and self.rule.clocked:
            slots = self._kept(self.rule)
            flush(self.data[:-1], self.dim, self.rule, slots, limits=Limits(seed=self.seed))
        if self._folder is not None:
            self._folder.sync()

    def _kept(self, rule: Rule) -> Slots:
        """What the rule keeps, made when first asked for."""
        if self._slots is None:
            if self._folder is not None:
                self._slots = self._folder.slots(rule)
            else:
                self._slots = slots_in_memory(rule, len(self), self.dim)
        return self._slots

    def _batch(self, ids: Any, gradient: Any, mean: bool) -> Batch:
        from rowspace.table.learning import Batch

        if not isinstance(ids, Ragged):
            flat, shape = read_ids(ids, len(self))
            return Batch(flat, _gradient(gradient, (*shape, self.dim)))
        flat, offsets, weights = read_bags(ids, len(self))
        if mean:
            weights = _shares(offsets, weights)
        return Batch(flat, _gradient(gradient, (len(ids), self.dim)), offsets, weights)


def _gradient(given: Any, shape: tuple[int, ...]) -> np.ndarray:
    try:
        found = np.asarray(given)
    except ValueError as error:
        raise InputError(f"a gradient has one shape: {error}") from error
    if found.dtype.kind not in "fiu":
        raise InputError(f"a gradient holds numbers, not {found.dtype}")
    if found.shape != shape:
        raise InputError(f"the gradient is {found.shape}, but these ids want {shape}")
    return np.ascontiguousarray(found, np.float32).reshape(-1, shape[-1])


def _shares(offsets: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
    """What each row counts for in the mean of its bag, float32 [N]."""
    lengths = np.diff(offsets)
    if weights is None:
        return np.repeat(np.float32(1) / np.maximum(lengths, 1).astype(np.float32), lengths)
    totals = np.zeros(len(lengths))
    np.add.at(totals, np.repeat(np.arange(len(lengths)), lengths), weights)
    scales = np.divide(1, totals, out=np.zeros_like(totals), where=totals != 0)
    return np.asarray(weights * np.repeat(scales, lengths), np.float32)


def _bound(bound: Any, dim: int) -> float:
    if bound is None:
        return 0.5 / dim
    at_least_zero("bound", bound)
    return float(bound)


def _require_shape(rows: Any, dim: Any, rule: Any, *, least: int = 0) -> None:
    whole = isinstance(rows, Integral) and not isinstance(rows, bool)
    SettingError.unless(whole and rows >= least, "rows", rows, f"a whole number from {least}")
    whole = isinstance(dim, Integral) and not isinstance(dim, bool)
    SettingError.unless(whole and 1 <= dim <= 1 << 20, "dim", dim, f"from 1 to {1 << 20}")
    known = rule is None or isinstance(rule, Rule)
    SettingError.unless(known, "rule", rule, "a rule such as SGD(lr=0.1), or None")


def require_memory(rows: int, dim: int, *, number: int = 4, hint: str = _HINT) -> None:
    """Raises ResourceError, with the estimate, if tables of `rows` rows in all cannot fit."""
    needed = rows * stride_of(dim) * number
    told = f"the tables would take {human(needed)} ({rows:,} rows of {dim} numbers)"
    require_free(needed, told, hint=hint)
