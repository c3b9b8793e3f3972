"""What one may search by: an item, an id, a vector, or a list of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import ArrayLike

from rowspace.errors import InputError
from rowspace.vectors.cosine import unit_rows

Query: TypeAlias = str | bytes | int | np.ndarray | list[Any] | tuple[Any, ...]
Resolve: TypeAlias = Callable[[str | bytes | int], tuple[np.ndarray, int]]


@final
@dataclass(frozen=True, slots=True, eq=False)
class Queries:
    """`units` float32 [n, D]; `own[i]` the id query i came from, or -1; `single` if not a list."""

    units: np.ndarray
    own: np.ndarray
    single: bool


def read_queries(query: Query, resolve: Resolve, dim: int) -> Queries:
    """Reads a query. `resolve` gives the vector and id (-1 if unseen) of an item or id.

    A list of numbers that are not all whole is one vector; any other list is many queries.
    """
    single, listed = _listed(query)
    vectors = np.empty((len(listed), dim), np.float32)
    own = np.full(len(listed), -1, np.int64)
    for at, one in enumerate(listed):
        if isinstance(one, (str, bytes, int, np.integer)) or not _numbers(one):
            vectors[at], own[at] = resolve(one)
        else:
            vectors[at] = read_vector(one, dim)
    return Queries(unit_rows(vectors), own, single)


def read_vector(values: ArrayLike, dim: int) -> np.ndarray:
    """float32 [dim]. Raises InputError for another shape."""
    try:
        vector = np.asarray(values, np.float32)
    except (TypeError, ValueError):
        raise InputError(f"a vector of {dim} numbers was wanted, not {values!r:.80}") from None
    if vector.shape != (dim,):
        raise InputError(f"a vector of {dim} numbers was wanted, not an array of {vector.shape}")
    return vector


def _listed(query: Query) -> tuple[bool, list[Any]]:
    """(whether it is one query, the queries)."""
    if isinstance(query, np.ndarray):
        if query.dtype.kind == "f" and query.ndim == 1:
            return True, [query]
        return (True, [query[()]]) if query.ndim == 0 else (False, list(query))
    if isinstance(query, (list, tuple)):
        one_vector = any(isinstance(x, (float, np.floating)) for x in query)
        return (True, [query]) if one_vector else (False, list(query))
    return True, [query]


def _numbers(one: Any) -> bool:
    return isinstance(one, (list, tuple, np.ndarray))
