"""What stands between the brackets of `E[...]`: items or ids, one or many, in any regular shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import IdRangeError, IdTypeError, InputError, place

__all__ = ["IdRangeError", "IdTypeError", "Keys", "parse"]


@final
@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """`items` or `ids` (int64) of `shape`, flat; the other is None."""

    shape: tuple[int, ...]
    items: list[str | bytes] | None = None
    ids: np.ndarray | None = None


def parse(key: Any, size: int) -> Keys:
    """Reads a look-up key against a table of `size` items.

    Raises IdTypeError (float, NaN, None, bool, mixed) or IdRangeError (negative, too large),
    each naming the value, its position and the table's size.
    """
    if isinstance(key, (str, bytes)):
        return Keys((), items=[key])
    if isinstance(key, np.ndarray):
        if key.dtype.kind in "iu":
            return Keys(key.shape, ids=_checked_array(key, size))
        if key.dtype.kind not in "USO":
            raise _not_an_id(
                key.ravel()[0] if key.size else f"an empty {key.dtype} array", (0,) * key.ndim, size
            )
        return _flat(key.ravel().tolist(), key.shape, size)
    if isinstance(key, Sequence):
        return _flat(*_flatten(key, size), size)
    return _flat([key], (), size)


def _flat(leaves: list[Any], shape: tuple[int, ...], size: int) -> Keys:
    kinds = set(map(type, leaves))
    if kinds <= {str, bytes, np.str_, np.bytes_} and kinds:
        return Keys(shape, items=leaves)
    mixed = bool(kinds & {str, bytes})
    for at, leaf in enumerate(leaves):
        if mixed and isinstance(leaf, (str, bytes)):
            continue
        position = tuple(int(i) for i in np.unravel_index(at, shape)) if shape else ()
        if mixed or isinstance(leaf, bool) or not isinstance(leaf, (int, np.integer)):
            raise _not_an_id(leaf, position, size, mixed=mixed)
        if not 0 <= leaf < size:
            raise IdRangeError.at(leaf, position, size)
    return Keys(shape, ids=np.array(leaves, np.int64))


def _flatten(key: Sequence[Any], size: int) -> tuple[list[Any], tuple[int, ...]]:
    """The leaves of nested sequences and their shape. Raises InputError if it is irregular."""
    level: list[Any] = list(key)
    shape = [len(level)]
    while level and any(_nested(node) for node in level):
        for at, node in enumerate(level):
            if not _nested(node):
                position = tuple(int(i) for i in np.unravel_index(at, shape))
                raise _not_an_id(node, position, size)
        lengths = {len(node) for node in level}
        if len(lengths) > 1:
            raise InputError(
                f"the lists of a look-up differ in length: {sorted(lengths)[:4]}",
                hint="look each list up by itself, or pad them to one length",
            )
        level = [leaf for node in level for leaf in node]
        shape.append(lengths.pop())
    return level, tuple(shape)


def _nested(node: Any) -> bool:
    return isinstance(node, (list, tuple)) or (isinstance(node, np.ndarray) and node.ndim > 0)


def _checked_array(ids: np.ndarray, size: int) -> np.ndarray:
    if ids.size and (ids.min() < 0 or ids.max() >= size):
        at = int(np.flatnonzero((ids.ravel() < 0) | (ids.ravel() >= size))[0])
        position = tuple(int(i) for i in np.unravel_index(at, ids.shape))
        raise IdRangeError.at(ids.ravel()[at], position, size)
    return ids.astype(np.int64, copy=False).ravel()


def _not_an_id(
    value: Any, position: tuple[int, ...], size: int, *, mixed: bool = False
) -> IdTypeError:
    wanted = "an item, like the others," if mixed else "an item or a whole number"
    return IdTypeError(
        f"{value!r:.80} ({type(value).__name__}){place(position)} is not {wanted} "
        f"for the table of {size} items"
    )
