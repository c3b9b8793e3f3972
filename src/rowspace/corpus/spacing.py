"""Texts cut into tokens that stand apart: what a classifier takes in, and what it answers to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rowspace.corpus.reading import Reading
from rowspace.corpus.tokenize import TOKENIZERS, tokenizer
from rowspace.errors import SettingError

FIELDS = ("tokenizer", "lower", "normalize")


def spaced(texts: Sequence[bytes], cutting: Mapping[str, Any]) -> list[bytes]:
    """Each text's tokens with white space between. A line end inside a text counts as a space,
    bytes that are not UTF-8 as U+FFFD.

    cutting: tokenizer (by name), lower, normalize; {} leaves the texts as they are. Raises
    SettingError for a tokenizer that is not one of `TOKENIZERS`.
    """
    if not cutting or not len(texts):
        return list(texts)
    name = cutting.get("tokenizer", "marks")
    wanted = "one of " + ", ".join(TOKENIZERS)
    SettingError.unless(name in TOKENIZERS, "tokenizer", name, wanted)
    cut = tokenizer(Reading(**{"tokenizer": name, **cutting}))
    if name == "whitespace" and not cutting.get("lower", True) and not cutting.get("normalize"):
        return list(texts)
    block = b"\n".join(text.replace(b"\n", b" ").replace(b"\r", b" ") for text in texts)
    block = block.decode("utf-8", "replace").encode("utf-8")
    return cut.spaced(block).split(b"\n")
