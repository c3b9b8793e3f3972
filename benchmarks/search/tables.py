"""The tables that are searched, as .npy files in the cache.

Exact search compares every row, so its rows may be noise. An index lives off how rows crowd: its
table is of real word vectors, and of the phrases of two words that Wikipedia's text has, each the
mean of its words' vectors at length 1, until a million are there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.words.corpus import MissingDataError, prepared
from rowspace import files
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import unit_rows

_BYTES = 64 << 20  # of text, read for phrases
_WORDS = 500_000  # looked up at once


def noise(folder: Path, size: int, dim: int) -> Path:
    """Normal rows float32 [size, dim], the same every time."""
    path = folder / f"noise-{size}x{dim}.npy"
    if not path.exists():
        drawn = np.random.default_rng(0).standard_normal((size, dim), dtype=np.float32)
        np.save(path, drawn)
    return path


def phrases(folder: Path, size: int, vectors: Path | None, data: Path) -> Path:
    """Words and phrases float32 [size, D]. Raises MissingDataError without vectors or text."""
    if vectors is None:
        raise MissingDataError("give --vectors, a model of Wikipedia's words")
    path = folder / f"phrases-{size}.npy"
    if not path.exists():
        words = files.load(vectors).vectors
        text = prepared(data, folder.parent).path
        np.save(path, _table(words, text, size))
    return path


def _table(vectors: Vectors, text: Path, size: int) -> np.ndarray:
    """The words themselves, then the first phrases of the text, each once."""
    own = unit_rows(vectors.matrix)[:size]
    with open(text, "rb") as file:
        words = file.read(_BYTES).split()
    parts = range(0, len(words), _WORDS)
    ids = np.concatenate([vectors.vocabulary.ids(words[at : at + _WORDS]) for at in parts])
    pairs = ids[:-1] * len(own) + ids[1:]
    there = (ids[:-1] >= 0) & (ids[1:] >= 0) & (ids[:-1] < len(own)) & (ids[1:] < len(own))
    distinct, first = np.unique(pairs[there], return_index=True)
    kept = distinct[np.argsort(first)][: size - len(own)]
    if len(own) + len(kept) < size:
        raise MissingDataError(f"the text has phrases for {len(own) + len(kept)} rows, not {size}")
    return np.concatenate([own, (own[kept // len(own)] + own[kept % len(own)]) / 2])
