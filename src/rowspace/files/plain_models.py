"""What a plain format holds of a model: items and their own vectors. What it cannot hold is said
before anything is written. Axes: `V` items, `n` of a block, `D` dimensions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from rowspace.errors import InputError
from rowspace.files.gathered import UNKNOWN
from rowspace.vectors import Model, Vectors
from rowspace.vectors.inside import listed
from rowspace.vocabulary import Exact, Items, to_text

_NAMES = {b"\n": "a line feed", b" ": "a space", b"\r": "a carriage return"}


def require_items(items: Items, about: str, forbidden: bytes, longest: int = 1 << 31) -> None:
    """Raises InputError for no item, an empty or too long one, or one that holds such a byte."""
    if not len(items):
        raise InputError(f"there is no item to write as {about}")
    sizes = np.diff(items.offsets)
    if not sizes.all():
        refuse_item(b"", about, f"it is empty (item {sizes.argmin()})")
    if sizes.max() > longest:
        refuse_item(items[int(sizes.argmax())], about, f"it is longer than {longest} bytes")
    for byte in forbidden:
        places = np.flatnonzero(items.bytes == byte)
        if len(places):
            id = int(np.searchsorted(items.offsets, places[0], "right")) - 1
            refuse_item(items[id], about, f"it holds {_NAMES[bytes([byte])]}")


def refuse_item(item: bytes, about: str, reason: str) -> None:
    """Raises InputError: this format cannot hold this item."""
    raise InputError(
        f"the item {to_text(item)!r:.80} cannot be written as {about}: {reason}",
        hint="leave it out or rename it, or choose a format that holds any item: a model folder",
    )


def tell_left_out(model: Model, about: str, *, counts: bool = False, unseen: bool = False) -> None:
    """Warns of what of the model is not written; `counts`, `unseen` (its policy): they are."""
    vocabulary, left = model.vectors.vocabulary, []
    if unseen:
        pass
    elif not isinstance(vocabulary.unseen, Exact):
        left.append(f"what answers for unseen items ({vocabulary.unseen.answers})")
    elif vocabulary.unseen.unknown not in (None, UNKNOWN):
        left.append(f"that {vocabulary.unseen.unknown!r} answers for unseen items")
    if not counts and vocabulary.counts.any():
        left.append("the counts")
    if model.context is not None:
        left.append("the output-side rows")
    if model.head is not None:
        left.append(f"the {len(model.head.labels)} labels")
    if model.parts:
        left.append(f"the parts {listed(model.parts)}")
    if model.arrays:
        left.append(f"the arrays {listed(model.arrays)}")
    if left:
        warnings.warn(f"{about} cannot hold and leaves out: {'; '.join(left)}", stacklevel=4)


NUMBERS = 1 << 20
"""In a block: what is made of it, and the next one, are in memory beside it."""


def item_blocks(vectors: Vectors) -> Iterator[tuple[int, np.ndarray]]:
    """The first item of each block, and the vectors float32 [n, D] of its items.

    Raises InputError for a number that is not finite.
    """
    first = 0
    for rows in vectors.blocks(NUMBERS):
        finite = np.isfinite(rows).all(axis=1)
        if not finite.all():
            item = vectors.vocabulary.items[first + int(finite.argmin())]
            raise InputError(
                f"the vector of {to_text(item)!r:.80} holds a number that is not finite",
                hint="leave the item out, or train again",
            )
        yield first, rows
        first += len(rows)
