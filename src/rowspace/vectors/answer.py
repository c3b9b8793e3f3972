"""`Answer`: a vector that says where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np


@final
@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A vector and where it came from: "known", or what the policy answers the unseen from.

    `rows` are the rows it was pooled from, `id` the item's, -1 if it is not known.
    """

    item: str | bytes
    vector: np.ndarray
    kind: str
    rows: tuple[int, ...]
    id: int
