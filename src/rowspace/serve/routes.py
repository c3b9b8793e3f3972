"""The table of what may be asked of a model: one line each, read by the server and by OpenAPI."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

from msgspec import Struct

from rowspace.serve import answers, drawing, export, shapes


@final
@dataclass(frozen=True, slots=True)
class Ask:
    """`work(served, request, check)` answers `GET` (the request in the address) or `POST`.

    reply: the shape of the answer; None: a file. quick: so little work when the request is small
    that a thread would cost more.
    """

    path: str
    method: str
    asked: type[shapes.Asked]
    reply: type[Struct] | None
    work: Callable[..., Any]
    quick: bool = False

    @property
    def name(self) -> str:
        """What it is called in the OpenAPI document."""
        return self.work.__name__

    @property
    def summary(self) -> str:
        """What it does, in a line."""
        return (self.work.__doc__ or "").splitlines()[0]


ASKS = (
    Ask("items", "GET", shapes.ItemsAsked, shapes.Suggestions, answers.suggestions),
    Ask("vectors", "POST", shapes.VectorsAsked, shapes.Looked, answers.looked, quick=True),
    Ask("nearest", "POST", shapes.NearestAsked, shapes.Nearest, answers.nearest),
    Ask("analogy", "POST", shapes.AnalogyAsked, shapes.Neighbours, answers.analogy),
    Ask("odd", "POST", shapes.OddAsked, shapes.Odd, answers.odd, quick=True),
    Ask(
        "similarity",
        "POST",
        shapes.SimilarityAsked,
        shapes.Similarities,
        answers.similarity,
        quick=True,
    ),
    Ask("predict", "POST", shapes.PredictAsked, shapes.Predicted, answers.predict),
    Ask("map", "GET", shapes.MapAsked, shapes.Shown, drawing.drawn),
    Ask("export", "POST", shapes.ExportAsked, None, export.exported),
)
"""Behind /api/models/{id}/."""
