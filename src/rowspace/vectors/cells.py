"""`Cells`: an index as plain arrays. Rows in cells around centres, each row as codes of four bits.

Every number of a unit row is coded by the nearest of 16 numbers of its dimension: D / 2 bytes a
row. faiss looks through the codes of the cells nearest to a query with vector instructions (André
et al. 2015, "Cache locality is not enough"; Douze et al. 2024, "The Faiss library"), and what it
proposes is ranked by the rows themselves. Nothing but these arrays is ever stored, so an index from
a stranger is data to be checked, not a file for a parser in C++.

Axes: `V` rows, `D` dimensions, `C` cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any, final

import numpy as np

from rowspace.errors import InputError, MissingExtraError
from rowspace.vectors.cosine import row_blocks, unit_rows

LEVELS = 16
ROUNDS = 8
"""Rounds of k-means; more found no more neighbours."""
SAMPLE = 64
"""Rows a cell is learned from."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """`centres` float32 [C, D]; `levels` float32 [D, 16]; `codes` uint8 [V, ceil(D / 2)], those of
    cell c from row offsets[c] (int64 [C + 1]) on, which are of the items `ids` int32 [V].

    Raises InputError for arrays that do not hold together: then no code outside may touch them.
    """

    centres: np.ndarray
    levels: np.ndarray
    offsets: np.ndarray
    ids: np.ndarray
    codes: np.ndarray

    def __post_init__(self) -> None:
        cells, dim = (*self.centres.shape, 0)[:2]
        size = len(self.ids)
        wanted = {
            "centres": (np.float32, (cells, dim)),
            "levels": (np.float32, (dim, LEVELS)),
            "offsets": (np.int64, (cells + 1,)),
            "ids": (np.int32, (size,)),
            "codes": (np.uint8, (size, -(-dim // 2))),
        }
        for name, (dtype, shape) in wanted.items():
            array = getattr(self, name)
            if array.dtype != dtype or array.shape != shape or not cells or not dim:
                raise InputError(
                    f"an index needs {name} {np.dtype(dtype).name} {shape}, not {array.dtype} "
                    f"{array.shape}"
                )
        if not (np.isfinite(self.centres).all() and np.isfinite(self.levels).all()):
            raise InputError("the centres of an index hold a number that is not finite")
        steps = np.diff(self.offsets)
        if self.offsets[0] != 0 or self.offsets[-1] != size or (steps < 0).any():
            raise InputError(f"the cells of an index must hold {size} items, one after another")
        if size and (self.ids.min() < 0 or self.ids.max() >= size):
            raise InputError(f"an index names an item beyond its {size}")
        if (np.bincount(self.ids, minlength=size) != 1).any():
            raise InputError("an index must hold every item once")

    @classmethod
    def learned(cls, matrix: np.ndarray) -> Cells:
        """About √V cells of the rows of `matrix` [V, D]; the same for the same rows."""
        faiss = load_faiss()
        cells = max(1, isqrt(len(matrix)))
        index = _plain(faiss, matrix.shape[1], cells)
        index.cp.niter, index.cp.max_points_per_centroid = ROUNDS, SAMPLE
        index.train(unit_rows(matrix[:: max(1, len(matrix) // (SAMPLE * cells))]))
        blocks = row_blocks(matrix)
        for start in blocks:
            index.add(unit_rows(matrix[start : start + blocks.step]))
        sizes = [index.invlists.list_size(cell) for cell in range(cells)]
        ids = np.concatenate(list(_lists(faiss, index, sizes, "get_ids", 1)))
        codes = np.concatenate(list(_lists(faiss, index, sizes, "get_codes", index.code_size)))
        levels = faiss.vector_to_array(index.pq.centroids).reshape(-1, LEVELS)
        return cls(
            index.quantizer.reconstruct_n(0, cells),
            levels,
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            ids.astype(np.int32),
            codes.reshape(len(ids), -1),
        )

    def index(self) -> Any:
        """The faiss index that looks through the codes."""
        faiss = load_faiss()
        (cells, dim), starts = self.centres.shape, self.offsets.tolist()
        plain = _plain(faiss, dim, cells)
        plain.quantizer.add(np.ascontiguousarray(self.centres))
        faiss.copy_array_to_vector(self.levels.ravel(), plain.pq.centroids)
        plain.is_trained = True
        ids, codes = self.ids.astype(np.int64), np.ascontiguousarray(self.codes)
        for cell in np.flatnonzero(np.diff(self.offsets)).tolist():
            some = slice(starts[cell], starts[cell + 1])
            plain.invlists.add_entries(
                cell, some.stop - some.start, faiss.swig_ptr(ids[some]), faiss.swig_ptr(codes[some])
            )
        plain.ntotal = len(ids)
        return faiss.IndexIVFPQFastScan(plain)

    def arrays(self) -> dict[str, np.ndarray]:
        """What a file keeps of it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Cells:
        """The inverse of `arrays`. Raises InputError."""
        missing = [name for name in cls.__slots__ if name not in arrays]
        if missing:
            raise InputError(f"a stored index needs the array {missing[0]!r}")
        return cls(*(np.asarray(arrays[name]) for name in cls.__slots__))


def _plain(faiss: Any, dim: int, cells: int) -> Any:
    """An empty index of codes of four bits a dimension, as faiss lays them out before packing."""
    centres = faiss.IndexFlatIP(dim)
    index = faiss.IndexIVFPQ(centres, dim, cells, dim, 4, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    centres.this.disown()
    index.own_fields = True
    return index


def _lists(faiss: Any, index: Any, sizes: list[int], read: str, width: int) -> Iterator[np.ndarray]:
    """Of each cell what its list holds, copied."""
    for cell, size in enumerate(sizes):
        if size:
            held = getattr(index.invlists, read)(cell)
            yield faiss.rev_swig_ptr(held, size * width).copy()


def load_faiss() -> Any:
    """The module, loaded at first use. Raises MissingExtraError."""
    try:
        import faiss
    except ImportError:
        raise MissingExtraError("an index", "ann") from None
    module: Any = faiss
    return module
