"""`Lines`: many texts as one buffer, so that nothing is done for each of them in Python.

Axes: `B` texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.vocabulary.items import to_bytes


@final
@dataclass(frozen=True, slots=True)
class Lines:
    """B = `count` texts in `data`, a line end between each two and none within one."""

    data: bytes
    count: int

    @classmethod
    def of(cls, texts: Sequence[str | bytes] | Lines) -> Lines:
        """A line end inside a text becomes a space. Raises InputError as `to_bytes` does."""
        if isinstance(texts, Lines):
            return texts
        try:
            data = "\n".join(texts).encode("utf-8", "surrogateescape")  # type: ignore[arg-type]
        except (TypeError, UnicodeEncodeError):  # bytes among them, or what is no text
            data = b"\n".join(map(to_bytes, texts))
        if data.count(b"\n") >= max(1, len(texts)):
            data = b"\n".join(to_bytes(text).replace(b"\n", b" ") for text in texts)
        return cls(data, len(texts))

    def __len__(self) -> int:
        return self.count

    def listed(self) -> list[bytes]:
        """The texts one by one."""
        return self.data.split(b"\n") if self.count else []

    @property
    def cuts(self) -> np.ndarray:
        """Text t is data[cuts[t]:cuts[t + 1]], its line end included: int64 [B + 1]."""
        cuts = np.zeros(self.count + 1, np.int64)
        if self.count:
            cuts[1:-1] = 1 + np.flatnonzero(np.frombuffer(self.data, np.uint8) == 10)
            cuts[-1] = len(self.data)
        return cuts

    def parts(self, size: int) -> Iterator[Lines]:
        """The same texts in stretches of about `size` bytes each, none of them a small rest."""
        count = max(1, len(self.data) // size)
        if count == 1:
            yield self
            return
        cuts = self.cuts
        ends = np.searchsorted(cuts, np.arange(1, count + 1) * (len(self.data) // count))
        ends[-1] = self.count
        first = 0
        for last in np.unique(ends).tolist():
            end = int(cuts[last]) - (last < self.count)
            yield Lines(self.data[int(cuts[first]) : end], last - first)
            first = last
