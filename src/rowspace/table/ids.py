"""Ids of rows, looked at before anything is done with them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rowspace.errors import IdRangeError, IdTypeError, InputError, place
from rowspace.ragged import Ragged


def first_outside(ids: np.ndarray, n_rows: int) -> int:
    """The position of the first id (int64 [N]) that is not from 0 to R - 1, else -1."""
    from rowspace.kernels.cpu_layer import first_outside as compiled

    return int(compiled(ids, n_rows))


def read_ids(given: Any, n_rows: int) -> tuple[np.ndarray, tuple[int, ...]]:
    """Whole numbers of any shape as int64 [N], and that shape.

    Raises IdTypeError or IdRangeError with the first wrong value, its position and the table's
    size; InputError for lists of several lengths.
    """
    try:
        found = np.asarray(given)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"ids have one shape: {error}", hint="pad_sequences, or Table.pool with a Ragged"
        ) from error
    if found.size == 0 and not isinstance(given, np.ndarray) and found.ndim:
        found = found.astype(np.int64)
    if found.dtype.kind not in "iu":
        raise _not_whole(found, n_rows)
    if found.dtype == np.uint64 and found.size and found.max() >= n_rows:
        raise _outside(found, int((found.ravel() >= n_rows).argmax()), n_rows)
    ids = np.ascontiguousarray(found, np.int64).reshape(-1)
    if (at := first_outside(ids, n_rows)) >= 0:
        raise _outside(found, at, n_rows)
    return ids, found.shape


def read_bags(bags: Ragged, n_rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """The ids int64 [N], offsets int64 [B + 1] and weights float32 [N] of a batch of bags.

    Raises InputError for what is no Ragged; IdRangeError with the bag and the place in it.
    """
    if not isinstance(bags, Ragged):
        raise InputError(
            f"bags come as a Ragged, not as {type(bags).__name__}", hint="Ragged.of([[3], [1, 4]])"
        )
    ids = np.ascontiguousarray(bags.ids, np.int64)
    offsets = np.ascontiguousarray(bags.offsets, np.int64)
    if (at := first_outside(ids, n_rows)) >= 0:
        bag = int(np.searchsorted(offsets, at, side="right")) - 1
        raise IdRangeError.at(ids[at], (bag, at - int(offsets[bag])), n_rows, of="rows")
    weights = bags.weights
    return ids, offsets, None if weights is None else np.ascontiguousarray(weights, np.float32)


def _not_whole(found: np.ndarray, n_rows: int) -> InputError:
    leaves = found.ravel().tolist()
    wrong = (at for at, leaf in enumerate(leaves) if not _whole(leaf, n_rows))
    at = next(wrong, 0)
    if leaves and isinstance(leaves[at], int) and not isinstance(leaves[at], bool):
        return _outside(found, at, n_rows)
    value = repr(leaves[at])[:80] if leaves else f"an empty {found.dtype} array"
    kind = f" ({type(leaves[at]).__name__})" if leaves else ""
    return IdTypeError(
        f"{value}{kind}{place(_position(found, at))} is not a whole number "
        f"for the table of {n_rows} rows"
    )


def _whole(leaf: object, n_rows: int) -> bool:
    if isinstance(leaf, float):  # in an array of floats, those that look like ids are not to blame
        return leaf.is_integer()
    return isinstance(leaf, int) and not isinstance(leaf, bool) and 0 <= leaf < n_rows


def _outside(found: np.ndarray, at: int, n_rows: int) -> IdRangeError:
    return IdRangeError.at(found.ravel()[at], _position(found, at), n_rows, of="rows")


def _position(found: np.ndarray, at: int) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(at, found.shape)) if found.size else ()
