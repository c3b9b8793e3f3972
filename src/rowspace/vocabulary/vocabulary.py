"""`Vocabulary`: items and rows, with counts.

items -> ids -> bags of rows. How an item that was never counted gets its rows is the business of
the policy, `unseen`. Axes: `V` known items, `R` rows of the table, `N` items looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, final

import numpy as np
from numpy.typing import ArrayLike

from rowspace.errors import InputError, VocabularyError
from rowspace.ragged import Ragged
from rowspace.vocabulary.exact import Exact
from rowspace.vocabulary.items import Items, all_to_bytes, to_bytes, to_text
from rowspace.vocabulary.near import near_spellings
from rowspace.vocabulary.policies import policy_from
from rowspace.vocabulary.unseen import Unseen, require_whole, row_dtype

POLICY = "unseen."  # before the names of the policy's own arrays
Counts = Mapping[str, int] | Mapping[bytes, int] | Iterable[tuple[str | bytes, int]]


@final
@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """`items`, `counts` int64 [V] (0 where unknown) and the policy `unseen`."""

    items: Items
    counts: np.ndarray
    unseen: Unseen

    def __post_init__(self) -> None:
        if self.counts.shape != (len(self.items),) or self.counts.dtype != np.int64:
            raise InputError(
                f"{len(self.items)} items need as many int64 counts, not {self.counts.dtype} "
                f"of shape {self.counts.shape}"
            )

    @classmethod
    def from_counts(
        cls,
        pairs: Counts,
        *,
        min_count: int = 1,
        max_size: int | None = None,
        reserved: Sequence[str] = (),
        unseen: Unseen | None = None,
    ) -> Vocabulary:
        """Reserved items first, then by count from high to low, ties by bytes.

        `min_count` does not touch reserved items; `max_size` counts them. The policy's unknown
        item is reserved too, and its count is that of everything dropped, beside its own.
        """
        require_whole("Vocabulary", "min_count", min_count, 0, 2**62)
        if max_size is not None:
            require_whole("Vocabulary", "max_size", max_size, 1, 2**31 - 1)
        unseen = Exact() if unseen is None else unseen
        tokens, counts = _columns(pairs)
        kept = _reserved(reserved, unseen)
        order = _ranked(tokens, counts, kept, min_count)
        order = order[: _room(max_size, len(kept), "reserved items")]
        return _assembled(tokens, counts, order, kept, unseen)

    def grown(
        self,
        pairs: Counts,
        *,
        min_count: int = 1,
        max_size: int | None = None,
        reserved: Sequence[str] = (),
        unseen: Unseen | None = None,
    ) -> Vocabulary:
        """All items of this one and the new ones of `pairs`, with the sum of their counts.

        Ranked as in `from_counts`, but of equal counts the items of this one come first, in their
        order. `min_count` and `max_size` decide on new items alone: none of these is dropped.
        """
        unseen = self.unseen if unseen is None else unseen
        tokens, counts = _columns(pairs)
        places = self.items.find_many(tokens)
        known = places >= 0
        summed = np.clip(self.counts, 0, 2**62)
        summed[places[known]] += counts[known]
        added = np.flatnonzero(~known)
        tokens = self.items.tokens() + [tokens[at] for at in added.tolist()]
        counts = np.concatenate([summed, counts[added]])
        kept = _reserved(reserved, unseen)
        apart = set(kept)
        stay = [at for at in range(len(self)) if tokens[at] not in apart]
        new = _ranked(tokens[len(self) :], counts[len(self) :], kept, min_count)
        new = new[: _room(max_size, len(stay) + len(kept), "items that stay")]
        order = np.concatenate([np.array(stay, np.int64), new + len(self)])
        order = order[np.argsort(-counts[order], kind="stable")]
        return _assembled(tokens, counts, order, kept, unseen)

    @classmethod
    def of(
        cls,
        items: Iterable[str | bytes],
        *,
        counts: ArrayLike | None = None,
        unseen: Unseen | None = None,
    ) -> Vocabulary:
        """Distinct items in the order given, with counts of 0 unless there are others.

        The policy's unknown item is put last, with a count of 0, if it is not among them.
        """
        unseen = Exact() if unseen is None else unseen
        tokens = [to_bytes(item) for item in items]
        counted = np.zeros(len(tokens), np.int64) if counts is None else np.asarray(counts)
        if unseen.unknown_item is not None and to_bytes(unseen.unknown_item) not in tokens:
            tokens.append(to_bytes(unseen.unknown_item))
            counted = np.append(counted, 0)
        return cls(Items.of(tokens), counted.astype(np.int64, copy=False), unseen)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, item: object) -> bool:
        """Whether the item is known."""
        return isinstance(item, (str, bytes)) and self.items.find(to_bytes(item)) >= 0

    def __iter__(self) -> Iterator[str]:
        """The items as text, in order of id."""
        return map(to_text, self.items.tokens())

    def find(self, item: str | bytes) -> int:
        """The id of a known item, else -1."""
        return self.items.find(to_bytes(item))

    def id(self, item: str | bytes) -> int:
        """The id of a known item. Raises VocabularyError with near spellings."""
        id = self.find(item)
        if id < 0:
            raise self.missing(item)
        return id

    def missing(self, item: str | bytes) -> VocabularyError:
        """The error for an item that is not known."""
        text = to_text(item) if isinstance(item, bytes) else item
        return VocabularyError(
            f"{text!r:.80} is not in the vocabulary of {len(self)} items",
            near=near_spellings(self.items, text),
        )

    def ids(self, items: Iterable[str | bytes]) -> np.ndarray:
        """Ids of many items, int64 [N], -1 where one is not known."""
        return self.items.find_many(all_to_bytes(items))

    def item(self, id: int) -> str:
        """The item of an id. Raises InputError if there is none."""
        if not 0 <= id < len(self):
            raise InputError(f"there is no item {id}: ids run from 0 to {len(self) - 1}")
        return to_text(self.items[id])

    @property
    def n_rows(self) -> int:
        """Rows R of the table."""
        return self.unseen.n_rows(len(self))

    @property
    def pool(self) -> Literal["sum", "mean"]:
        """How the rows of a bag become one vector."""
        return self.unseen.pool

    def bags(self) -> Ragged:
        """The bags of all V items, in order of id."""
        return self.unseen.known_bags(self.items)

    def rows(self, items: Iterable[str | bytes]) -> Ragged:
        """The bags of any items: a known one has its own, an unseen one the policy's (or none)."""
        bags = [self.bag(item) for item in items]
        ragged = Ragged.of(bags)
        return Ragged(ragged.ids.astype(row_dtype(self.n_rows)), ragged.offsets)

    def bag(self, item: str | bytes) -> list[int]:
        """The bag of one item, [] if the policy has nothing to go on."""
        token = to_bytes(item)
        id = self.items.find(token)
        if id >= 0:
            return self.unseen.known_rows(self.items, id)
        return self.unseen.rows_of(self.items, token)

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything that is large, as flat arrays to store."""
        return {
            **{POLICY + name: array for name, array in self.unseen.arrays().items()},
            "items.bytes": self.items.bytes,
            "items.offsets": self.items.offsets,
            "items.slots": self.items.slots,
            "counts": self.counts,
        }

    def config(self) -> dict[str, Any]:
        """The policy, as data to store."""
        return {"size": len(self), "unseen": self.unseen.config()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], config: Mapping[str, Any]) -> Vocabulary:
        """The inverse of `arrays` and `config`; copies nothing. Raises InputError."""
        names = ("items.bytes", "items.offsets", "items.slots", "counts")
        for name in names:
            if name not in arrays:
                raise InputError(f"a stored vocabulary needs the array {name!r}")
        # np.asarray: item access on np.memmap itself is many times slower than on an array.
        text, offsets, slots, counts = (np.asarray(arrays[name]) for name in names)
        own = {k.removeprefix(POLICY): v for k, v in arrays.items() if k.startswith(POLICY)}
        unseen = policy_from(config.get("unseen", {}), {k: np.asarray(v) for k, v in own.items()})
        vocabulary = cls(Items(text, offsets, slots), counts, unseen)
        if config.get("size") != len(vocabulary):
            raise InputError(f"{config.get('size')} items were stored, {len(vocabulary)} found")
        return vocabulary


def _columns(pairs: Counts) -> tuple[list[bytes], np.ndarray]:
    """Items as bytes and their counts, int64. Raises InputError for a count below 0."""
    listed = list(pairs.items() if isinstance(pairs, Mapping) else pairs)
    tokens = [to_bytes(item) for item, _ in listed]
    counts = np.fromiter((count for _, count in listed), np.int64, len(listed))
    if len(counts) and counts.min() < 0:
        at = int(counts.argmin())
        raise InputError(f"the count of {to_text(tokens[at])!r:.80} is {counts[at]}, below 0")
    return tokens, counts


def _ranked(
    tokens: list[bytes], counts: np.ndarray, reserved: list[bytes], min_count: int
) -> np.ndarray:
    """Positions of the items to keep beside the reserved ones, best first, int64."""
    apart = set(reserved)
    enough = np.flatnonzero(counts >= min_count).tolist()
    by_bytes = sorted((at for at in enough if tokens[at] not in apart), key=tokens.__getitem__)
    order = np.array(by_bytes, np.int64)
    return order[np.argsort(-counts[order], kind="stable")]


def _reserved(reserved: Sequence[str], unseen: Unseen) -> list[bytes]:
    """The reserved items, the policy's unknown one among them or last."""
    kept = [to_bytes(item) for item in reserved]
    unknown = None if unseen.unknown_item is None else to_bytes(unseen.unknown_item)
    return kept if unknown is None or unknown in kept else [*kept, unknown]


def _room(max_size: int | None, taken: int, what: str) -> int | None:
    """How many more items there may be, None for any number. Raises InputError below 0."""
    if max_size is not None and max_size < taken:
        raise InputError(f"max_size={max_size} has no room for {taken} {what}")
    return None if max_size is None else max_size - taken


def _assembled(
    tokens: list[bytes], counts: np.ndarray, order: np.ndarray, kept: list[bytes], unseen: Unseen
) -> Vocabulary:
    """The reserved items `kept`, then those at the positions `order`; the policy's unknown item
    has the count of everything left out beside its own."""
    own = {item: 0 for item in kept}
    for item, count in zip(tokens, counts.tolist(), strict=True) if kept else ():
        if item in own:
            own[item] += count
    if unseen.unknown_item is not None:
        left = int(counts.sum() - counts[order].sum()) - sum(own.values())
        own[to_bytes(unseen.unknown_item)] += left
    chosen = kept + [tokens[at] for at in order.tolist()]
    first = np.fromiter((own[item] for item in kept), np.int64, len(kept))
    return Vocabulary(Items.of(chosen), np.concatenate([first, counts[order]]), unseen)
