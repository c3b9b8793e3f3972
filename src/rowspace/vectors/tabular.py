"""`Tabular`: what a model of a table answers, with NumPy alone.

x = [E₁[level₁], E₂[level₂], …, pieces of the numbers]; h₀ = x, hᵢ₊₁ = max(0, hᵢ·Wᵢ + bᵢ), and the
last layer's hᵢ·Wᵢ + bᵢ are scores of the classes (softmax over scores / temperature), or a number
to be multiplied by `scale` and moved by `mean`. Axes: `n` cases, `L` classes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.corpus.records import Records, records
from rowspace.errors import InputError, SettingError
from rowspace.vectors.model import Model
from rowspace.vectors.table_columns import Cells, Column, Sheet

KIND = "table"
NO_TARGET = frozenset({"", "?"})
"""What stands for a target that is not there, unless others are given: "none" may be a class."""
BLOCK = 1 << 13
"""Cases at a time."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """How scores become answers. classes: in order, None for a number. temperature: scores of
    classes are divided by it. mean, scale: of the number in training. missing: what stands for a
    target that is not there, in lower case."""

    target: str
    classes: tuple[str, ...] | None = None
    temperature: float = 1.0
    mean: float = 0.0
    scale: float = 1.0
    missing: frozenset[str] = NO_TARGET

    def of(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities float64 [n, L], each row's sum 1; or numbers float64 [n]."""
        wide = scores.astype(np.float64)
        if self.classes is None:
            return np.asarray(wide[:, 0] * self.scale + self.mean)
        return probabilities(wide, self.temperature)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Tabular:
    """`sheet` reads cells, `rows` float32 [Vc, Dc] of each column, `layers` (weights [in, out],
    biases [out]), `answer`."""

    sheet: Sheet
    rows: tuple[np.ndarray, ...]
    layers: tuple[tuple[np.ndarray, np.ndarray], ...]
    answer: Answer

    @classmethod
    def of(cls, model: Model) -> Tabular:
        """From a model that `train table` made. Raises InputError for another."""
        if not is_tabular(model):
            raise InputError(
                "this model does not answer for tables", hint="`rowspace train table` makes one"
            )
        config, arrays = model.config, model.arrays
        try:
            columns = [_column(one, at, model) for at, one in enumerate(config["columns"])]
            layers = [_layer(at, arrays) for at in range(config["layers"])]
            target = config["target"]
            answer = Answer(
                target["name"],
                None if target["classes"] is None else tuple(target["classes"]),
                float(target["temperature"]),
                float(target["mean"]),
                float(target["scale"]),
                frozenset(target["missing"]),
            )
            rows = tuple(np.asarray(model.parts[c.part].vectors.rows) for c in columns)
            missing = frozenset(config["missing"])
        except (KeyError, TypeError) as error:
            raise InputError(f"a model of a table lacks {error}") from error
        found = cls(Sheet(tuple(columns), missing), rows, tuple(layers), answer)
        found._require_shapes()
        return found

    def _require_shapes(self) -> None:
        width = self.dim + self.sheet.pieces
        for weights, biases in self.layers:
            if weights.ndim != 2 or weights.shape != (width, len(biases)):
                raise InputError(
                    f"a layer of {weights.shape} does not go with {width} inputs and "
                    f"{len(biases)} biases"
                )
            width = weights.shape[1]
        wanted = 1 if self.answer.classes is None else len(self.answer.classes)
        if width != wanted:
            raise InputError(f"{wanted} answers are wanted, and the last layer has {width}")

    @property
    def dim(self) -> int:
        """Numbers in the vectors of all columns together."""
        return sum(one.shape[1] for one in self.rows)

    def vectors(self, cells: Cells) -> np.ndarray:
        """The vectors of every column's cell side by side, float32 [n, dim]."""
        found = [one[cells.ids[:, at]] for at, one in enumerate(self.rows)]
        return np.concatenate([np.zeros((len(cells.ids), 0), np.float32), *found], axis=1)

    def scores(self, cells: Cells) -> np.ndarray:
        """What the last layer says, float32 [n, L] or [n, 1]."""
        out = [np.zeros((0, len(self.layers[-1][1])), np.float32)]
        for at in range(0, len(cells.ids), BLOCK):
            some = cells.take(slice(at, at + BLOCK))
            x = np.concatenate([self.vectors(some), self.sheet.placed(some.numbers)], axis=1)
            out.append(through(x, self.layers))
        return np.concatenate(out)

    def answers(self, table: Records) -> np.ndarray:
        """Probabilities float64 [n, L], or numbers float64 [n]. Raises InputError."""
        return self.answer.of(self.scores(self.sheet.cells(table)))


def is_tabular(model: Model) -> bool:
    """Whether `train table` made it."""
    return model.config.get("kind") == KIND


def predicted_table(
    model: Model, data: Any, *, k: int = 1, threshold: float = 0.0
) -> Iterator[list[tuple[str, float]] | float]:
    """For each row of `data` (what `corpus.records` takes) the k best classes (-1: all) with their
    probabilities, best first, those below `threshold` left out; or its number.

    Columns the model has no use for are left out with a warning. Raises InputError for a column
    that is not there, or a cell that is no number where one is wanted.
    """
    whole = isinstance(k, (int, np.integer)) and not isinstance(k, bool)
    SettingError.unless(whole and (k >= 1 or k == -1), "k", k, "at least 1, or -1 for all")
    found = Tabular.of(model)
    table = records(data)
    tell_extra(found, table)
    answers = found.answers(table)
    if found.answer.classes is None:
        yield from answers.tolist()
        return
    most = len(found.answer.classes) if k == -1 else min(int(k), len(found.answer.classes))
    order = np.argsort(-answers, axis=1, kind="stable")[:, :most]
    best = np.take_along_axis(answers, order, axis=1)
    for names, values in zip(order.tolist(), best.tolist(), strict=True):
        pairs = ((found.answer.classes[c], p) for c, p in zip(names, values, strict=True))
        yield [(name, p) for name, p in pairs if p >= threshold]


def encoded_table(model: Model, data: Any) -> tuple[np.ndarray, list[str]]:
    """The learned vectors of every row's levels side by side, float32 [n, ΣD], and a name for each
    number: column_0, column_1, …. Raises InputError."""
    found = Tabular.of(model)
    widths = [
        (c.name, one.shape[1]) for c, one in zip(found.sheet.columns, found.rows, strict=True)
    ]
    names = [f"{name}_{at}" for name, width in widths for at in range(width)]
    return found.vectors(found.sheet.cells(records(data))), names


def tell_extra(found: Tabular, table: Records) -> None:
    """Warn of columns the model has no use for."""
    extra = found.sheet.unused(table, [found.answer.target])
    if extra:
        shown = ", ".join(map(repr, extra[:10])) + (" …" if len(extra) > 10 else "")
        message = f"{table.source}: columns the model does not know are left out: {shown}"
        warnings.warn(message, stacklevel=3)


def through(x: np.ndarray, layers: tuple[tuple[np.ndarray, np.ndarray], ...]) -> np.ndarray:
    """The last layer's scores for inputs float32 [n, in]."""
    for weights, biases in layers[:-1]:
        x = x @ weights
        x += biases
        np.maximum(x, 0, out=x)
    return np.asarray(x @ layers[-1][0] + layers[-1][1])


def probabilities(scores: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """softmax(scores / temperature), float64 [n, L]."""
    scaled = scores / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _column(found: Mapping[str, Any], at: int, model: Model) -> Column:
    knots = np.asarray(model.arrays.get(f"knots.{at}", np.zeros(0)))
    centre = np.asarray(model.arrays.get(f"centre.{at}", np.zeros(0, np.float32)))
    if len(knots) != len(centre) + (len(centre) > 0):
        raise InputError(f"column {found['name']!r}: {len(knots)} knots for {len(centre)} pieces")
    levels = model.parts[found["part"]].vectors.vocabulary
    return Column(found["name"], found["kind"], found["part"], levels, knots, centre)


def _layer(at: int, arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(arrays[f"weights.{at}"]), np.asarray(arrays[f"biases.{at}"])
