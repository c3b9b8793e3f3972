"""From numbers to pixels: linear and logarithmic axes, and where their ticks stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

NICE = (1.0, 2.0, 2.5, 5.0, 10.0)


@final
@dataclass(frozen=True, slots=True)
class Scale:
    """`low` lies at pixel `start`, `high` at `end`; `log` by the logarithm."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    @classmethod
    def of(
        cls, values: Sequence[float], start: float, end: float, *, log: bool = False, zero: bool
    ) -> Scale:
        """One that holds all values with a little room; `zero`: from zero on."""
        low, high = min(values), max(values)
        if log:
            low = max(low, 1e-12)
            return cls(low, max(high, low * 1.0001), start, end, log=True)
        if zero:
            low = min(low, 0.0)
        if low == high == 0:
            return cls(0.0, 1.0, start, end)
        room = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
        return cls(low if zero and not low else low - room, high + room, start, end)

    def at(self, value: float) -> float:
        """The pixel of a value."""
        low, high, one = self.low, self.high, value
        if self.log:
            low, high, one = math.log(low), math.log(high), math.log(max(value, 1e-12))
        return self.start + (one - low) / (high - low) * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[float]:
        """Round values within the scale, at most about `most` of them."""
        if self.log:
            return self._decades(most)
        rough = (self.high - self.low) / max(1, most)
        size = 10.0 ** math.floor(math.log10(rough))
        step = next(size * nice for nice in NICE if size * nice >= rough * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        count = math.floor(self.high / step + 1e-9) - first + 1
        return [round((first + at) * step, 12) for at in range(count)]

    def _decades(self, most: int) -> list[float]:
        low = math.ceil(math.log10(self.low) - 1e-9)
        high = math.floor(math.log10(self.high) + 1e-9)
        step = max(1, -(-(high - low + 1) // most))
        found = [10.0**at for at in range(low, high + 1, step)]
        return found if len(found) > 1 else [self.low, self.high]


def short(value: float) -> str:
    """A number on an axis: 0.05, 250, 30k, 2M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size * (10 if unit == "k" else 1):
            return f"{value / size:.4g}{unit}"
    return f"{value:.4g}"
