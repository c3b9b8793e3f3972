"""Approximate search through faiss (the `ann` extra): it proposes, the rows themselves decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.cells import Cells, load_faiss
from rowspace.vectors.cosine import row_blocks, unit_rows
from rowspace.vectors.index import Index
from rowspace.vectors.search import ExactSearch, Search

KINDS = ("ivf", "hnsw", "flat")
WIDTH = 64
FEW = 1000
"""Items below which there is nothing to learn cells from."""
ASKED, K = 256, 10
"""Rows that are asked for so many neighbours each where recall is measured."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class FaissSearch(Search):
    """`index` is a faiss index of unit rows by inner product; `width` widens its search.

    What it proposes is ranked by the rows, so scores are cosines and ties go by id as in `exact`.
    Where `first` leaves half of the items or fewer, these are all compared. `cells` is what there
    is to store of an index of kind "ivf".
    """

    exact: ExactSearch
    index: Any
    kind: str
    width: int
    cells: Cells | None = None

    @classmethod
    def build(cls, exact: ExactSearch, kind: str = "ivf", *, width: int = WIDTH) -> FaissSearch:
        """Builds an index of every row.

        ivf: about √V cells, rows coded in four bits a number (`Cells`); `width` = cells looked
        through. hnsw: a graph of 32 links (Malkov and Yashunin 2018), which takes far longer to
        build; `width` = candidates kept while searching. flat: all rows.
        """
        if kind not in KINDS:
            raise InputError(f"there is no index {kind!r:.80}; there are {', '.join(KINDS)}")
        _require_width(width)
        faiss = load_faiss()
        matrix = exact.matrix
        if kind == "ivf" and len(matrix) >= FEW:
            return cls.of_cells(exact, Cells.learned(matrix), width=width)
        recipe = "HNSW32" if kind == "hnsw" and len(matrix) else "Flat"
        index = faiss.index_factory(matrix.shape[1], recipe, faiss.METRIC_INNER_PRODUCT)
        blocks = row_blocks(matrix)
        for start in blocks:
            index.add(unit_rows(matrix[start : start + blocks.step]))
        return cls(exact, index, "hnsw" if recipe == "HNSW32" else "flat", width)

    @classmethod
    def of_cells(cls, exact: ExactSearch, cells: Cells, *, width: int = WIDTH) -> FaissSearch:
        """An index of kind "ivf" from its arrays. Raises InputError if they are of other rows."""
        _require_width(width)
        found = len(cells.ids), cells.centres.shape[1]
        if found != exact.matrix.shape:
            raise InputError(f"an index of {found} does not go with rows of {exact.matrix.shape}")
        return cls(exact, cells.index(), "ivf", width, cells)

    def search(
        self, units: np.ndarray, k: int, exclude: np.ndarray, first: int
    ) -> tuple[np.ndarray, np.ndarray]:
        size = len(self.exact.matrix)
        if 2 * first <= size or not len(units):
            return self.exact.search(units, k, exclude, first)
        faiss = load_faiss()
        # Some of what comes back may be excluded: ask for as many more.
        wanted = min(size, k + exclude.shape[1])
        options: dict[str, Any] = {"sel": faiss.IDSelectorRange(0, first)} if first < size else {}
        if self.kind == "hnsw":
            parameters = faiss.SearchParametersHNSW(efSearch=max(self.width, wanted), **options)
        elif self.kind == "ivf":
            wanted = min(size, wanted * (4 + self.width // 32))  # codes are coarse
            parameters = faiss.SearchParametersIVF(nprobe=self.width, **options)
        else:
            parameters = faiss.SearchParameters(**options)
        asked = np.ascontiguousarray(units, np.float32)
        _, candidates = self.index.search(asked, wanted, params=parameters)
        ids, scores = self.exact.rank(units, candidates, k, exclude)
        # A zero vector is as near to all; cells may hold fewer than k. Then all are compared.
        short = np.flatnonzero((ids < 0).any(axis=1))
        if len(short):
            found = self.exact.search(units[short], k, exclude[short], first)
            ids[short], scores[short] = found
        return ids, scores

    def measured(self) -> float:
        """Recall@10: the share of the ten nearest that are found, for rows from all over."""
        size = len(self.exact.matrix)
        asked = np.unique(np.linspace(0, max(size - 1, 0), min(size, ASKED)).astype(np.int64))
        units, k = unit_rows(self.exact.matrix[asked]), min(K, size - 1)
        if k < 1:
            return 1.0
        true, _ = self.exact.search(units, k, asked[:, None], size)
        found, _ = self.search(units, k, asked[:, None], size)
        return float((true[:, :, None] == found[:, None, :]).any(axis=2).mean())

    def wide_enough(self, recall: float) -> FaissSearch:
        """The same index, as narrow as `recall` allows (of a row of widths that grow by a quarter).

        Raises InputError where even the widest finds less.
        """
        if not 0 < recall <= 1:
            raise InputError(f"recall must be above 0 and at most 1, not {recall!r:.40}")
        most = self.index.nlist if self.kind == "ivf" else len(self.exact.matrix)
        width, found = 0, 0.0
        while found < recall and width < most and self.kind != "flat":
            width = min(most, max(width + 1, width * 5 // 4))
            found = self._with(width).measured()
        if found < recall and self.kind != "flat":
            raise InputError(
                f"recall {recall} was wanted; the widest search finds {found:.4f}",
                hint="ask for less, or use vectors.nearest, which compares every row",
            )
        return self._with(max(width, 1))

    def _with(self, width: int) -> FaissSearch:
        return FaissSearch(self.exact, self.index, self.kind, width, self.cells)


class Searched(Protocol):
    """`Vectors`, as far as an index needs to know them."""

    @property
    def exact(self) -> Index: ...

    @property
    def matrix(self) -> np.ndarray: ...

    @property
    def inverse_norms(self) -> np.ndarray: ...


def exact_of(vectors: Searched) -> ExactSearch:
    """The rows that an index of these vectors is built from, and ranks by."""
    search = vectors.exact.search
    if isinstance(search, ExactSearch):
        return search
    return ExactSearch(vectors.matrix, vectors.inverse_norms)


def _require_width(width: int) -> None:
    if isinstance(width, bool) or not isinstance(width, int) or width < 1:
        raise InputError(f"the width of a search must be at least 1, not {width!r:.40}")
