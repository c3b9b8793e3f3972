"""`Model`: vectors and what made them; what a folder on disk holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.head import Head
from rowspace.vectors.inside import checked_arrays, listed, no_vectors, require_name
from rowspace.vectors.predict import Prediction, predicted
from rowspace.vectors.questions import asked, head_of
from rowspace.vectors.stored import Rows
from rowspace.vectors.vectors import Vectors

Context: TypeAlias = Rows | Callable[[], Rows | None] | None
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@final
class Model:
    """`vectors`, `config` (settings, data only), `record` (scores, how training went).

    `context` float32 [V, D] or None: the output-side rows, for going on with the training. It may
    be given as a function, which is called when `context` is first asked for. `head`: labels, for
    a model that answers with them. `parts`: models inside this one by name (a recommender's users,
    a table's columns), which have no parts themselves and keep no `context`; `arrays`: other
    numbers it answers with, float32, float64 or int64. A model with one of these
    may have no vectors of its own. Raises InputError for what does not go together.
    """

    def __init__(
        self,
        vectors: Vectors | None,
        config: Mapping[str, Any] | None = None,
        record: Mapping[str, Any] | None = None,
        context: Context = None,
        head: Head | None = None,
        *,
        parts: Mapping[str, Model] = _NOTHING,
        arrays: Mapping[str, np.ndarray] = _NOTHING,
    ) -> None:
        self._parts, self._arrays = _checked_parts(parts), checked_arrays(arrays)
        if vectors is None and not parts and not arrays:
            raise InputError("a model has vectors, or parts, or arrays")
        if head is not None and vectors is not None:
            head.require_dim(vectors.dim)
        self._vectors = vectors
        self._config = dict(config or {})
        self._record = dict(record or {})
        self._open_context = context if callable(context) else lambda: context
        self._head = head

    @property
    def vectors(self) -> Vectors:
        """The frozen result. Raises InputError, naming the parts, where only these have vectors."""
        if self._vectors is None:
            raise no_vectors(self._parts)
        return self._vectors

    @property
    def has_vectors(self) -> bool:
        """Whether it has vectors of its own."""
        return self._vectors is not None

    @property
    def parts(self) -> Mapping[str, Model]:
        """The models inside it by name, read-only."""
        return self._parts

    @property
    def arrays(self) -> Mapping[str, np.ndarray]:
        """The arrays it answers with by name, read-only."""
        return self._arrays

    @property
    def config(self) -> dict[str, Any]:
        """The configuration that made it: data only."""
        return self._config

    @property
    def record(self) -> dict[str, Any]:
        """What was measured while and after making it."""
        return self._record

    @property
    def head(self) -> Head | None:
        """Labels and their weights, or None."""
        return self._head

    @cached_property
    def context(self) -> Rows | None:
        """The output-side rows, float32 [V, D], or None if they were not kept."""
        context = self._open_context()
        if self._vectors is None:
            return None
        if context is not None and len(context) != len(self.vectors):
            raise InputError(
                f"{len(context)} context rows do not go with {len(self.vectors)} items"
            )
        return context

    def predict(
        self, texts: Any, k: int = 1, threshold: float = 0.0, *, column: str | None = None
    ) -> list[Prediction]:
        """For each text the k best labels (-1: all) and their probabilities, best first.

        texts: a list of them, or a frame, records or dictionaries with the columns of the training
        (`column`: another one for the texts). Those below `threshold` are left out, and a text of
        which nothing is known has none. Probabilities of a model with the loss softmax or hs add up
        to 1; of one with ova or ns each stands by itself. A fastText model cuts and judges as
        fastText does: a probability may come out as 1.00001. Raises InputError for a model without
        labels (of a table's model ask `vectors.tabular.predicted_table`), and for columns that are
        not there.
        """
        head = head_of(self)
        given, cells = asked(self, texts, column)
        cutting = self.config.get("cutting")
        return list(
            predicted(self.vectors, head, given, k, threshold, cutting=cutting, cells=cells)
        )

    def __repr__(self) -> str:
        inside = f", parts: {listed(self._parts)}" if self._parts else ""
        return f"Model({self._vectors!r}, config={self.config!r}{inside})"


def _checked_parts(parts: Mapping[str, Model]) -> Mapping[str, Model]:
    """The parts as they will stay. Raises InputError for a name, or a part that has parts."""
    for name, part in parts.items():
        require_name(name, "a part")
        if part.parts:
            raise InputError(
                f"the part {name!r} has parts itself ({listed(part.parts)})",
                hint="give all of them to the one model",
            )
    return MappingProxyType(dict(parts))
