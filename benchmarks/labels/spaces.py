"""What is tried of fastText: settings drawn at random from ranges, the same ones at every run."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Even:
    """A number between two, its logarithm drawn evenly."""

    low: float
    high: float

    def draw(self, chance: random.Random) -> float:
        """Three figures that count."""
        value = math.exp(chance.uniform(math.log(self.low), math.log(self.high)))
        return float(f"{value:.3g}")


Range = Even | Sequence[Any]

FASTTEXT: dict[str, Range] = {
    "epochs": (5, 10, 20, 35, 50, 75, 100),
    "lr": Even(0.05, 1.0),
    "words": (1, 2, 3),
    "dim": (10, 20, 50, 100, 200),
    "chars": ((0, 0), (0, 0), (2, 5), (3, 6)),
    "buckets": (10_000, 50_000, 200_000, 2_000_000),
    "loss": ("softmax", "ova"),
}
# fastText's own defaults, and the last of its tutorial; tried first.
FASTTEXT_KNOWN: list[Settings] = [
    {"epochs": 5, "lr": 0.1, "words": 1, "dim": 100, "chars": (0, 0), "buckets": 2_000_000,
     "loss": "softmax"},
    {"epochs": 25, "lr": 1.0, "words": 2, "dim": 50, "chars": (0, 0), "buckets": 200_000,
     "loss": "softmax"},
]  # fmt: skip


def drawn(
    space: Mapping[str, Range], count: int, *, known: Sequence[Settings] = (), seed: int = 0
) -> list[Settings]:
    """`count` different settings, the known ones first; the first of a longer list are the same."""
    chance = random.Random(seed)
    found: list[Settings] = [dict(one) for one in known][:count]
    while len(found) < count:
        one = {name: _draw(values, chance) for name, values in space.items()}
        if one not in found:
            found.append(one)
    return found


def _draw(values: Range, chance: random.Random) -> Any:
    return values.draw(chance) if isinstance(values, Even) else chance.choice(values)
