"""Texts cut into tokens that stand apart: what a classifier takes in, and what it answers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rowspace.corpus.reading import Reading
from rowspace.corpus.tokenize import TOKENIZERS, Tokenizer, tokenizer
from rowspace.errors import SettingError

FIELDS = ("tokenizer", "lower", "normalize")


def spaced(texts: Sequence[bytes], cutting: Mapping[str, Any]) -> list[bytes]:
    """Each text's tokens with white space between. A line end inside a text counts as a space,
    bytes that are not UTF-8 as U+FFFD.

    cutting: tokenizer (by name), lower, normalize; {} leaves the texts as they are. Raises
    SettingError for a tokenizer that is not one of `TOKENIZERS`.
    """
    if not len(texts) or _cutter(cutting) is None:
        return list(texts)
    block = b"\n".join(text.replace(b"\n", b" ") for text in texts)
    return spaced_lines(block, cutting).split(b"\n")


def spaced_lines(lines: bytes, cutting: Mapping[str, Any]) -> bytes:
    """The same for texts that stand on a line each, a line end between each two."""
    cut = _cutter(cutting)
    if cut is None:
        return lines
    lines = lines.replace(b"\r", b" ")
    return cut.spaced(lines if lines.isascii() else lines.decode("utf-8", "replace").encode())


def _cutter(cutting: Mapping[str, Any]) -> Tokenizer | None:
    """None: the texts stay as they are."""
    if not cutting:
        return None
    name = cutting.get("tokenizer", "marks")
    wanted = "one of " + ", ".join(TOKENIZERS)
    SettingError.unless(name in TOKENIZERS, "tokenizer", name, wanted)
    cut = tokenizer(Reading(**{"tokenizer": name, **cutting}))
    same = name == "whitespace" and not cutting.get("lower", True) and not cutting.get("normalize")
    return None if same else cut
