"""A map that stands still: an SVG with names where there is room for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rowspace.random import Stream, bits
from rowspace.reports.chosen import tells
from rowspace.reports.markup import Markup, item, tag
from rowspace.vectors.plane import named

SIZE = (640, 480)
EDGE = 26
TYPE = 11.0
POINTS, NAMES = 500, 60


def still_map(
    found: Mapping[str, Any], first: Sequence[str], *, told: str, size: tuple[int, int] = SIZE
) -> Markup:
    """The map of a report's content; the items of `first` have their names before others."""
    kept = _kept(found, first)
    items = [found["items"][at] for at in kept]
    points = np.array([[found["x"][at], found["y"][at]] for at in kept])
    places = _in_frame(points, size)
    counts = found["counts"] and [found["counts"][at] for at in kept]
    parts: list[Any] = [
        tag("circle", cx=round(x, 1), cy=round(y, 1), r=2.4, class_="point")
        for x, y in places.tolist()
    ]
    names = _names(items, counts, first)
    shown = [item(items[at], longest=24) for at in names]
    frame = (4.0, 4.0, size[0] - 4.0, size[1] - 4.0)
    order = np.array(names + [at for at in range(len(items)) if at not in set(names)], np.int64)
    radii = np.full(len(order), 2.0)
    for at, place in zip(names, named(places[order], radii, shown, size=TYPE, frame=frame),
                         strict=True):  # fmt: skip
        if place is None:
            continue
        x, y = places[at].tolist()
        if place.line is not None:
            line = f"M{x:.1f} {y:.1f}L{place.line[0]:.1f} {place.line[1]:.1f}"
            parts.append(tag("path", d=line, class_="leader"))
        own = " own" if items[at] in first else ""
        parts.append(tag("circle", cx=round(x, 1), cy=round(y, 1), r=3, class_=f"point named{own}"))
        parts.append(tag("text", place.text, x=round(place.x, 1), y=round(place.y, 1),
                         class_=f"place{own}"))  # fmt: skip
    box = f"0 0 {size[0]} {size[1]}"
    return tag("svg", *parts, viewBox=box, role="img", aria_label=told, class_="map still")


def drawn_points(found: Mapping[str, Any], first: Sequence[str]) -> int:
    """How many points of the map the drawing has room for."""
    return len(_kept(found, first))


def _kept(found: Mapping[str, Any], first: Sequence[str]) -> list[int]:
    """Which points are drawn: all of few, else those of `first` and a part of the others."""
    size = len(found["items"])
    if size <= POINTS:
        return list(range(size))
    wanted = set(first)
    own = [at for at, one in enumerate(found["items"]) if one in wanted]
    drawn = np.argsort(bits(0, Stream.MAPS, np.arange(size)), kind="stable")[:POINTS]
    return sorted({*own, *drawn.tolist()})


def _names(items: Sequence[str], counts: Any, first: Sequence[str]) -> list[int]:
    """Which points are named, those first that were chosen, then the most frequent ones."""
    wanted, order = set(first), list(range(len(items)))
    if counts:
        order.sort(key=lambda at: -counts[at])
    few = len(items) <= NAMES
    own = [at for at in order if items[at] in wanted]
    rest = [at for at in order if items[at] not in wanted and (few or tells(items[at]))]
    return [*own, *rest][:NAMES]


def _in_frame(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """In pixels, one unit as long across as down."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([size[0] - 2 * EDGE - 60, size[1] - 2 * EDGE], np.float64)
    scale = float((room / np.maximum(high - low, 1e-9)).min())
    middle = np.array(size) / 2
    return np.asarray(middle + (points - (low + high) / 2) * scale * np.array([1, -1]))
