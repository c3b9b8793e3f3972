"""`Kept`: what a fitted estimator holds of its model, in pieces that can go to other processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.vectors import Head, Model, Vectors


@final
@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The pieces of a `Model`; `parts` are the vectors of its parts."""

    vectors: Vectors | None
    config: dict[str, Any]
    record: dict[str, Any]
    head: Head | None
    parts: dict[str, Vectors]
    arrays: dict[str, np.ndarray]

    @classmethod
    def of(cls, model: Model) -> Kept:
        """Of a model whose parts are nothing but vectors."""
        parts = {name: part.vectors for name, part in model.parts.items()}
        vectors = model.vectors if model.has_vectors else None
        return cls(vectors, model.config, model.record, model.head, parts, dict(model.arrays))

    def model(self) -> Model:
        """The model again; nothing is copied."""
        parts = {name: Model(vectors) for name, vectors in self.parts.items()}
        return Model(
            self.vectors, self.config, self.record, head=self.head, parts=parts, arrays=self.arrays
        )
