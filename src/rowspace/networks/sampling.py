"""How the next unit is drawn from what a network thinks of each.

p_i = e^(z_i / T) / Σ e^(z_j / T), of the units that are left: the `top_k` likeliest, and of these
the fewest that have `top_p` of the probability together (Holtzman et al. 2020, the nucleus). The
number that draws unit `n` of a text is a function of the seed and n (`rowspace.random`), so the
same seed gives the same text. Axes: `V` units there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import final

import numpy as np

from rowspace.errors import SettingError
from rowspace.objectives.objective import whole_within
from rowspace.random import Stream, bits


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """length: units at most. temperature: above 1 bolder, below more careful; 0: always the
    likeliest. top_k: 0 is all. top_p: 1 is all. seed. Raises SettingError."""

    length: int = 200
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        whole_within("length", self.length, 1, 1 << 31)
        whole_within("top_k", self.top_k, 0, 1 << 31)
        whole_within("seed", self.seed, 0, 2**63 - 1)
        for name, least, most in (("temperature", 0.0, 1e6), ("top_p", 0.0, 1.0)):
            value = getattr(self, name)
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            right = number and isfinite(value) and least <= value <= most
            right = right and not (name == "top_p" and value == 0)
            wanted = "above 0 and at most 1" if name == "top_p" else "a number from 0"
            SettingError.unless(right, name, value, wanted)

    def draw(self, logits: np.ndarray, position: int) -> int:
        """The unit at a position of the text, by logits [V]; -inf is never drawn."""
        logits = logits.astype(np.float64)
        if self.temperature == 0 or self.top_k == 1:
            return int(logits.argmax())
        # Ties go to the lower row, so that the order is that of the logits alone.
        order = np.argsort(-logits, kind="stable")
        if self.top_k:
            order = order[: self.top_k]
        with np.errstate(over="ignore"):
            chances = np.exp((logits[order] - logits[order[0]]) / self.temperature)
        sums = np.cumsum(chances)
        kept = (
            int(np.searchsorted(sums, self.top_p * sums[-1])) + 1 if self.top_p < 1 else len(sums)
        )
        sums = sums[: min(kept, len(sums))]
        drawn = float(bits(self.seed, Stream.SAMPLING, position) >> np.uint64(11)) * 2.0**-53
        place = int(np.searchsorted(sums, drawn * sums[-1], side="right"))
        return int(order[min(place, len(sums) - 1)])
