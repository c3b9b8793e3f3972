"""Some of a model's vectors, where all of them would take too long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.errors import SettingError
from rowspace.vectors import Vectors


@final
@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """`ids` int64 [n], ascending, of vectors that are finite and not zero, `rows` float32 [n, D];
    `coverage`: the share of those drawn that are; `of`: items the model has."""

    ids: np.ndarray
    rows: np.ndarray
    coverage: float
    of: int


def drawn(vectors: Vectors, most: int, *, seed: int = 0, first: bool = False) -> Drawn:
    """At most so many items, each as likely; or the first, which are the most frequent. Raises
    SettingError for a number below 2."""
    SettingError.unless(most >= 2, "most", most, "at least 2")
    ids = np.arange(min(most, len(vectors)))
    if len(vectors) > most and not first:
        random = np.random.default_rng(seed)
        ids = np.sort(random.choice(len(vectors), most, replace=False))
    rows = vectors[ids]
    whole = np.isfinite(rows).all(axis=1) & (rows != 0).any(axis=1)
    share = float(whole.mean()) if len(whole) else 0.0
    return Drawn(ids[whole], rows[whole], share, len(vectors))
