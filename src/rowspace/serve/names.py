"""`Names`: items as they are shown, and found by their beginning or by any part of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import final

import numpy as np

from rowspace.vocabulary import Vocabulary


def shown(item: bytes) -> str:
    """An item as text; a byte that is not UTF-8 becomes an escape: such an item is asked by id."""
    return item.decode("utf-8", "backslashreplace")


@final
class Names:
    """The items of a vocabulary, for people who type. Prepared when first searched."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._items, self._counts = vocabulary.items, vocabulary.counts
        self.has_counts = bool(vocabulary.counts.any())

    def one(self, id: int) -> str:
        """The item of an id, as it is shown."""
        return shown(self._items[id])

    def many(self, ids: np.ndarray) -> list[str]:
        """The items of many ids."""
        items = self._items
        return [shown(items[id]) for id in ids.tolist()]

    def find(self, text: str, k: int) -> list[int]:
        """At most `k` ids: items that begin with `text`, then items that hold it, in any case; of
        each the most frequent first."""
        wanted = _folded(text)
        if b"\n" in wanted or not len(self._items):
            return []
        found = dict.fromkeys(islice(self._lines(b"\n" + wanted, 1), k))
        if wanted and len(found) < k:
            more = (line for line in self._lines(wanted, 0) if line not in found)
            found |= dict.fromkeys(islice(more, k - len(found)))
        return self._order[list(found)].tolist()

    def _lines(self, wanted: bytes, ahead: int) -> Iterator[int]:
        """The lines of the text that hold `wanted`, each once."""
        text, starts = self._text
        at = text.find(wanted)
        while at >= 0:
            line = int(np.searchsorted(starts, at + ahead, "right")) - 1
            if line == len(starts) - 1:  # the end of the last line
                return
            yield line
            at = text.find(wanted, int(starts[line + 1]) - 1)

    @cached_property
    def _order(self) -> np.ndarray:
        """The ids, the most frequent first."""
        return np.argsort(-self._counts, kind="stable")

    @cached_property
    def _text(self) -> tuple[bytes, np.ndarray]:
        """All items in small letters, in `_order`, a line each, and where each line begins."""
        tokens = self._items.tokens()
        lines = [_folded(shown(tokens[id])).replace(b"\n", b" ") for id in self._order.tolist()]
        ends = np.cumsum([1, *(len(line) + 1 for line in lines)])
        return b"\n" + b"\n".join(lines) + b"\n", ends


def _folded(text: str) -> bytes:
    return text.lower().encode("utf-8", "replace")
