"""What a record keeps of answers judged label by label: a line a label, and what is taken for what.

Enough to draw a table and a square of confusions from, and never much: of many labels the most
frequent ones and the most frequent mistakes.
"""

from __future__ import annotations

import math
from typing import Any

from rowspace.evaluate.judged import Judged

LABELS = 100
"""Lines that are kept, those of the labels that most cases have."""
SQUARE = 30
"""Labels up to which every confusion is kept."""
MISTAKES = 50


def told(found: Judged) -> dict[str, Any]:
    """`labels`: `Judged.table` of the most frequent ones. `confusion`, where a case has one label:
    `names` and `cases` [L, L] (a row a true label, a column an answer), or of many labels
    `mistakes`: true label, answer ("" for none), cases. NaN becomes None."""
    rows = sorted(found.table(), key=lambda row: -row["cases"])[:LABELS]
    kept: dict[str, Any] = {"labels": [_finite(row) for row in rows]}
    if not len(found.pairs):
        return kept
    if len(found.names) <= SQUARE:
        kept["confusion"] = {"names": list(found.names), "cases": found.confusion.tolist()}
    else:
        kept["confusion"] = {"mistakes": [list(one) for one in found.confused(MISTAKES)]}
    return kept


def _finite(value: Any) -> Any:
    """The same with None for every NaN, rounded to six places."""
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
