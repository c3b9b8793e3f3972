"""A size, and what fits into it: how numbers are kept, how many items and n-grams have rows.

The folder of every plan is worked out to the byte, from shapes alone. Everything is kept as finely
as fits, halves before int8 before codes of two numbers; where not even these hold it all, n-grams
that matter least go, down to `LEAST` for each item, and then the rarest items. Axes: `V` items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from rowspace.compressing.buckets import NGrams
from rowspace.compressing.kinds import BYTE, CODES, HALF, WHOLE, Kind, empty
from rowspace.errors import SettingError
from rowspace.files.sizes import bytes_of
from rowspace.vectors import Head, Model, Vectors
from rowspace.vectors.joined import joined
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.items import Items, tight_slots

RECORD = 4_000
"""Bytes left free for what was measured."""
LADDER = (
    (Kind(WHOLE), Kind(WHOLE)), (Kind(HALF), Kind(HALF)), (Kind(BYTE), Kind(BYTE)),
    (Kind(BYTE), Kind(CODES, 2)), (Kind(CODES, 2), Kind(CODES, 2)),
)  # fmt: skip
"""Kinds of the items' rows and of the n-grams' that hold everything, the finest first."""
ROOMY = ((Kind(CODES, 2), Kind(CODES, 2)),)
TIGHT = ((Kind(CODES, 2), Kind(CODES, 4)), (Kind(BYTE), Kind(BYTE)))
"""Kinds where n-grams are left out, and items: int8 where so little is kept that the centroids of
codes would take most of it."""
ENOUGH, LEAST = 0.9, 0.9
"""Rows of n-grams for each item that are worth keeping finely, and that go before an item does."""


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """items, ngrams: how many are kept, of how many; `own`, `shared`: the kinds of their rows."""

    own: Kind
    shared: Kind
    items: int
    ngrams: int
    of_items: int
    of_ngrams: int

    def why(self) -> str:
        """In words."""
        rows = f"rows as {self.own}"
        if self.ngrams:
            rows += f", n-grams' as {self.shared}"
        if self.items < self.of_items:
            fewer = f"the {self.items:,} most frequent of {self.of_items:,} items"
            return f"{rows}; {fewer}: more do not fit"
        if self.ngrams < self.of_ngrams:
            return (
                f"{rows}; all {self.items:,} items, and the {self.ngrams:,} of {self.of_ngrams:,} "
                "n-grams in use that matter most: more do not fit"
            )
        return f"{rows}: the finest that holds everything"


@final
@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """`limit` bytes for `model`; `order` its items, the most frequent first, int64 [V]."""

    model: Model
    limit: int
    order: np.ndarray
    ngrams: NGrams | None
    kind: Kind | None = None

    def planned(self, most_ngrams: int | None = None) -> Plan:
        """The best plan that fits; of at most so many n-grams. Raises SettingError, naming the
        smallest size there is."""
        size, most = len(self.order), 0
        if self.ngrams is not None:
            most = len(self.ngrams)
            most = most if most_ngrams is None else min(most_ngrams, most)
        for own, shared in self._ladder(LADDER):
            whole = Plan(own, shared, size, most, size, most)
            if self.fits(whole):
                return whole
        for ladder, least in ((ROOMY, ENOUGH), (TIGHT, LEAST)):
            wanted = 0 if self.model.head is not None else min(most, least * size)
            for own, shared in self._ladder(ladder):
                found = self._fewer_ngrams(Plan(own, shared, size, most, size, most))
                if found is not None and found.ngrams >= wanted:
                    return found
        plans = [Plan(*kinds, size, most, size, most) for kinds in self._ladder(TIGHT)]
        return self._fewer_items(plans)

    def fits(self, plan: Plan) -> bool:
        """Whether the folder is small enough."""
        return self.bytes(plan) <= self.limit

    def bytes(self, plan: Plan) -> int:
        """What the folder of a plan takes."""
        vectors, n = self.model.vectors, plan.items
        items, unseen = vectors.vocabulary.items, vectors.vocabulary.unseen
        items = _first(items, self.order[:n])
        if self.ngrams is not None:
            unseen = self.ngrams.policy(plan.ngrams)
        vocabulary = Vocabulary(items, np.broadcast_to(np.int64(0), (n,)), unseen)
        own = empty(plan.own, min(n, vocabulary.n_rows), vectors.dim)
        rest = vocabulary.n_rows - len(own)
        rows = joined(own, empty(plan.shared, rest, vectors.dim)) if rest else own
        model, head = self.model, self.model.head
        if head is not None:
            weights = empty(plan.own, len(head.labels), vectors.dim)
            head = Head(head.labels, weights, head.loss, head.exact)
        made = Model(Vectors(vocabulary, rows), model.config, model.record, None, head)
        return bytes_of(made) + RECORD

    def _ladder(self, pairs: tuple[tuple[Kind, Kind], ...]) -> list[tuple[Kind, Kind]]:
        """The pairs that may be chosen: all, or that of the kind that was asked for."""
        if self.kind is not None:
            return [(self.kind, self.kind)]
        whole = self.model.vectors.rows.dtype == np.float32
        return [pair for pair in pairs if whole or pair[0].name != WHOLE]

    def _fewer_ngrams(self, plan: Plan) -> Plan | None:
        """With as many n-grams as fit; None where not even none at all do."""
        if not self.fits(replace(plan, ngrams=0)):
            return None
        most = largest(plan.ngrams, lambda n: self.fits(replace(plan, ngrams=n)))
        return replace(plan, ngrams=most)

    def _fewer_items(self, plans: list[Plan]) -> Plan:
        """The plan that holds the most items, with n-grams in proportion. A model with labels needs
        all its items."""
        every = self.model.head is not None
        least = [replace(one, items=one.items if every else 1, ngrams=0) for one in plans]
        held = [one for one, few in zip(plans, least, strict=True) if self.fits(few)]
        if every or not held:
            needed = min(map(self.bytes, least))
            raise SettingError(
                f"size must be at least {needed:,} bytes: the least that can be kept takes these, "
                f"with what is told of the model; {self.limit:,} were given",
                hint="give a larger size, or a smaller dim",
            )
        return max(map(self._most_items, held), key=lambda plan: (plan.items, plan.ngrams))

    def _most_items(self, plan: Plan) -> Plan:
        share = min(LEAST, plan.ngrams / plan.items)

        def of(n: int) -> Plan:
            return replace(plan, items=n, ngrams=int(share * n) if n > 1 else 0)

        return of(max(1, largest(plan.items - 1, lambda n: n <= 1 or self.fits(of(n)))))


def _first(items: Items, ids: np.ndarray) -> Items:
    """Items of the lengths of these, to work out the size of a file."""
    lengths = np.diff(items.offsets)[ids]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    flat = np.broadcast_to(np.uint8(0), (int(offsets[-1]),))
    return Items(flat, offsets, np.broadcast_to(np.int32(-1), (tight_slots(len(ids)),)))


def largest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number from 0 to `most` that fits, where 0 does and fewer always fit."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low
