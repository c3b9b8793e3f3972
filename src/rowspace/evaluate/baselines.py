"""`Baseline`: what the same task comes to without learned vectors. Printed beside every result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, final

from rowspace.evaluate.score import Score


@final
@dataclass(frozen=True, slots=True)
class Baseline:
    """`scores` of the same test part by the same metrics.

    bytes     of all numbers it answers with, as float32: the weights of a one-hot representation,
              or fixed vectors and the weights over them
    seconds   of fitting, choosing its settings included
    about     what else is worth telling, as data: features, the C chosen, cases learned from, and
              `case_bytes`: what one case takes, dense and as it is stored
    """

    name: str
    scores: Sequence[Score]
    bytes: int
    seconds: float
    about: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {
            "name": self.name,
            "scores": [score.as_json() for score in self.scores],
            "bytes": self.bytes,
            "seconds": round(self.seconds, 3),
            **({"about": dict(self.about)} if self.about else {}),
        }
