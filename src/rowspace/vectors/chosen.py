"""Some of a model's items, in another number type or at length 1, while nothing is copied.

`chosen` gives a model whose rows are worked out block by block from those of the model it is made
from. Axes: `V` known items, `n` chosen ones, `R` rows, `D` dimensions.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, final

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.vectors.derived import CastRows, PooledRows, SomeRows, UnitRows
from rowspace.vectors.model import Context, Model
from rowspace.vectors.prefix import prefix
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary import Exact, Unseen, Vocabulary
from rowspace.vocabulary.items import Items, to_bytes

OWN_AND_SHARED = ("subwords", "grams", "bucket-grams", "listed-grams", "kept-grams")
"""Policies whose V items have a row each, before rows that do not depend on the items."""
SHARED = ("hashed", "floret")
"""Policies without rows for single items."""
PLAIN = "a plain format such as text keeps the items' own vectors, and takes this"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of a model is wanted: everything, as it is, unless told.

    words: these items alone, in the model's order. limit: the first so many (of those).
    dtype: "float32" or "float16". normalize: each item's vector at length 1; zero stays zero.
    prefix: the first so many numbers of each vector (docs/nested.md).
    """

    limit: int | None = None
    words: Iterable[str | bytes] | None = None
    dtype: Literal["float32", "float16"] | None = None
    normalize: bool = False
    prefix: int | None = None

    def __post_init__(self) -> None:
        whole = isinstance(self.limit, int) and not isinstance(self.limit, bool)
        fits = self.limit is None or (whole and self.limit >= 1)
        SettingError.unless(fits, "limit", self.limit, "a whole number from 1")
        fits = self.dtype in (None, "float32", "float16")
        SettingError.unless(fits, "dtype", self.dtype, "float32 or float16")
        fits = not isinstance(self.words, (str, bytes))
        SettingError.unless(fits, "words", self.words, "a list of items")

    @property
    def selects(self) -> bool:
        """Whether some items may be left out."""
        return self.limit is not None or self.words is not None

    @property
    def changes(self) -> bool:
        """Whether items or their directions' lengths change; the number type alone is no change."""
        return self.selects or self.normalize


@final
@dataclass(frozen=True, slots=True)
class Chosen:
    """`model`, and how many of the wanted words it does not know."""

    model: Model
    missing: int = 0


def chosen(model: Model, choice: Choice, *, pooled: bool = False) -> Chosen:
    """What `choice` wants of `model`. `pooled`: only the items' own vectors, as a row each.

    Otherwise an item made of several rows keeps them, and a choice which that does not allow is
    an InputError; so is one that leaves no item, and a number that float16 cannot hold. The
    output-side rows are those of the chosen items; beside vectors of length 1 they mean nothing.
    """
    missing = 0
    if choice.prefix is not None:
        model = prefix(model, choice.prefix)
    if pooled:
        model = replaced(model, _own(model.vectors))
    elif choice.changes:
        _require_possible(model, choice)
    if choice.selects:
        ids, missing = _wanted(model.vectors.vocabulary, choice)
        before = model
        model = replaced(model, selected(model.vectors, ids), lambda: _some(before.context, ids))
    if choice.normalize:
        vectors = model.vectors
        model = replaced(model, Vectors(vectors.vocabulary, UnitRows(vectors.rows)), lambda: None)
    if choice.dtype is not None and model.vectors.rows.dtype != choice.dtype:
        vectors = model.vectors
        cast = CastRows(vectors.rows, np.dtype(choice.dtype))
        model = replaced(model, Vectors(vectors.vocabulary, cast))
    return Chosen(model, missing)


def replaced(model: Model, vectors: Vectors, context: Context = None) -> Model:
    """The same model with other vectors; and with other output-side rows, if some are given."""
    context = context or (lambda: model.context)
    parts, arrays = model.parts, model.arrays
    return Model(
        vectors, model.config, model.record, context, model.head, parts=parts, arrays=arrays
    )


def _own(vectors: Vectors) -> Vectors:
    """The items' own vectors as rows, pooled when they are looked up; Exact."""
    unseen = vectors.vocabulary.unseen
    if isinstance(unseen, Exact):
        return vectors
    if unseen.unknown_item is None:
        warnings.warn(
            f"only the vectors of the {len(vectors)} items are kept, not what answers for unseen "
            f"ones ({unseen.answers})",
            stacklevel=4,
        )
    vocabulary = replace(vectors.vocabulary, unseen=Exact(unseen.unknown_item))
    return Vectors(vocabulary, PooledRows(vectors))


def _require_possible(model: Model, choice: Choice) -> None:
    """Raises InputError where labels, or items that share rows, do not allow the choice."""
    if model.head is not None:
        raise InputError(
            "a model that predicts labels needs all its items, as long as they are", hint=PLAIN
        )
    if model.parts or model.arrays:
        raise InputError(
            "a model that answers with its parts and arrays needs all its items, as they are",
            hint=PLAIN,
        )
    unseen = model.vectors.vocabulary.unseen
    if isinstance(unseen, Exact):
        return
    if choice.normalize:
        raise InputError(
            f"vectors made of several rows ({unseen.name}) cannot be brought to length 1 and "
            "still answer for unseen items",
            hint=PLAIN,
        )
    if unseen.name not in OWN_AND_SHARED + SHARED or getattr(unseen, "own", False):
        raise InputError(f"items that share rows ({unseen.name}) cannot be chosen", hint=PLAIN)


def _wanted(vocabulary: Vocabulary, choice: Choice) -> tuple[np.ndarray, int]:
    """Ids to keep, int64 [n], rising; and how many words there are no ids for."""
    missing = 0
    ids = np.arange(len(vocabulary))
    if choice.words is not None:
        found = vocabulary.ids(dict.fromkeys(map(to_bytes, choice.words)))
        missing = int((found < 0).sum())
        ids = np.unique(found[found >= 0])
    ids = ids[: choice.limit]
    if not len(ids):
        wrong = f"none of the {missing} words is among the {len(vocabulary)} items"
        raise InputError(
            wrong if missing else "there are no words to choose items by",
            hint="one word a line, spelled as in the vocabulary",
        )
    return ids, missing


def selected(vectors: Vectors, ids: np.ndarray) -> Vectors:
    """Vectors of the items `ids` int64 [n], rising, and of the rows that all items share."""
    vocabulary = vectors.vocabulary
    items = vocabulary.items
    kept = Items.of([items[id] for id in ids.tolist()])
    unseen, rows = _unseen(vocabulary.unseen, kept), vectors.rows
    if unseen.name not in SHARED:
        rows = _some(rows, ids, vocabulary.n_rows - len(items))
    return Vectors(Vocabulary(kept, vocabulary.counts[ids], unseen), rows)


def _unseen(unseen: Unseen, kept: Items) -> Unseen:
    """The policy without its unknown item, where that is not among those kept."""
    unknown = unseen.unknown_item
    if unknown is None or kept.find(unknown.encode("utf-8", "surrogateescape")) >= 0:
        return unseen
    warnings.warn(f"{unknown!r}, which answered for unseen items, is left out", stacklevel=5)
    return Exact()


def _some(rows: Any, ids: np.ndarray, shared: int = 0) -> Any:
    """Rows `ids` and the last `shared` ones; the first of an array as they lie."""
    if rows is None:
        return None
    if isinstance(rows, np.ndarray) and not shared and ids[-1] == len(ids) - 1:
        return rows[: len(ids)]
    return SomeRows(rows, ids, shared)
