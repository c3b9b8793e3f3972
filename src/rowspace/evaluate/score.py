"""`Score`: a metric, how much it stands on, and how far it may be off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, final


@final
@dataclass(frozen=True, slots=True)
class Score:
    """`value` over `n` cases, with a 95 % bootstrap interval [`low`, `high`].

    `coverage` is the share of all cases the model could answer. Where nothing could be measured
    value, low and high are NaN. `extra` holds what else is worth telling, as data.
    """

    name: str
    value: float
    n: int
    coverage: float
    low: float
    high: float
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One JSON object; NaN becomes null."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        finite = {k: v if math.isfinite(v) else None for k, v in numbers.items()}
        return {
            "type": "score",
            "name": self.name,
            "value": finite["value"],
            "n": self.n,
            "coverage": self.coverage,
            "low": finite["low"],
            "high": finite["high"],
            **self.extra,
        }
