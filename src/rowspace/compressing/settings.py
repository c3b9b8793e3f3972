"""What to do to a model to make it smaller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, final

from rowspace.errors import SettingError
from rowspace.files.sizes import size_of

KINDS = ("float32", "float16", "int8", "pq")
FINER = ("float32", "float16", "int8")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """Everything stays as it is, unless told.

    kind: how a number is kept, "float32", "float16", "int8" (a scale a row) or "pq": a byte for
    each `stretch` of numbers, and one for the row's length. dim: so many principal axes of the
    vectors are kept. words: these items alone; items: the most frequent; ngrams: rows of n-grams,
    those that matter most. size: bytes of the folder at most, a number or text such as "5MB"; what
    is not given is chosen. rerank: the kind of finer rows kept beside the codes of "pq".
    """

    kind: Literal["float32", "float16", "int8", "pq"] | None = None
    stretch: int = 2
    dim: int | None = None
    words: Iterable[str | bytes] | None = None
    items: int | None = None
    ngrams: int | None = None
    size: int | str | None = None
    rerank: Literal["float32", "float16", "int8"] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        unless = SettingError.unless
        unless(self.kind in (None, *KINDS), "kind", self.kind, "one of " + ", ".join(KINDS))
        unless(self.rerank in (None, *FINER), "rerank", self.rerank, "one of " + ", ".join(FINER))
        given = self.rerank is None or self.kind == "pq"
        unless(given, "rerank", self.rerank, "given with kind pq, whose codes it goes beside")
        apart = self.rerank is None or self.size is None
        unless(apart, "rerank", self.rerank, "left out where a size is given")
        for name, low in (("stretch", 1), ("dim", 1), ("items", 1), ("ngrams", 0)):
            value = getattr(self, name)
            whole = isinstance(value, int) and not isinstance(value, bool) and value >= low
            unless(value is None or whole, name, value, f"a whole number from {low}")
        unless(not isinstance(self.words, (str, bytes)), "words", self.words, "a list of items")
        if self.size is not None:
            size_of(self.size, "size")
        told = (self.kind, self.dim, self.words, self.items, self.ngrams, self.size)
        unless(
            any(one is not None for one in told), "kind", None,
            "one of " + ", ".join(KINDS) + ", unless there is something else to do",
        )  # fmt: skip
