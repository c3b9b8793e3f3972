"""`Index`: neighbours by item, id or vector, over any `Search`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.queries import Queries, Query, Resolve, read_queries
from rowspace.vectors.search import Search
from rowspace.vocabulary import Vocabulary

Apart: TypeAlias = Iterable[str | bytes | int]
Found: TypeAlias = list[tuple[str, float]]


@final
@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """What `Vectors.index` gives back; `Vectors.nearest` itself goes through an exact one."""

    vocabulary: Vocabulary
    search: Search
    resolve: Resolve
    dim: int

    def through(self, search: Search) -> Index:
        """The same items by another search of theirs."""
        return Index(self.vocabulary, search, self.resolve, self.dim)

    def nearest(
        self, query: Query, k: int = 10, *, exclude: Apart = (), first: int | None = None
    ) -> Any:
        """The k items most like a query: list of (item, cosine), best first, ties by id.

        A list of queries gives a list of such lists. An item or id is not its own neighbour.
        `exclude` leaves out more; `first` looks only at the first so many (the most frequent).
        """
        single, ids, scores = self._search(query, k, exclude, first)
        found = self.spell(ids, scores)
        return found[0] if single else found

    def nearest_ids(
        self, query: Query, k: int = 10, *, exclude: Apart = (), first: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `nearest`: ids int64 [n, k] and cosines float32 [n, k], n = 1 for one query.

        k shrinks to what there is to return; places left over hold -1 and -inf.
        """
        _, ids, scores = self._search(query, k, exclude, first)
        return ids, scores

    def search_queries(
        self, queries: Queries, k: int, exclude: np.ndarray, first: int | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The search itself, after `exclude` int64 [m] and each query's own id are left out."""
        first = count_of(first, len(self.vocabulary))
        k = min(require_k(k), first)
        if k == 0:
            nothing = np.empty((len(queries.own), 0))
            return nothing.astype(np.int64), nothing.astype(np.float32)
        apart = np.concatenate(
            [queries.own[:, None], np.broadcast_to(exclude, (len(queries.own), len(exclude)))],
            axis=1,
        )
        ids, scores = self.search.search(queries.units, k, apart, first)
        # float32 rounding can lift the cosine of equal vectors above 1.
        return ids, np.minimum(scores, 1, out=scores)

    def spell(self, ids: np.ndarray, scores: np.ndarray) -> list[Found]:
        """(item, score) lists from the arrays of a search."""
        return [
            [(self.vocabulary.item(id), score) for id, score in zip(*row, strict=True) if id >= 0]
            for row in zip(ids.tolist(), scores.tolist(), strict=True)
        ]

    def _search(
        self, query: Query, k: int, exclude: Apart, first: int | None
    ) -> tuple[bool, np.ndarray, np.ndarray]:
        queries = read_queries(query, self.resolve, self.dim)
        apart = ids_of(exclude, self.vocabulary)
        return queries.single, *self.search_queries(queries, k, apart, first)


def ids_of(items: Apart, vocabulary: Vocabulary) -> np.ndarray:
    """Ids to leave out, int64; an item that is not known needs no leaving out: -1."""
    if isinstance(items, (str, bytes)):
        items = [items]
    found = [vocabulary.find(x) if isinstance(x, (str, bytes)) else int(x) for x in items]
    return np.array(found, np.int64)


def require_k(k: int) -> int:
    """Raises InputError unless k is a whole number of at least 1."""
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
        raise InputError(f"k, the number of neighbours, must be at least 1, not {k!r:.40}")
    return int(k)


def count_of(first: int | None, size: int) -> int:
    """How many items `first` leaves. Raises InputError unless None or at least 1."""
    if first is None:
        return size
    if isinstance(first, bool) or not isinstance(first, (int, np.integer)) or first < 1:
        raise InputError(f"first, the number of items searched, must be at least 1, not {first!r}")
    return min(int(first), size)
