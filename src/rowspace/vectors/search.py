"""`Search`: the k rows most like each query, as arrays. The exact one goes through BLAS in blocks,
or, where there is more to do, through compiled code (`fast_search`).

Axes: `V` rows, `D` dimensions, `n` queries.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.vectors.cosine import row_blocks, unit_rows
from rowspace.vectors.fast_search import known, pays, rank_rows, search_rows

QUERIES_AT_ONCE = 256
# Rows longer than 1e30 are brought to length 1 first: their products may leave float32.
TOO_LONG = 1e-30


class Search(ABC):
    """A way of finding neighbours by cosine."""

    __slots__ = ()

    @abstractmethod
    def search(
        self, units: np.ndarray, k: int, exclude: np.ndarray, first: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """ids int64 [n, k] and cosines float32 [n, k], best first, ties by id.

        `units` float32 [n, D] of length 1 (or 0); `exclude` int64 [n, m] names ids not to return
        (-1: none); only ids below `first` are looked at. Places left over hold -1 and -inf.
        """


@final
@dataclass(frozen=True, slots=True, eq=False)
class ExactSearch(Search):
    """Every row is compared: `matrix` float32, float16 or int8 [V, D], its `inverse_norms` float32.

    Scores are sums in float32, and their last digits may depend on how many queries come at once.
    """

    matrix: np.ndarray
    inverse_norms: np.ndarray

    def search(
        self, units: np.ndarray, k: int, exclude: np.ndarray, first: int
    ) -> tuple[np.ndarray, np.ndarray]:
        ids = np.full((len(units), k), -1, np.int64)
        scores = np.full((len(units), k), -np.inf, np.float32)
        rows, norms = self.matrix[:first], self.inverse_norms[:first]
        compiled = k > 0 and pays(rows, len(units)) and not overlong(norms)
        for at in range(0, len(units), QUERIES_AT_ONCE):
            some = slice(at, at + QUERIES_AT_ONCE)
            if compiled:
                ids[some], scores[some] = search_rows(rows, norms, units[some], k, exclude[some])
            else:
                self._search_some(units[some], exclude[some], first, (ids[some], scores[some]))
        return ids, scores

    def rank(
        self, units: np.ndarray, candidates: np.ndarray, k: int, exclude: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """`search` among the rows `candidates` int64 [n, m] of each query alone; -1: none."""
        candidates = np.sort(candidates, axis=1)
        if k and candidates.size and known(self.matrix) and not overlong(self.inverse_norms):
            return rank_rows(self.matrix, self.inverse_norms, units, candidates, exclude, k)
        scores = np.full(candidates.shape, -np.inf, np.float32)
        for query, some in enumerate(candidates):
            there = (some >= 0) & ~np.isin(some, exclude[query])
            held = some[there]
            row = cosines(units[query : query + 1], self.matrix[held], self.inverse_norms[held])
            scores[query, there] = row[0]
        places, best = top(scores, k)
        if not candidates.size:
            return places, best
        return np.where(places < 0, -1, np.take_along_axis(candidates, places, axis=1)), best

    def _search_some(
        self,
        units: np.ndarray,
        exclude: np.ndarray,
        first: int,
        best: tuple[np.ndarray, np.ndarray],
    ) -> None:
        """Goes through the rows in blocks and keeps the best so far in `best`, in place."""
        numbers = (1 << 22) // max(1, len(units) // max(1, self.matrix.shape[1]))
        blocks = row_blocks(self.matrix[:first], numbers)
        for start in blocks:
            stop = min(first, start + blocks.step)
            scores = cosines(units, self.matrix[start:stop], self.inverse_norms[start:stop])
            hide(scores, exclude - start)
            merge(best, scores, start)


def cosines(units: np.ndarray, rows: np.ndarray, inverse_norms: np.ndarray) -> np.ndarray:
    """float32 [n, rows]; 0 where either vector is zero or not finite."""
    broken = inverse_norms == 0
    if overlong(inverse_norms):
        return units @ unit_rows(rows).T
    with np.errstate(invalid="ignore", over="ignore"):
        scores = units @ rows.astype(np.float32, copy=False).T
        scores *= inverse_norms
    if broken.any():
        scores[:, broken] = 0
    return scores


def overlong(inverse_norms: np.ndarray) -> bool:
    """Whether products with one of the rows may leave float32."""
    return bool(((inverse_norms < TOO_LONG) & (inverse_norms > 0)).any())


def hide(scores: np.ndarray, columns: np.ndarray) -> None:
    """Sets the named columns of each row to -inf, where they exist; in place."""
    row, place = np.nonzero((columns >= 0) & (columns < scores.shape[1]))
    scores[row, columns[row, place]] = -np.inf


def merge(best: tuple[np.ndarray, np.ndarray], scores: np.ndarray, start: int) -> None:
    """Takes the columns of `scores` [n, m], of ids from `start` on, into the `best` k; in place.

    `best` is ids int64 [n, k] and scores [n, k], best first, of ids below `start`. Of equal
    scores the lower id comes first; what has score -inf stays out.
    """
    ids, tops = best
    if not ids.size:
        return
    k, m = ids.shape[1], scores.shape[1]
    least = tops[:, -1].copy()
    fresh = least == -np.inf
    if k < m and fresh.any():
        least[fresh] = np.partition(scores[fresh], m - k, axis=1)[:, m - k]
    for row, low in enumerate(least):
        # All that equal the k-th stay in until the stable sort has settled the ties.
        near = np.flatnonzero(scores[row] >= low)
        near = near[scores[row, near] > -np.inf]
        if len(near):
            both = np.concatenate([tops[row], scores[row, near]])
            order = np.argsort(-both, kind="stable")[:k]
            ids[row] = np.concatenate([ids[row], near + start])[order]
            tops[row] = both[order]


def top(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The columns of the k best scores of each row and their scores, [n, k], as `merge` does."""
    best = (
        np.full((len(scores), k), -1, np.int64),
        np.full((len(scores), k), -np.inf, np.float32),
    )
    merge(best, scores, 0)
    return best
