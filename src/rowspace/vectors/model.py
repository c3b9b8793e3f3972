"""`Model`: vectors and what made them; what a folder on disk holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.vectors import Vectors

Context: TypeAlias = np.ndarray | Callable[[], np.ndarray | None] | None


@final
class Model:
    """`vectors`, `config` (settings, data only), `record` (scores, how training went).

    `context` float32 [V, D] or None: the output-side rows, for going on with the training. It may
    be given as a function, which is called when `context` is first asked for.
    """

    def __init__(
        self,
        vectors: Vectors,
        config: Mapping[str, Any] | None = None,
        record: Mapping[str, Any] | None = None,
        context: Context = None,
    ) -> None:
        self._vectors = vectors
        self._config = dict(config or {})
        self._record = dict(record or {})
        self._open_context = context if callable(context) else lambda: context

    @property
    def vectors(self) -> Vectors:
        """The frozen result."""
        return self._vectors

    @property
    def config(self) -> dict[str, Any]:
        """The configuration that made it: data only."""
        return self._config

    @property
    def record(self) -> dict[str, Any]:
        """What was measured while and after making it."""
        return self._record

    @cached_property
    def context(self) -> np.ndarray | None:
        """The output-side rows, float32 [V, D], or None if they were not kept."""
        context = self._open_context()
        if context is not None and len(context) != len(self.vectors):
            raise InputError(
                f"{len(context)} context rows do not go with {len(self.vectors)} items"
            )
        return context

    def __repr__(self) -> str:
        return f"Model({self.vectors!r}, config={self.config!r})"
