"""`Items`: V distinct byte strings and the way from a string to its id, as three flat arrays.

Nothing is built on opening: the arrays may lie in a memory-mapped file, and one look-up touches
a slot or two, two offsets and the bytes of one item. Axes: `V` items, `N` looked up.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from rowspace.errors import InputError

Item: TypeAlias = bytes  # the field `bytes` hides the built-in name inside the class

# Below this many items a Python loop beats the vectorised rounds.
FEW = 512
# From so many on, loading the compiler takes less time than it saves.
MANY = 200_000


def to_bytes(item: str | bytes) -> bytes:
    """UTF-8, where a byte that was not text comes back as itself (PEP 383)."""
    if isinstance(item, bytes):
        return item
    if not isinstance(item, str):
        raise InputError(f"an item must be text, not {type(item).__name__}: {item!r:.80}")
    try:
        return item.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise InputError(
            f"the item {item!r:.80} holds half a surrogate pair at character {error.start}",
            hint="decode the text with errors='surrogateescape' or 'replace'",
        ) from None


def all_to_bytes(items: Iterable[str | bytes]) -> list[bytes]:
    """`to_bytes` of each, in one step where all are text without a NUL."""
    listed = list(items)
    try:
        joined = "\0".join(listed).encode("utf-8", "surrogateescape")  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):  # bytes are among them, or one is at fault: say which
        return [to_bytes(item) for item in listed]
    parts = joined.split(b"\0")
    return parts if len(parts) == len(listed) else [to_bytes(item) for item in listed]


def to_text(item: bytes) -> str:
    """The inverse of `to_bytes`, for any bytes."""
    return item.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True, eq=False)
class Items:
    """`bytes` uint8, `offsets` int64 [V + 1], `slots` int32 [a power of two], -1 where empty.

    Item `i` is `bytes[offsets[i]:offsets[i + 1]]`. It stands in the first slot from
    `crc32(item) & (len(slots) - 1)` on that was free (linear probing, load at most one half).
    """

    bytes: np.ndarray
    offsets: np.ndarray
    slots: np.ndarray

    def __post_init__(self) -> None:
        for name, array, dtype in (
            ("bytes", self.bytes, np.uint8),
            ("offsets", self.offsets, np.int64),
            ("slots", self.slots, np.int32),
        ):
            if array.dtype != dtype or array.ndim != 1:
                raise InputError(
                    f"vocabulary {name} must be {np.dtype(dtype).name} of one axis, "
                    f"not {array.dtype} of shape {array.shape}"
                )
        size, slots = len(self.offsets) - 1, len(self.slots)
        if size < 0 or self.offsets[0] != 0 or self.offsets[-1] != len(self.bytes):
            raise InputError(f"vocabulary offsets must run from 0 to {len(self.bytes)} bytes")
        if slots <= size or slots & (slots - 1):
            raise InputError(f"{slots} vocabulary slots cannot hold {size} items")

    @classmethod
    def of(cls, items: Sequence[Item]) -> Items:
        """From distinct byte strings, in order. Raises InputError at a repeated one."""
        if len(set(items)) != len(items):
            seen: set[Item] = set()
            twice = next(item for item in items if item in seen or seen.add(item))  # type: ignore[func-returns-value]
            raise InputError(f"the item {to_text(twice)!r:.80} occurs more than once")
        offsets = np.zeros(len(items) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, items), np.int64, len(items)), out=offsets[1:])
        flat = np.frombuffer(b"".join(items), np.uint8)
        return cls(flat, offsets, _place(_checksums(items)))

    @classmethod
    def distinct(
        cls,
        flat: np.ndarray,
        offsets: np.ndarray,
        *,
        tokens: Sequence[Item] | None = None,
        many: int = MANY,
    ) -> tuple[Items, np.ndarray]:
        """From byte strings flat[offsets[i]:offsets[i + 1]], of which equal ones count once.

        flat: uint8. offsets: int64 [N + 1]. tokens: the same strings, where they are at hand. Also
        which ones were kept, bool [N]: the first of equal ones. From `many` on it is compiled code
        that does it, unless there are `tokens`.
        """
        if tokens is not None or len(offsets) <= many:
            slots, checksums, kept = _placed(flat, offsets, tokens)
        else:
            slots, checksums, kept = _placed_by_kernel(flat, offsets)
        if not kept.all():
            sizes = np.diff(offsets)
            flat = flat[np.repeat(kept, sizes)]
            offsets = np.concatenate([[0], np.cumsum(sizes[kept])])
            slots = _place(checksums[kept])
        return cls(flat, offsets, slots), kept

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, id: int) -> Item:
        return self.bytes[self.offsets[id] : self.offsets[id + 1]].tobytes()

    def __iter__(self) -> Iterator[Item]:
        return iter(self.tokens())

    def tokens(self, start: int = 0, stop: int | None = None) -> list[Item]:
        """Items `start` to `stop` (the end) as byte strings, in one pass."""
        offsets = self.offsets[start : None if stop is None else stop + 1]
        if len(offsets) < 2:
            return []
        first = int(offsets[0])
        flat = self.bytes[first : int(offsets[-1])].tobytes()
        cuts = (offsets - first).tolist()
        return [flat[a:b] for a, b in pairwise(cuts)]

    def find(self, item: Item) -> int:
        """The id of an item, -1 if it is not there."""
        return self._find_each((item,))[0]

    def _find_each(self, items: Sequence[Item]) -> list[int]:
        # Single numbers come out of a memoryview in half the time that an array takes.
        slots, offsets, text = self.slots.data, self.offsets.data, self.bytes.data
        mask, size = len(slots) - 1, len(offsets) - 1
        probes = range(mask + 1)
        found = []
        for item in items:
            slot, id = zlib.crc32(item) & mask, -1
            for _ in probes:
                id = slots[slot]
                if id == -1:
                    break
                if not 0 <= id < size:
                    raise InputError(f"vocabulary slot {slot} names item {id} of {size}: damaged")
                if text[offsets[id] : offsets[id + 1]] == item:
                    break
                slot, id = (slot + 1) & mask, -1
            found.append(id)
        return found

    def find_many(self, items: Sequence[Item]) -> np.ndarray:
        """The ids of many items, int64 [N], -1 where one is not there."""
        if len(items) < FEW:
            return np.array(self._find_each(items), np.int64)
        mask, size = len(self.slots) - 1, len(self)
        lengths = np.fromiter(map(len, items), np.int64, len(items))
        starts = np.cumsum(lengths) - lengths
        flat = np.frombuffer(b"".join(items), np.uint8)
        found = np.full(len(items), -1, np.int64)
        slot = _checksums(items) & mask
        pending = np.arange(len(items))
        for _ in range(mask + 1):
            ids = self.slots[slot].astype(np.int64)
            there = ids != -1
            pending, slot, ids = pending[there], slot[there], ids[there]
            if not len(pending):
                break
            if ids.min() < 0 or ids.max() >= size:
                raise InputError(f"a vocabulary slot names an item beyond the {size}: damaged")
            same = self._same(ids, flat, starts[pending], lengths[pending])
            found[pending[same]] = ids[same]
            pending, slot = pending[~same], (slot[~same] + 1) & mask
        return found

    def _same(
        self, ids: np.ndarray, flat: np.ndarray, starts: np.ndarray, lengths: np.ndarray
    ) -> np.ndarray:
        """Whether item `ids[i]` is `flat[starts[i]:starts[i] + lengths[i]]`, bool [N]."""
        mine, after = self.offsets[ids], self.offsets[ids + 1]
        same = (after - mine == lengths) & (mine >= 0) & (after <= len(self.bytes))
        checked = np.flatnonzero(same & (lengths > 0))
        lengths = lengths[checked]
        if not len(checked):
            return same
        first = np.cumsum(lengths) - lengths
        within = np.arange(int(lengths.sum())) - np.repeat(first, lengths)
        equal = (
            self.bytes[np.repeat(mine[checked], lengths) + within]
            == flat[np.repeat(starts[checked], lengths) + within]
        )
        same[checked] = np.logical_and.reduceat(equal, first)
        return same

    def check(self) -> None:
        """Reads everything once and raises InputError unless every item finds itself."""
        if (np.diff(self.offsets) < 0).any():
            raise InputError("vocabulary offsets must not decrease")
        lost = np.flatnonzero(self.find_many(self.tokens()) != np.arange(len(self)))
        if len(lost):
            raise InputError(f"vocabulary item {lost[0]} does not find itself: damaged slots")


def _checksums(items: Sequence[bytes]) -> np.ndarray:
    return np.fromiter(map(zlib.crc32, items), np.int64, len(items))


Placed: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Slots, checksums int64 [N] and kept bool [N]; the slots are right if all are kept."""


def _placed(flat: np.ndarray, offsets: np.ndarray, items: Sequence[Item] | None) -> Placed:
    if items is None:
        text = flat.tobytes()
        items = [text[a:b] for a, b in pairwise(offsets.tolist())]
    checksums, kept = _checksums(items), np.ones(len(items), bool)
    if len(set(items)) < len(items):
        first: dict[Item, int] = {}
        kept[:] = [first.setdefault(item, id) == id for id, item in enumerate(items)]
    return _place(checksums), checksums, kept


def _placed_by_kernel(flat: np.ndarray, offsets: np.ndarray) -> Placed:
    # Numba takes a quarter of a second to import: only many items are worth it.
    from rowspace.kernels.cpu_distinct import checksums, place_distinct
    from rowspace.kernels.cpu_items import TABLE

    size = len(offsets) - 1
    sums, kept = np.empty(size, np.int64), np.ones(size, bool)
    checksums(flat, offsets, TABLE, sums)
    slots = np.full(slots_for(size), -1, np.int32)
    place_distinct(flat, offsets, sums, np.empty(size, np.int32), slots, kept)
    return slots, sums, kept


def slots_for(size: int) -> int:
    """How many slots: a power of two, at most half of them taken."""
    return 1 << max(1, (2 * size - 1).bit_length())


def tight_slots(size: int) -> int:
    """How many slots at least: a power of two, at most three quarters of them taken."""
    return 1 << max(1, (4 * size // 3).bit_length())


def tightened(items: Items) -> Items:
    """The same items in as few slots as `tight_slots` says: half the bytes, and slower look-ups."""
    size = tight_slots(len(items))
    if size >= len(items.slots):
        return items
    return Items(items.bytes, items.offsets, _place(_checksums(items.tokens()), size))


def _place(checksums: np.ndarray, size: int | None = None) -> np.ndarray:
    """Slots int32 for items with these checksums, all inserted at once.

    In each round every waiting item tries its slot; of those that meet at a free one the lowest
    id stays, the others move on by one. No slot is ever freed, so probing from an item's first
    slot meets no gap before it.
    """
    size = size or slots_for(len(checksums))
    slots = np.full(size, -1, np.int32)
    waiting = np.arange(len(checksums), dtype=np.int32)
    slot = checksums & (size - 1)
    while len(waiting):
        free = slots[slot] == -1
        # Written from the last to the first: the lowest id is written last.
        slots[slot[free][::-1]] = waiting[free][::-1]
        moved = slots[slot] != waiting
        waiting, slot = waiting[moved], (slot[moved] + 1) & (size - 1)
    return slots
