"""The vectors that everybody scores: words, most frequent first, and a matrix. Only NumPy."""

from __future__ import annotations

from pathlib import Path

import numpy as np


def exported(folder: str) -> tuple[list[str], np.ndarray]:
    """Words and float32 [V, D]."""
    text = Path(folder, "words.txt").read_text("utf-8")
    return text.removesuffix("\n").split("\n"), np.load(Path(folder, "vectors.npy"))
