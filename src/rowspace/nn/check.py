"""Ids and offsets looked at before any row is: an error names the value, where it stands and the
size of the table, on the CPU and before a launch on a GPU.

Axes: `R` rows, `N` ids, `B` bags.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import InputError, SettingError
from rowspace.memory import human
from rowspace.table.ids import first_outside
from rowspace.table.memory import require_free
from rowspace.vectors.keys import IdRangeError, IdTypeError

WHOLE = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
LARGE = 1 << 20


class OffsetsError(InputError, RuntimeError):
    """Offsets that bags cannot have; torch says RuntimeError."""


def require_size(rows: Any, dim: Any) -> None:
    """Raises SettingError unless a table may have so many rows and dimensions."""
    for field, value in (("num_embeddings", rows), ("embedding_dim", dim)):
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        SettingError.unless(whole and value >= 0, field, value, "a whole number, 0 or more")


def require_room(size: int, rows: int, dim: int) -> None:
    """Raises ResourceError if a table of `size` bytes does not fit into memory."""
    require_free(
        size,
        f"a table of {rows:,} rows of {dim} numbers takes {human(size)}",
        hint="use fewer rows or numbers, float16, or device='meta' to only plan it",
    )


def require_ids(ids: Tensor, size: int) -> Tensor:
    """Ids as int64 without gaps, each of them a row of a table of `size`.

    Raises IdTypeError for other types, IdRangeError for the first id outside.
    """
    if ids.dtype is not torch.int64:
        ids = _as_int64(ids, size)
    if not ids.is_contiguous():
        ids = ids.contiguous()
    if ids.is_cpu:
        at = first_outside(ids.numpy().reshape(-1), size)
        if at >= 0:
            raise _outside(ids, at, size)
    elif ids.numel() and not ids.is_meta:
        low, high = torch.aminmax(ids)
        if bool((low < 0) | (high >= size)):
            wrong = (ids.reshape(-1) < 0) | (ids.reshape(-1) >= size)
            raise _outside(ids, int(wrong.to(torch.uint8).argmax()), size)
    return ids


def _as_int64(ids: Tensor, size: int) -> Tensor:
    if ids.dtype in WHOLE:
        return ids.long()
    first = f"{ids.reshape(-1)[0].item()!r}" if ids.numel() else "an empty tensor"
    where = _at((0,) * ids.dim()) if ids.numel() else ""
    kind = str(ids.dtype).removeprefix("torch.")
    raise IdTypeError(
        f"{first} ({kind}){where} is not an id of the table of {size} rows",
        hint="ids are whole numbers, int64 or int32; `.long()` cuts floats off",
    )


def _outside(ids: Tensor, at: int, size: int) -> IdRangeError:
    position = tuple(int(place) for place in np.unravel_index(at, tuple(ids.shape)))
    return IdRangeError(
        f"id {ids.reshape(-1)[at].item()}{_at(position)} is outside the table of {size} rows",
        hint=f"ids run from 0 to {size - 1}" if size else "the table is empty",
    )


def _at(position: tuple[int, ...]) -> str:
    if not position:
        return ""
    return f" at position {position[0] if len(position) == 1 else position}"


def require_offsets(offsets: Any, size: int, *, include_last: bool) -> Tensor:
    """Where each of B bags begins among `size` ids, and where the last ends: int64 [B + 1].

    `offsets` [B], or [B + 1] with `include_last`. Raises IdTypeError or InputError.
    """
    given = offsets if isinstance(offsets, Tensor) else torch.as_tensor(np.asarray(offsets))
    if given.dtype not in WHOLE and (given.numel() or isinstance(offsets, Tensor)):
        kind = str(given.dtype).removeprefix("torch.")
        raise IdTypeError(
            f"offsets must be whole numbers, not {kind}", hint="int64 or int32 will do"
        )
    if given.dim() != 1:
        raise InputError(f"offsets must have one axis, not {given.dim()}")
    count = len(given) if include_last else len(given) + 1
    if count < 1:
        raise InputError("offsets with include_last_offset need at least one number, the end")
    out = np.empty(count, np.int64)  # in NumPy: a small batch feels each of torch's operators
    out[: len(given)] = given.numpy() if given.is_cpu else given.cpu().numpy()
    if not include_last:
        out[-1] = size
    _require_order(out, size)
    made = torch.from_numpy(out)
    return made if given.is_cpu else made.to(given.device)


def _require_order(offsets: np.ndarray, size: int) -> None:
    """Raises OffsetsError unless they begin at 0, never decrease and stay within the ids."""
    if offsets[0] == 0 and offsets[-1] <= size and not (offsets[1:] < offsets[:-1]).any():
        return
    if offsets[0] != 0:
        what = f"the first offset must be 0, not {offsets[0]}"
        if len(offsets) == 1:
            what = f"{size} ids and no offsets: the first offset must be 0"
        raise OffsetsError(what, hint="ids before the first bag would be in none")
    down = np.flatnonzero(offsets[1:] < offsets[:-1])
    at = int(down[0]) + 1 if len(down) else len(offsets) - 1
    if offsets[at] > size or offsets[at - 1] > size:
        at = int(np.argmax(offsets > size))
        raise OffsetsError(f"offset {offsets[at]} at position {at} lies beyond the {size} ids")
    raise OffsetsError(
        f"offset {offsets[at]} at position {at} is below the one before, {offsets[at - 1]}",
        hint="offsets must not decrease",
    )


@lru_cache(maxsize=16)
def even_offsets(bags: int, length: int, device: torch.device) -> Tensor:
    """Offsets int64 [B + 1] of bags of one length; not to be written."""
    return torch.arange(bags + 1, device=device) * length
