"""Strings → rows of a Keras table, as one array of whole numbers.

An item is one row under the exact policy, so strings of shape S give rows of shape S. Under any
other an item is a bag of rows: the array has one more axis, `L` rows wide. With `mask_zero` table
row 0 stands for padding, as in Keras, and row `r` of the vocabulary is table row `r + 1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.corpus import Tokenizer
from rowspace.errors import InputError
from rowspace.keras.promise import Promise
from rowspace.vectors.keys import IdTypeError
from rowspace.vocabulary import Vocabulary, to_bytes

NO_ROW = -1
"""Fills up a bag where row 0 is a row like others."""
Leaf = str | bytes


def is_text(inputs: Any) -> bool:
    """Whether strings came: a string, an array or tensor of them, or lists that begin with one."""
    while isinstance(inputs, (list, tuple)) and len(inputs):
        inputs = next((one for one in inputs if not isinstance(one, (list, tuple)) or one), None)
    if isinstance(inputs, np.ndarray):
        objects = inputs.ravel().tolist() if inputs.dtype.kind == "O" else ()
        return inputs.dtype.kind in "UST" or any(isinstance(one, (str, bytes)) for one in objects)
    if hasattr(inputs, "numpy"):  # a tensor that has its numbers, or its strings
        return getattr(inputs.dtype, "name", "") == "string"
    return isinstance(inputs, (str, bytes))


def leaves(inputs: Any) -> Iterator[Leaf]:
    """Every string in nested lists, arrays, tensors or batches of a generator."""
    inputs = _plain(inputs)
    if isinstance(inputs, (str, bytes)):
        yield inputs
        return
    if not hasattr(inputs, "__iter__"):
        raise _no_item(inputs)
    for one in inputs:
        yield from leaves(one)


@final
@dataclass(frozen=True, slots=True)
class Strings:
    """How strings become rows of a table.

    tokenizer: cuts each string into items, a sequence; without one each string is an item, and
    the last axis is the sequence. length: a sequence is cut to so many items. Shorter ones are
    filled up with row 0 at the end, which needs `mask_zero`; "" is padding then too. A text
    without items is one unknown item, if there is one: padding alone has no mean, and Keras's
    pooling makes NaN of it.
    """

    vocabulary: Vocabulary
    mask_zero: bool = False
    tokenizer: Tokenizer | None = None
    length: int | None = None

    def rows(self, inputs: Any) -> np.ndarray:
        """int64, of the shape of `inputs` (and [sequence] with a tokenizer, and [L]).

        Raises VocabularyError for an item that has no row, IdTypeError for what is no string,
        InputError for sequences of different lengths without `mask_zero`.
        """
        inputs = _plain(inputs)
        if self.tokenizer is None and isinstance(inputs, (str, bytes)):
            return self._laid([[inputs]], 1)[0, 0]
        flat, shape = _sequences(inputs, ends=self.tokenizer is not None)
        if self.tokenizer is not None:
            flat = [self.tokenizer.tokens(_text(one)) or self._nothing for one in flat]
        lengths = {len(one) for one in flat}
        if len(lengths) > 1 and not self.mask_zero:
            raise InputError(
                f"the sequences differ in length: {sorted(lengths)[:4]}",
                hint="mask_zero=True fills the shorter ones up with row 0, which is then masked",
            )
        width = max(lengths, default=0)
        if self.length is not None:
            width = self.length if self.mask_zero else min(width, self.length)
        rows = self._laid(flat, width)
        return rows.reshape(*shape, *rows.shape[1:])

    def _laid(self, sequences: Sequence[Sequence[Leaf]], width: int) -> np.ndarray:
        """int64 [n, width] or [n, width, L]."""
        cut = [one[:width] for one in sequences]
        filled = np.arange(width) < np.array([len(one) for one in cut], np.int64)[:, None]
        items = [item for one in cut for item in one]
        if self.mask_zero and "" not in self.vocabulary:
            filled[filled] = [bool(item) for item in items]
            items = [item for item in items if item]
        numbers: dict[Leaf, int] = {}  # a text repeats its words
        places = [numbers.setdefault(item, len(numbers)) for item in items]
        asked = list(numbers)
        rows = self._bags(asked) if self._bagged else self._singles(asked)
        out = np.zeros((*filled.shape, *rows.shape[1:]), np.int64)
        out[filled] = rows[np.array(places, np.int64)]
        return out

    @property
    def _nothing(self) -> list[str]:
        """What a text without items is taken for."""
        unknown = self.vocabulary.unseen.unknown_item
        return [] if unknown is None else [unknown]

    @property
    def _bagged(self) -> bool:
        return Promise.of(self.vocabulary).bagged

    def _singles(self, items: list[Leaf]) -> np.ndarray:
        ids = self.vocabulary.ids(items)
        unseen = np.flatnonzero(ids < 0)
        if len(unseen):
            unknown = self.vocabulary.bag(items[unseen[0]])
            if not unknown:
                raise self.vocabulary.missing(items[unseen[0]])
            ids[unseen] = unknown[0]
        return ids + int(self.mask_zero)

    def _bags(self, items: list[Leaf]) -> np.ndarray:
        bags = self.vocabulary.rows(items)
        lengths = bags.lengths
        if len(lengths) and not lengths.all():
            raise self.vocabulary.missing(items[int(lengths.argmin())])
        # A compiled model is traced anew for every shape: bags of any width would be many.
        width = int(lengths.max(initial=1))
        if (lengths < width).any():
            width = 1 << (width - 1).bit_length()
        out = np.full((len(items), width), 0 if self.mask_zero else NO_ROW, np.int64)
        out[np.arange(width) < lengths[:, None]] = bags.ids.astype(np.int64) + int(self.mask_zero)
        return out


def _plain(inputs: Any) -> Any:
    """A tensor of strings as an array; anything else as it is."""
    array = inputs.numpy() if hasattr(inputs, "numpy") else inputs
    return array.tolist() if isinstance(array, np.ndarray) else array


def _sequences(
    inputs: Any, *, ends: bool, at: tuple[int, ...] = ()
) -> tuple[list[Any], tuple[int, ...]]:
    """The strings (`ends`) or lists of strings in nested lists, flat, and the shape around them."""
    inputs = _plain(inputs)
    if ends and isinstance(inputs, (str, bytes)):
        return [inputs], ()
    if not isinstance(inputs, (list, tuple)):
        raise _no_item(inputs, at)
    texts = [isinstance(one, (str, bytes)) for one in inputs]
    if all(texts):
        return (list(inputs), (len(inputs),)) if ends else ([inputs], ())
    if any(texts):
        first = texts.index(False)
        raise _no_item(inputs[first], (*at, first))
    parts = [_sequences(one, ends=ends, at=(*at, i)) for i, one in enumerate(inputs)]
    shapes = {shape for _, shape in parts}
    if len(shapes) > 1:
        raise InputError(f"the lists of a look-up differ in shape: {sorted(shapes)[:4]}")
    return [one for flat, _ in parts for one in flat], (len(parts), *shapes.pop())


def _text(one: Leaf) -> str:
    return one if isinstance(one, str) else to_bytes(one).decode("utf-8", "replace")


def _no_item(value: Any, at: tuple[int, ...] = ()) -> IdTypeError:
    place = f" at position {at[0] if len(at) == 1 else at}" if at else ""
    return IdTypeError(f"{value!r:.80} ({type(value).__name__}){place} is not a string")
