"""What a layer was given, other than a tensor: ids in lists and arrays, or items."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rowspace.ragged import Ragged
from rowspace.vectors.keys import IdRangeError, IdTypeError, parse

_BAGS = "bags are lists of lists, such as [[3], [1, 4]]"


def holds_items(value: Any) -> bool:
    """Whether what is given is text, or the first of it is."""
    while isinstance(value, (list, tuple)):
        value = next((one for one in value if not isinstance(one, (list, tuple)) or one), None)
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "O" and value.size:
            return isinstance(value.reshape(-1)[0], (str, bytes))
        return value.dtype.kind in "USOT"
    if hasattr(value, "to_pylist") or hasattr(value, "to_list"):
        return holds_items(np.asarray(value))
    return isinstance(value, (str, bytes))


def ids_of(value: Any, size: int) -> Tensor:
    """Ids of a table of `size` rows, int64 of the shape of the array or nested lists.

    Raises IdTypeError or IdRangeError with value and position, InputError for irregular lists.
    """
    if hasattr(value, "to_pylist") or hasattr(value, "to_list"):
        value = np.asarray(value)
    keys = parse(value, size)
    ids = np.zeros(0, np.int64) if keys.ids is None else keys.ids
    return torch.from_numpy(np.ascontiguousarray(ids).reshape(keys.shape))


def bags_of_ids(bags: Sequence[Any], size: int) -> Ragged:
    """Lists of ids, of any lengths, as bags. Raises as `ids_of` does."""
    given = bags.tolist() if hasattr(bags, "tolist") else bags
    if not isinstance(given, (list, tuple)):
        raise IdTypeError(f"{given!r:.60} ({type(given).__name__}) is no list of bags", hint=_BAGS)
    listed = [_listed(bag, place) for place, bag in enumerate(given)]
    flat = list(chain.from_iterable(listed))
    offsets = np.zeros(len(listed) + 1, np.int64)
    np.cumsum([len(bag) for bag in listed], out=offsets[1:])
    try:
        keys = parse(flat, size)
    except (IdTypeError, IdRangeError):
        for place, bag in enumerate(listed):
            _parsed(bag, size, place)
        raise
    ids = np.zeros(0, np.int64) if keys.ids is None else keys.ids
    return Ragged(ids, offsets)


def _listed(bag: Any, place: int) -> list[Any]:
    made = bag.tolist() if hasattr(bag, "tolist") else bag
    if not isinstance(made, (list, tuple, range)):
        told = f"{made!r:.60} ({type(made).__name__})"
        raise IdTypeError(f"bag {place} is {told}, not a list of ids", hint=_BAGS)
    return list(made)


def _parsed(bag: list[Any], size: int, place: int) -> None:
    try:
        parse(bag, size)
    except (IdTypeError, IdRangeError) as error:
        raise type(error)(f"in bag {place}: {error.message}", hint=error.hint) from None
