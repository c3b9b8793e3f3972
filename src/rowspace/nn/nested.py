"""Items in lists, lists of lists, arrays and columns: flat, and where each one stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.keys import IdTypeError


@final
@dataclass(frozen=True, slots=True, eq=False)
class Nested:
    """`items` [N] in order, and for each level, from the outside, the `lengths` of its lists
    int64 (one number at the first; no level for a single item)."""

    items: list[str | bytes]
    lengths: tuple[np.ndarray, ...]

    @property
    def regular(self) -> bool:
        """Whether the lists of each level are of one length."""
        return all(len(level) == 0 or level.min() == level.max() for level in self.lengths)

    @property
    def shape(self) -> tuple[int, ...]:
        """One length a level: the longest of the last."""
        return tuple(int(level.max()) if len(level) else 0 for level in self.lengths)

    def where(self, at: int) -> str:
        """` at position (2, 5)` of item `at`; empty for a single item."""
        return _where(self.lengths, at)


def flattened(value: Any) -> Nested:
    """Flattens an item, or items in any regular shape, or lists whose innermost ones differ.

    Raises IdTypeError for what is neither an item nor a list, with its position, and InputError
    for lists that differ at an outer level.
    """
    if isinstance(value, (str, bytes)):
        return Nested([value], ())
    level: Sequence[Any] = [value]
    lengths: tuple[np.ndarray, ...] = ()
    while True:
        kinds = set(map(type, level))
        if lengths and all(issubclass(kind, (str, bytes)) for kind in kinds):
            return Nested(list(level), lengths)
        if lengths and any(issubclass(kind, (str, bytes)) for kind in kinds):
            raise _mixed(level, lengths)
        if kinds <= {list, tuple}:
            lists = level
        else:
            lists = [_listed(node, at, lengths) for at, node in enumerate(level)]
        if lengths and lengths[-1].min() != lengths[-1].max():
            raise InputError(
                f"the lists differ in length at level {len(lengths)}, above the innermost",
                hint="only the innermost lists may differ in length",
            )
        lengths = (*lengths, np.fromiter(map(len, lists), np.int64, len(lists)))
        level = lists[0] if len(lists) == 1 else list(chain.from_iterable(lists))


def _listed(node: Any, at: int, lengths: tuple[np.ndarray, ...]) -> Sequence[Any]:
    """The members of a list, an array or a column. Raises IdTypeError."""
    if isinstance(node, (list, tuple)):
        return node
    if isinstance(node, np.ndarray) and node.ndim and node.dtype.kind in "USOT":
        members: list[Any] = node.tolist()
        return members
    for way in ("to_pylist", "to_list"):  # Arrow; pandas and polars
        if hasattr(node, way):
            return list(getattr(node, way)())
    if isinstance(node, Sequence):
        return list(node)
    raise _no_item(node, at, lengths)


def _mixed(level: Sequence[Any], lengths: tuple[np.ndarray, ...]) -> IdTypeError:
    """The error for the first of a level that is not text, where others are."""
    at = next(at for at, node in enumerate(level) if not isinstance(node, (str, bytes)))
    return _no_item(level[at], at, lengths)


def _no_item(node: Any, at: int, lengths: tuple[np.ndarray, ...]) -> IdTypeError:
    shown = f"an array of {node.dtype}" if isinstance(node, np.ndarray) else f"{node!r:.80}"
    return IdTypeError(
        f"{shown} ({type(node).__name__}){_where(lengths, at)} is not an item",
        hint="items are text; missing ones need an item of their own, such as '<unk>'",
    )


def _where(lengths: tuple[np.ndarray, ...], at: int) -> str:
    """The position of leaf `at`: each level's place within its list, from the inside out."""
    position: list[int] = []
    for level in reversed(lengths):
        ends = np.cumsum(level)
        parent = int(np.searchsorted(ends, at, side="right"))
        position.insert(0, at - int(ends[parent] - level[parent]))
        at = parent
    if not position:
        return ""
    return f" at position {position[0] if len(position) == 1 else tuple(position)}"
