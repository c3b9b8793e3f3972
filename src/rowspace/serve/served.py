"""`Served`: one model as the server holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.serve.columns import Column, Table
from rowspace.serve.names import Names
from rowspace.serve.shapes import ModelInfo
from rowspace.vectors import Model, Vectors
from rowspace.vectors.maps import Map, made, sample, stored_map

_NOTHING: Table = ({}, {})
MANY = 64
"""Neighbours of so many are searched in another way than those of one."""
KEPT = 8
"""Maps that are kept as they were sent."""


@final
class Served:
    """A model, and what answers need beside it."""

    def __init__(self, name: str, model: Model, columns: Table = _NOTHING) -> None:
        self.id, self.name, self.model = name, name, model
        self.vectors: Vectors = model.vectors
        self.names = Names(self.vectors.vocabulary)
        self.columns: Mapping[str, Column] = columns[1]
        self._lines = columns[0]
        self.sent: dict[Any, bytes] = {}
        self._drawing = Lock()
        self._maps: dict[tuple[str, int], Map] = {}

    def info(self) -> ModelInfo:
        """What is said of it."""
        return ModelInfo(
            id=self.id,
            name=self.name,
            items=len(self.vectors),
            dim=self.vectors.dim,
            unseen=self.vectors.vocabulary.unseen.name,
            has_counts=self.names.has_counts,
            labels=self.model.head is not None,
            columns=["norm", *(["count"] if self.names.has_counts else []), *self.columns],
            maps=["pca", *(["umap"] if stored_map(self.model, "umap") else [])],
        )

    def try_out(self) -> None:
        """One look-up and one search, which also load what these need. Raises RowspaceError."""
        if not len(self.vectors):
            raise InputError("the model has no items")
        vector = self.vectors[0]
        if vector.shape != (self.vectors.dim,):
            raise InputError("the model does not look up")
        self.vectors.nearest_ids([0], 1)
        self.info()

    def prepare(self) -> None:
        """Makes ready what the first search of items, and of many neighbours, would wait for."""
        self.names.find("a", 1)
        self.vectors.nearest_ids(list(range(min(MANY, len(self.vectors)))), 1)

    def map(self, method: str, points: int) -> Map | None:
        """The map that is stored, or (PCA alone) made now, of at most so many points."""
        with self._drawing:
            key = (method, points)
            if key not in self._maps:
                found = stored_map(self.model, method)
                if found is None and method == "pca":
                    found = made(self.vectors, "pca", points)
                elif found is not None and len(found) > points:
                    found = found.only(sample(self.vectors, points, among=found.ids))
                if found is None:
                    return None
                while len(self._maps) >= KEPT:
                    self._maps.pop(next(iter(self._maps)))
                self._maps[key] = found
            return self._maps[key]

    def places(self, items: Sequence[str]) -> list[int]:
        """The line of each item in the file of columns, -1 for none."""
        return [self._lines.get(item, -1) for item in items]

    @cached_property
    def norms(self) -> np.ndarray:
        """The length of each item's vector, float32 [V]; 0 for one that is not finite."""
        inverse = self.vectors.inverse_norms.astype(np.float64)
        norms = np.divide(1, inverse, out=np.zeros_like(inverse), where=inverse > 0)
        return norms.clip(max=3e38).astype(np.float32)
