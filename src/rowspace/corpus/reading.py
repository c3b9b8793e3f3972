"""`Reading`: how text becomes tokens. One record of settings, stored with the model."""

from __future__ import annotations

import os
from dataclasses import dataclass

from rowspace.errors import InputError

NORMALIZE = ("NFC", "NFKC")
ENCODING_ERRORS = ("strict", "replace", "skip")
MARKUP = ("auto", "none", "wikiextractor")


@dataclass(frozen=True, slots=True)
class Reading:
    """How records are read and cut into tokens.

    tokenizer: "words", "whitespace", "characters", or the path of a tokenizer.json.
    lower, normalize: applied to the text; a tokenizer.json brings its own rules instead.
    column: the column of a CSV, TSV, JSONL or parquet file that holds the text.
    encoding_errors: bytes that are not UTF-8 are an error, become U+FFFD, or are left out.
    markup: drop the <doc …> lines of WikiExtractor; "auto" looks at the first line of a file.
    Raises InputError for a value that is none of these.
    """

    tokenizer: str = "words"
    lower: bool = True
    normalize: str | None = None
    column: str | None = None
    encoding_errors: str = "strict"
    markup: str = "auto"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokenizer", os.fspath(self.tokenizer))
        _one_of("normalize", self.normalize, (None, *NORMALIZE))
        _one_of("encoding_errors", self.encoding_errors, ENCODING_ERRORS)
        _one_of("markup", self.markup, MARKUP)


def _one_of(name: str, value: object, allowed: tuple[object, ...]) -> None:
    if value not in allowed:
        names = ", ".join(repr(one) for one in allowed)
        raise InputError(f"{name} must be one of {names}, not {value!r}")
