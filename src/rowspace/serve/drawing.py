"""Maps as they are sent: points, names, colours."""

from __future__ import annotations

import math

import numpy as np

from rowspace.serve import shapes
from rowspace.serve.refusal import Refusal
from rowspace.serve.served import Served
from rowspace.serve.workers import Check

DIGITS = 5
"""Of the coordinates, of the widest: finer than a pixel however large the screen."""


def drawn(served: Served, asked: shapes.MapAsked, check: Check) -> shapes.Shown:
    """A map of a sample of the items. Raises Refusal 404 for one that is not there."""
    found = served.map(asked.method, asked.points)
    if found is None:
        hint = f"rowspace map MODEL --method {asked.method} stores one"
        raise Refusal(404, f"this model holds no map by {asked.method}", field="method", hint=hint)
    check()
    names = served.names.many(found.ids)
    check()
    x, y = (_rounded(found.points[:, axis], found.points) for axis in (0, 1))
    counted = served.names.has_counts
    return shapes.Shown(
        method=found.method,
        of=found.of,
        shown=len(found),
        shares=None if found.shares is None else list(found.shares),
        ids=found.ids.tolist(),
        items=names,
        x=x,
        y=y,
        counts=served.vectors.counts[found.ids].tolist() if counted else None,
        colour=None if asked.colour is None else _colour(served, asked.colour, found.ids, names),
    )


def _rounded(values: np.ndarray, points: np.ndarray) -> list[float]:
    widest = float(np.abs(points).max(initial=0)) or 1.0
    places = DIGITS - 1 - math.floor(math.log10(widest))
    return values.astype(np.float64).round(places).tolist()


def _colour(served: Served, name: str, ids: np.ndarray, names: list[str]) -> shapes.Colour:
    if name in served.columns:  # a column of the file goes before our own of that name
        column = served.columns[name]
        lines = served.places(names)
        values = [column.values[line] if line >= 0 else None for line in lines]
        return shapes.Colour(name, "number" if column.number else "category", values)
    if name == "norm":
        return shapes.Colour(name, "number", served.norms[ids].tolist())
    if name == "count" and served.names.has_counts:
        return shapes.Colour(name, "number", served.vectors.counts[ids].astype(float).tolist())
    raise Refusal(
        404, "there is no such column", field="colour", hint="GET api/models lists the columns"
    )
