"""The first numbers of vectors, as vectors: what nested training is for (docs/nested.md).

Nothing is copied. Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final, overload

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.model import Model
from rowspace.vectors.stored import Rows, StoredRows
from rowspace.vectors.vectors import Vectors


@final
@dataclass(frozen=True, slots=True, eq=False)
class FirstNumbers(StoredRows):
    """The first `dim` numbers of `rows` that are looked up where they lie."""

    rows: StoredRows
    dim: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.shape[0], self.dim

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.rows.dtype

    def __getitem__(self, index: np.ndarray | slice) -> np.ndarray:
        return self.rows[index][..., : self.dim]


def first_numbers(rows: Rows, dim: int) -> Rows:
    """The first `dim` numbers of each row: a view, or rows behind a look-up."""
    return FirstNumbers(rows, dim) if isinstance(rows, StoredRows) else rows[:, :dim]


@overload
def prefix(of: Model, dim: int) -> Model: ...
@overload
def prefix(of: Vectors, dim: int) -> Vectors: ...
def prefix(of: Model | Vectors, dim: int) -> Model | Vectors:
    """The first `dim` numbers of each vector, as vectors or a model of them; nothing is copied.

    What they are worth depends on the training: it was for them if `dim` is one of `prefixes_of`.
    The output-side rows of a model are cut alike, and training can go on with it. Raises
    InputError for more numbers than there are, and for a model with labels or with models inside
    it, whose weights are for all numbers together.
    """
    whole = isinstance(dim, (int, np.integer)) and not isinstance(dim, bool)
    vectors = of if isinstance(of, Vectors) else of.vectors
    if not (whole and 1 <= dim <= vectors.dim):
        raise InputError(
            f"the first {dim!r:.40} numbers are wanted of vectors of {vectors.dim}",
            hint=f"give a whole number from 1 to {vectors.dim}",
        )
    cut = Vectors(vectors.vocabulary, first_numbers(vectors.rows, int(dim)))
    return cut if isinstance(of, Vectors) else _model(of, cut)


def prefixes_of(model: Model) -> tuple[int, ...]:
    """The lengths a model was trained for: its own alone, unless the training was nested."""
    told = _objective(model).get("nested")
    inside = told if isinstance(told, (list, tuple)) else ()
    found = {one for one in inside if isinstance(one, int) and 0 < one < model.vectors.dim}
    return (*sorted(found), model.vectors.dim)


def _model(model: Model, cut: Vectors) -> Model:
    for what, there in (("labels", model.head is not None), ("parts", bool(model.parts))):
        if there:
            raise InputError(
                f"the first numbers of a model with {what} cannot be taken: "
                "its weights are for all numbers together",
                hint="train it with that --dim",
            )

    def context() -> Rows | None:
        return None if model.context is None else first_numbers(model.context, cut.dim)

    config, known = dict(model.config), [one for one in prefixes_of(model) if one <= cut.dim]
    if _objective(model):
        nested = known if len(known) > 1 else []
        config["objective"] = {**_objective(model), "dim": cut.dim, "nested": nested}
    record = {**model.record, "prefix": {"dim": cut.dim, "of": model.vectors.dim}}
    return Model(vectors=cut, config=config, record=record, context=context, arrays=model.arrays)


def _objective(model: Model) -> Mapping[str, Any]:
    found = model.config.get("objective")
    return found if isinstance(found, Mapping) else {}
