"""⑤ What to learn: how words of a corpus pull rows together and apart."""

from __future__ import annotations

from typing import TypeAlias

from rowspace.objectives.cbow import CBOW
from rowspace.objectives.glove import GloVe
from rowspace.objectives.like import LIKE, like
from rowspace.objectives.objective import Objective, Prediction, Step, Tables
from rowspace.objectives.skipgram import SkipGram

Trained: TypeAlias = type[SkipGram] | type[CBOW] | type[GloVe]
OBJECTIVES: dict[str, Trained] = {"skipgram": SkipGram, "cbow": CBOW, "glove": GloVe}

__all__ = [
    "CBOW",
    "LIKE",
    "OBJECTIVES",
    "GloVe",
    "Objective",
    "Prediction",
    "SkipGram",
    "Step",
    "Tables",
    "Trained",
    "like",
]
