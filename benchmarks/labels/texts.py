"""Texts as both sides read them, and the files they read: `__label__` lines and JSONL.

Everything is lower-cased. SST and TREC are tokenised as they come: their punctuation stands apart.
Where it does not, each of . ! ? , ' / ( ) is parted by spaces, as fastText's tutorial does it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path

PREFIX = "__label__"
Pair = tuple[str, str]
"""A label and a text."""

_MARK = re.compile(r"([.!?,'/()])")


def lowered(text: str) -> str:
    """Lower case, words parted by one space."""
    return " ".join(text.lower().split())


def parted(text: str) -> str:
    """`lowered`, and punctuation apart."""
    return lowered(_MARK.sub(r" \1 ", text))


def write(path: Path, pairs: Iterable[Pair]) -> None:
    """`path`.txt holds a line of fastText's kind for each, `path`.jsonl an object."""
    pairs = list(pairs)
    _write(path.with_suffix(".txt"), (f"{PREFIX}{label} {text}" for label, text in pairs))
    told = (json.dumps({"label": label, "text": text}, ensure_ascii=False) for label, text in pairs)
    _write(path.with_suffix(".jsonl"), told)


def read(path: str | Path) -> list[Pair]:
    """A file of `write`'s lines."""
    with open(path, encoding="utf-8", newline="\n") as file:
        parts = (line.rstrip("\n").partition(" ") for line in file)
        return [(label.removeprefix(PREFIX), text) for label, _, text in parts]


def _write(path: Path, lines: Iterable[str]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
    os.replace(part, path)
