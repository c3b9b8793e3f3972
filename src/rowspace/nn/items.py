"""Items read into rows: what a layer with a vocabulary is given in place of ids.

Text comes as it lies about: one item, lists, nested lists, lists of differing length, arrays of
text, columns of data frames. Each item is a bag of rows (`rowspace.vocabulary`), mostly of one.
Axes: `V` known items, `N` items read, `B` bags of items, `L` rows of an item.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, repeat
from numbers import Integral
from typing import Any, Literal, TypeAlias, final

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import InputError, SettingError, VocabularyError
from rowspace.nn.nested import Nested, flattened
from rowspace.ragged import Ragged
from rowspace.vocabulary import Subwords, Vocabulary, to_bytes, to_text
from rowspace.vocabulary.grams import Grams

Item: TypeAlias = str | bytes

# Items whose ids are remembered: the frequent ones come first, and they are most of any text.
REMEMBERED = 1 << 17
# Up to so many known items, the rows of all are worked out once and kept.
KEPT = 1 << 21
_NEW = -2


@final
@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """N items as rows: `rows` int64, a bag for each item; `shape` of the items, or, where they
    are bags of items, `offsets` int64 [B + 1] of those. `plain`: each item is one row."""

    rows: Ragged
    plain: bool
    shape: tuple[int, ...]
    offsets: np.ndarray | None = None

    @property
    def kind(self) -> Literal["ids", "bags"]:
        """ "ids" where a plain look-up of `rows.ids` will do, else "bags"."""
        return "ids" if self.plain else "bags"

    @property
    def row_offsets(self) -> np.ndarray:
        """Where each bag of items begins among `rows.ids`, int64 [B + 1]."""
        if self.offsets is None:
            raise InputError("these items are not in bags")
        return self.offsets if self.plain else self.rows.offsets[self.offsets]


@final
class Reader:
    """Reads items by a vocabulary. `padding`: the row that counts for nothing, if there is one;
    under policies that give an item n-grams besides, its item is that row alone."""

    def __init__(self, vocabulary: Vocabulary, padding: int | None = None) -> None:
        self.vocabulary, self.padding = vocabulary, padding
        self._ids: dict[Item, int] = {}
        self._known: Ragged | None = None
        inside = padding is not None and padding < len(vocabulary)
        self._alone = padding if inside and _has_own_row(vocabulary) else None

    def items(self, value: Any) -> Read:
        """For `Embedding`. Lists of differing length are filled up with the padding row.

        Raises VocabularyError for an item that has no row, IdTypeError for what is no item, each
        with its position, and InputError for lists that are irregular.
        """
        nested = flattened(value)
        if not nested.regular and self.padding is None:
            low, high = int(nested.lengths[-1].min()), int(nested.lengths[-1].max())
            raise InputError(
                f"the lists of items differ in length, from {low} to {high}",
                hint="a layer with padding_idx fills them up; EmbeddingBag pools them as they are",
            )
        rows, plain = self._rows(nested)
        if not nested.regular:
            rows = _filled(rows, nested.lengths[-1], int(self.padding or 0))
        return Read(rows, plain, nested.shape)

    def bags(self, value: Any, offsets: np.ndarray | None = None) -> Read:
        """For `EmbeddingBag`: lists of lists of items, or one list and the `offsets` int64 [B + 1]
        of its bags. Raises as `items` does."""
        nested = flattened(value)
        if offsets is None:
            if len(nested.lengths) != 2:
                raise InputError(
                    f"bags of items are lists of lists, not {len(nested.lengths)} deep",
                    hint="a single bag is [['one', 'two']]; a flat list needs offsets",
                )
            offsets = np.zeros(len(nested.lengths[-1]) + 1, np.int64)
            np.cumsum(nested.lengths[-1], out=offsets[1:])
        elif len(nested.lengths) != 1:
            raise InputError(
                f"items with offsets are one flat list, not {len(nested.lengths)} deep",
                hint="lists of lists say themselves where bags begin: leave the offsets out",
            )
        rows, plain = self._rows(nested)
        return Read(rows, plain, nested.shape, offsets)

    def _rows(self, nested: Nested) -> tuple[Ragged, bool]:
        """The rows of each item, and whether that is one each."""
        codes = self.ids(nested.items)
        size, policy = len(self.vocabulary), self.vocabulary.unseen
        bags: list[list[int]] = []
        if len(places := np.flatnonzero(codes < 0)):
            numbers: dict[Item, int] = {}
            for at in places.tolist():
                item = nested.items[at]
                if item not in numbers:
                    numbers[item] = size + len(bags)
                    bags.append(self._unseen(item, at, nested))
                codes[at] = numbers[item]
        if policy.own_rows and all(len(bag) == 1 for bag in bags):
            if bags:
                own = np.array([bag[0] for bag in bags], np.int64)
                codes[places] = own[codes[places] - size]
            return Ragged.singles(codes), True
        if self._alone is not None:
            codes[codes == self._alone] = size + len(bags)
            bags.append([self._alone])
        return self._gathered(codes, Ragged.of(bags)), False

    def ids(self, items: list[Item]) -> np.ndarray:
        """Ids of items, int64 [N], -1 for an unknown one: `Vocabulary.ids`, some times faster on
        text whose words come again."""
        seen = self._ids
        found = np.fromiter(map(seen.get, items, repeat(_NEW)), np.int64, len(items))
        places = np.flatnonzero(found == _NEW)
        if len(places):
            fresh = [items[at] for at in places.tolist()] if len(places) < len(items) else items
            found[places] = self.vocabulary.ids(fresh)
            room = REMEMBERED - len(seen)
            if room > 0:
                ids = zip(fresh, found[places].tolist(), strict=True)
                seen.update(islice(((item, id) for item, id in ids if id >= 0), room))
        return found

    def _unseen(self, item: Item, at: int, nested: Nested) -> list[int]:
        bag = self.vocabulary.unseen.rows_of(self.vocabulary.items, to_bytes(item))
        if bag:
            return bag
        text = to_text(item) if isinstance(item, bytes) else item
        raise VocabularyError(
            f"{text!r:.80}{nested.where(at)} is not in the vocabulary of "
            f"{len(self.vocabulary)} items",
            near=self.vocabulary.missing(item).near,
            hint="a vocabulary with unseen=Exact('<unk>') or Subwords() has rows for any item",
        )

    def _gathered(self, codes: np.ndarray, others: Ragged) -> Ragged:
        """The bags of codes int64 [N]: of known items below V, from V on of `others`."""
        size = len(self.vocabulary)
        known = codes < size
        own = codes[known]
        if size <= KEPT:
            bags = self._known = self._known or self.vocabulary.bags()
        else:
            distinct, own = np.unique(own, return_inverse=True)
            bags = self.vocabulary.unseen.known_bags(self.vocabulary.items, distinct)
        starts, ends = np.empty(len(codes), np.int64), np.empty(len(codes), np.int64)
        starts[known], ends[known] = bags.offsets[own], bags.offsets[own + 1]
        rest = codes[~known] - size
        first = len(bags.ids)
        starts[~known], ends[~known] = (
            others.offsets[rest] + first,
            others.offsets[rest + 1] + first,
        )
        offsets = np.zeros(len(codes) + 1, np.int64)
        np.cumsum(ends - starts, out=offsets[1:])
        at = np.repeat(starts - offsets[:-1], ends - starts) + np.arange(offsets[-1])
        if not len(rest):
            return Ragged(bags.ids[at].astype(np.int64, copy=False), offsets)
        ids = np.empty(len(at), np.int64)
        inside = at < first
        ids[inside], ids[~inside] = bags.ids[at[inside]], others.ids[at[~inside] - first]
        return Ragged(ids, offsets)


def shares(
    read: Read,
    mode: str,
    pool: Literal["sum", "mean"],
    *,
    weights: Tensor | None = None,
    padding: int | None = None,
) -> Tensor:
    """What each of `read.rows.ids` weighs in the sum that is its bag's vector, float32 [rows].

    For bags of items of several rows: an item's vector is the `pool` of its rows, the bag's the
    `mode` ("sum" or "mean") of its items', times `weights` [N] where there are any (a gradient
    reaches them). A mean divides by the items that are not `padding`, or by their weights.
    Raises SettingError for another mode.
    """
    SettingError.unless(mode in ("sum", "mean"), "mode", mode, "sum or mean for items of many rows")
    lengths, device = read.rows.lengths, "cpu" if weights is None else weights.device
    counted = torch.ones(len(lengths)) if weights is None else weights.to("cpu", torch.float32)
    if padding is not None:
        alone = np.flatnonzero(lengths == 1)
        pads = alone[read.rows.ids[read.rows.offsets[alone]] == padding]
        counted = counted.index_fill(0, torch.from_numpy(pads), 0)
    each = counted / torch.from_numpy(np.maximum(lengths, 1)) if pool == "mean" else counted
    if mode == "mean" and read.offsets is not None:
        bag = torch.from_numpy(_owners(np.diff(read.offsets)))
        total = torch.zeros(len(read.offsets) - 1).index_add(0, bag, counted)
        each = each * torch.where(total == 0, 0, 1 / total)[bag]
    return each[torch.from_numpy(_owners(lengths))].to(device)


def _owners(lengths: np.ndarray) -> np.ndarray:
    """The number of the bag each of its members is in, int64."""
    return np.repeat(np.arange(len(lengths)), lengths)


def padding_row(vocabulary: Vocabulary | None, padding: Any) -> int | None:
    """The row of `padding_idx`, which may be an item such as "<pad>".

    Raises SettingError without a vocabulary, or where the item has no row of its own;
    VocabularyError where it is not known.
    """
    if not isinstance(padding, (str, bytes)):
        fit = padding is None or (isinstance(padding, Integral) and not isinstance(padding, bool))
        SettingError.unless(fit, "padding_idx", padding, "a row, or an item")
        return padding
    if vocabulary is None:
        raise SettingError(
            f"padding_idx {padding!r:.40} is an item, and the layer has no vocabulary",
            hint="give it vocabulary=, or the id of the padding row",
        )
    if not _has_own_row(vocabulary):
        raise SettingError(
            f"padding_idx {padding!r:.40} has no row of its own under {vocabulary.unseen!r:.60}",
            hint="leave the padding out of the bags: EmbeddingBag takes lists of differing length",
        )
    return vocabulary.id(padding)


def rows_of_items(vocabulary: Vocabulary, items: Iterable[Item]) -> np.ndarray:
    """The own rows of known items, int64 [N]. Raises as `padding_row` does."""
    return np.array([padding_row(vocabulary, item) for item in items], np.int64)


def _has_own_row(vocabulary: Vocabulary) -> bool:
    """Whether row `i` belongs to item `i`, by itself or besides others."""
    return vocabulary.unseen.own_rows or isinstance(vocabulary.unseen, (Subwords, Grams))


def _filled(rows: Ragged, lengths: np.ndarray, padding: int) -> Ragged:
    """The bags of items in lists of `lengths`, each list filled up to the longest with bags of
    the padding row alone."""
    width = int(lengths.max())
    there = np.arange(width) < lengths[:, None]
    sizes = np.ones(there.shape, np.int64)
    sizes[there] = rows.lengths
    offsets = np.zeros(sizes.size + 1, np.int64)
    np.cumsum(sizes.ravel(), out=offsets[1:])
    ids = np.full(int(offsets[-1]), padding, np.int64)
    ids[np.repeat(there.ravel(), sizes.ravel())] = rows.ids
    return Ragged(ids, offsets)
