"""`Ragged`: a batch of bags of rows, as flat ids and offsets.

Bag `b` holds `ids[offsets[b]:offsets[b + 1]]`. A plain look-up is a bag of one row. The same batch
with every bag filled up to one length is a padded one, [B, L]; each can be made of the other.
Axes: `B` bags, `N` ids in all, `L` places in a padded bag.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rowspace.errors import InputError, SettingError


@dataclass(frozen=True, slots=True)
class Ragged:
    """`ids` int32/int64 [N], `offsets` int64 [B + 1], `weights` float32 [N] or None (all ones)."""

    ids: np.ndarray
    offsets: np.ndarray
    weights: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.ids.dtype not in (np.int32, np.int64):
            raise InputError(f"row ids must be int32 or int64, not {self.ids.dtype}")
        if len(self.offsets) == 0 or self.offsets[0] != 0 or self.offsets[-1] != len(self.ids):
            raise InputError(f"offsets must run from 0 to the number of ids, {len(self.ids)}")
        if (np.diff(self.offsets) < 0).any():
            raise InputError("offsets must not decrease")
        if self.weights is not None and self.weights.shape != self.ids.shape:
            raise InputError(f"{len(self.weights)} weights for {len(self.ids)} ids")

    @classmethod
    def of(cls, bags: Sequence[Sequence[int]]) -> Ragged:
        """From nested sequences: `Ragged.of([[3], [], [1, 4]])`."""
        offsets = np.zeros(len(bags) + 1, np.int64)
        np.cumsum([len(bag) for bag in bags], out=offsets[1:])
        ids = np.fromiter((row for bag in bags for row in bag), np.int64, int(offsets[-1]))
        return cls(ids, offsets)

    @classmethod
    def singles(cls, ids: np.ndarray) -> Ragged:
        """One row a bag."""
        return cls(ids, np.arange(len(ids) + 1, dtype=np.int64))

    @classmethod
    def from_padded(cls, ids: Any, padding: int = 0, *, weights: Any = None) -> Ragged:
        """From whole numbers [B, L], without every id that is `padding`, wherever it stands.

        `weights` [B, L] keep those of the ids that stay. Raises InputError.
        """
        batch = whole_numbers(ids, "a padded batch")
        if batch.ndim != 2:
            raise InputError(f"a padded batch has 2 axes [B, L], not {batch.ndim}: {batch.shape}")
        kept = batch != padding
        offsets = np.zeros(len(batch) + 1, np.int64)
        np.cumsum(np.count_nonzero(kept, axis=1), out=offsets[1:])
        if weights is None:
            return cls(batch[kept], offsets)
        given = np.asarray(weights, np.float32)
        if given.shape != batch.shape:
            raise InputError(f"weights {given.shape} for a padded batch {batch.shape}")
        return cls(batch[kept], offsets, given[kept])

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, bag: int) -> np.ndarray:
        """The row ids of one bag."""
        return self.ids[self.offsets[bag] : self.offsets[bag + 1]]

    @property
    def lengths(self) -> np.ndarray:
        """Ids in each bag, int64 [B]."""
        return np.diff(self.offsets)

    def padded(
        self, maxlen: int | None = None, *, padding: int = 0, side: str = "post", cut: str = "post"
    ) -> np.ndarray:
        """The ids [B, L], of their own type: bags shorter than L are filled up with `padding`.

        L is `maxlen`, or the length of the longest bag. `side`: where padding stands, "pre" or
        "post"; `cut`: from which end a longer bag loses ids. `from_padded` is the way back.
        Raises SettingError; InputError if an id of a bag is `padding`: it would be taken for it.
        """
        require_ends(side=side, cut=cut)
        if len(where := np.flatnonzero(self.ids == padding)):
            at = int(where[0])
            bag = int(np.searchsorted(self.offsets, at, side="right")) - 1
            raise InputError(
                f"id {padding} is padding, but bag {bag} holds it as its id "
                f"{at - int(self.offsets[bag])}",
                hint="give padding=-1, or keep a row for it: reserved=('<pad>',)",
            )
        return spread(self.ids, self.lengths, maxlen, fill=padding, side=side, cut=cut)

    def padded_weights(
        self, maxlen: int | None = None, *, side: str = "post", cut: str = "post"
    ) -> np.ndarray:
        """The weights as `padded` places the ids, float32 [B, L]; 0 where there is none."""
        require_ends(side=side, cut=cut)
        weights = np.ones(len(self.ids), np.float32) if self.weights is None else self.weights
        return spread(weights, self.lengths, maxlen, fill=0, side=side, cut=cut)


def spread(
    values: np.ndarray,
    lengths: np.ndarray,
    maxlen: int | None = None,
    *,
    fill: Any,
    side: str,
    cut: str,
) -> np.ndarray:
    """Flat values [N, …] of rows of `lengths` [B] as [B, L, …], `fill` where a row has none.

    Raises SettingError for a `maxlen` that cannot be; InputError for a `fill` that the type of
    the values cannot hold.
    """
    width = int(lengths.max(initial=0)) if maxlen is None else require_maxlen(maxlen)
    if len(lengths) and int(lengths.max()) > width:
        ends = np.cumsum(lengths)
        place = np.arange(len(values)) - np.repeat(ends - lengths, lengths)
        if cut == "pre":
            place -= np.repeat(lengths - width, lengths)
        values = values[(place >= 0) & (place < width)]
        lengths = np.minimum(lengths, width)
    try:
        with np.errstate(invalid="raise"):  # NaN as a whole number
            out = np.full((len(lengths), width, *values.shape[1:]), fill, values.dtype)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise InputError(f"{fill!r:.60} is no {values.dtype} to pad with: {error}") from error
    out[occupied(lengths, width, side)] = values
    return out


def occupied(lengths: np.ndarray, width: int, side: str) -> np.ndarray:
    """bool [B, L]: where rows of `lengths` [B], none above L, have their values."""
    places, size = np.arange(width), lengths[:, None]
    return places >= width - size if side == "pre" else places < size


def require_ends(**given: Any) -> None:
    """Raises SettingError for the first that is neither "pre" nor "post"."""
    for name, end in given.items():
        known = isinstance(end, str) and end in ("pre", "post")
        SettingError.unless(known, name, end, "'pre' or 'post'")


def require_maxlen(maxlen: Any) -> int:
    """`maxlen` as a number. Raises SettingError."""
    whole = isinstance(maxlen, (int, np.integer)) and not isinstance(maxlen, bool)
    SettingError.unless(whole and maxlen >= 0, "maxlen", maxlen, "a whole number from 0")
    return int(maxlen)


def whole_numbers(given: Any, what: str) -> np.ndarray:
    """`given` as int32 or int64. Raises InputError."""
    try:
        found = np.asarray(given)
    except ValueError as error:
        raise InputError(
            f"{what} has rows of one length: {error}", hint="pad_sequences, or Ragged.of"
        ) from error
    if found.size == 0 and not isinstance(given, np.ndarray):
        return found.astype(np.int64)
    if found.dtype.kind not in "iu" or found.dtype == np.uint64:
        raise InputError(f"{what} holds whole numbers, not {found.dtype}")
    return found if found.dtype in (np.int32, np.int64) else found.astype(np.int64)
