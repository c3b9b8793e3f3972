"""Searches that go through rows as they are stored: int8 as it is, codes with finer rows beside.

Axes: `V` rows, `D` dimensions, `M` stretches, `n` queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, final

import numpy as np

from rowspace.threads import spread
from rowspace.vectors.cosine import inverse_norms, unit_rows
from rowspace.vectors.int8 import Int8Rows
from rowspace.vectors.joined import JoinedRows
from rowspace.vectors.quantized import CENTROIDS, QuantizedRows
from rowspace.vectors.ranked import RankedRows
from rowspace.vectors.search import ExactSearch, Search, hide, top
from rowspace.vectors.stored import Rows, parts_of
from rowspace.vocabulary import Vocabulary

CANDIDATES, TIMES = 100, 10
"""Rows that are ranked again: so many at least, and so many times what is asked for."""
# From so many look-ups on, loading the compiled twin is worth its half second.
MANY = 1 << 22
_ROWS = 1 << 14  # below so many a thread is not worth waking


class Searched(Protocol):
    """`Vectors`, as far as a search of them is concerned."""

    @property
    def vocabulary(self) -> Vocabulary: ...

    @property
    def rows(self) -> Rows: ...

    @property
    def matrix(self) -> np.ndarray: ...

    @property
    def inverse_norms(self) -> np.ndarray: ...


def search_of(vectors: Searched) -> Search:
    """An exact search of the items' vectors; of codes with finer rows beside, `CodeSearch`."""
    rows, size = vectors.rows, len(vectors.vocabulary)
    if isinstance(rows, JoinedRows):
        rows = rows.parts[0]
    if vectors.vocabulary.unseen.own_rows and len(rows) == size:
        if isinstance(rows, Int8Rows):  # a scale changes no cosine
            return ExactSearch(rows.codes, inverse_norms(rows.codes))
        if isinstance(rows, RankedRows):
            return CodeSearch.of(rows)
    return ExactSearch(vectors.matrix, vectors.inverse_norms)


@final
@dataclass(frozen=True, slots=True, eq=False)
class CodeSearch(Search):
    """Candidates by `codes`, ranked by `finer` rows; `factors` float32 [V] bring rows of centroids
    to length 1, or are 0."""

    codes: QuantizedRows
    finer: Rows
    factors: np.ndarray

    @classmethod
    def of(cls, rows: RankedRows) -> CodeSearch:
        """Reads the codes once, a block at a time."""
        codes = rows.codes
        plain = QuantizedRows(codes.codes, codes.centroids, codes.dsub)
        factors = np.empty(len(codes), np.float32)
        blocks = parts_of(plain)
        for start in blocks:
            here = slice(start, start + blocks.step)
            factors[here] = inverse_norms(plain[here])
        return cls(plain, rows.finer, factors)

    def search(
        self, units: np.ndarray, k: int, exclude: np.ndarray, first: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """As `Search.search`, of the candidates alone; the cosines are those of the finer rows."""
        ids = np.full((len(units), k), -1, np.int64)
        scores = np.full((len(units), k), -np.inf, np.float32)
        wanted = min(first, max(CANDIDATES, TIMES * k) + exclude.shape[1])
        rough = np.empty((1, len(self.codes)), np.float32)
        for at, unit in enumerate(units if k else ()):
            self._scan(unit, first, rough[0])
            found = rough[:, :first]
            hide(found, exclude[at : at + 1])
            likely = self._likeliest(found[0], wanted)
            exact = unit_rows(np.asarray(self.finer[likely], np.float32)) @ unit
            best, scores[at : at + 1] = top(exact[None], k)
            ids[at] = np.where(best[0] < 0, -1, likely[best[0]] if len(likely) else -1)
        return ids, scores

    def _scan(self, unit: np.ndarray, first: int, scores: np.ndarray) -> None:
        """The cosine of each row's codes with one query, into `scores` [V]."""
        codes = self.codes
        table = self._table(unit)
        if first * codes.codes.shape[1] < MANY:
            from rowspace.kernels.codes_reference import scan as plain

            for start in (blocks := parts_of(codes.codes[:first], 1 << 20)):
                plain(
                    codes.codes, table, self.factors, start, min(first, start + blocks.step), scores
                )
            return
        from rowspace.kernels.cpu_codes import scan

        lasting = codes.codes.view()
        lasting.flags.writeable = False
        spread(lambda a, b: scan(lasting, table, self.factors, a, b, scores), first, _ROWS)

    def _table(self, unit: np.ndarray) -> np.ndarray:
        """The product of the query's stretches with their centroids, float32 [M, 256]."""
        codes, dim = self.codes, self.codes.shape[1]
        table = np.empty((codes.codes.shape[1], CENTROIDS), np.float32)
        for place, start in enumerate(range(0, dim, codes.dsub)):
            width = min(codes.dsub, dim - start)
            at = CENTROIDS * start
            centroids = codes.centroids[at : at + CENTROIDS * width].reshape(CENTROIDS, width)
            table[place] = centroids @ unit[start : start + width]
        return table

    @staticmethod
    def _likeliest(scores: np.ndarray, wanted: int) -> np.ndarray:
        """The ids of the best scores, rising, int64; without those hidden."""
        if wanted < len(scores):
            ids = np.sort(np.argpartition(-scores, wanted - 1)[:wanted])
        else:
            ids = np.arange(len(scores))
        return ids[scores[ids] > -np.inf]
