"""Rows looked up, plain or pooled, on as many threads as the work is worth.

`data` [R, S], S ≥ D: float32; float16, or the bits of bfloat16 as int16; or int8 with `scales`
float32 [R]. Ids are int64 and within the table: `ids.first_outside` tells. Sums are float32 and
rounded once, to the type of `out`; every result is the same at any number of threads.
"""

from __future__ import annotations

import numpy as np

from rowspace.kernels import cpu_layer
from rowspace.kernels.layer_reference import decoded, encoded
from rowspace.table.room import room
from rowspace.threads import spread

_GRAIN = 1 << 16  # numbers a thread is worth waking for
_LARGE = 1 << 25  # bytes of a result that no cache will hold
_LINE = 64


def as_numbers(data: np.ndarray) -> np.ndarray:
    """The same memory as kernels know it: float16 as uint16."""
    return data.view(np.uint16) if data.dtype == np.float16 else data


def look_up(
    data: np.ndarray,
    ids: np.ndarray,
    dim: int,
    *,
    scales: np.ndarray | None = None,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """y[i] = row(ids[i]), [N, D], of the type of `data` (float32 for int8)."""
    if scales is not None:
        offsets = np.arange(len(ids) + 1, dtype=np.int64)
        return pool_bags(data, ids, offsets, dim, scales=scales, out=out)
    out = room((len(ids), dim), data.dtype) if out is None else out
    rows, target = as_numbers(data), as_numbers(out)
    past = (
        out.nbytes >= _LARGE
        and data.dtype == np.float32
        and dim % 16 == 0
        and out.ctypes.data % _LINE == 0
    )
    spread(
        lambda first, last: cpu_layer.gather(rows, dim, ids, first, last, target, past),
        len(ids),
        _GRAIN // max(dim, 1),
    )
    return out


def pool_bags(  # noqa: PLR0913 - the arrays of one batch
    data: np.ndarray,
    ids: np.ndarray,
    offsets: np.ndarray,
    dim: int,
    *,
    weights: np.ndarray | None = None,
    scales: np.ndarray | None = None,
    mean: bool = False,
    padding: int = -1,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """y[b] = Σ weight · row(id) over the bag's ids that are not `padding`, [B, D].

    `mean` divides by their number, or by the sum of their weights float32 [N]; an empty bag is 0.
    """
    bags = len(offsets) - 1
    kind = np.dtype(np.float32) if scales is not None else data.dtype
    out = room((bags, dim), kind) if out is None else out
    rows, target = as_numbers(data), as_numbers(out)
    apart = None if padding < 0 else padding
    spread(
        lambda first, last: cpu_layer.pool(
            rows, dim, ids, offsets, first, last, weights, scales, mean, apart, target
        ),
        bags,
        _GRAIN * bags // max(len(ids) * dim, 1),
    )
    return out


def pool_max(
    data: np.ndarray, ids: np.ndarray, offsets: np.ndarray, dim: int, *, padding: int = -1
) -> tuple[np.ndarray, np.ndarray]:
    """The greatest number of each column of a bag, [B, D] (0 for an empty one), and the position
    in `ids` it came from, int64 [B, D] (-1), the first of equals."""
    if data.dtype != np.float32:  # compared as what they mean
        rows = decoded(as_numbers(data[ids]))
        places = np.where(ids == padding, -1, np.arange(len(ids)))
        best, winners = pool_max(rows, places, offsets, dim)
        return encoded(best, as_numbers(data).dtype).view(data.dtype), winners
    bags = len(offsets) - 1
    out, winners = np.empty((bags, dim), np.float32), np.empty((bags, dim), np.int64)
    spread(
        lambda first, last: cpu_layer.pool_max(
            data, dim, ids, offsets, first, last, padding, out, winners
        ),
        bags,
        _GRAIN * bags // max(len(ids) * dim, 1),
    )
    return out, winners
