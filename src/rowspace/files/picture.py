"""A picture of vectors in the plane, as SVG: a point for each item, larger for frequent ones."""

from __future__ import annotations

import html
import math
from pathlib import Path

import numpy as np

from rowspace.errors import InputError
from rowspace.files import atomic
from rowspace.vectors.plane import Name, named, principal
from rowspace.vectors.vectors import Vectors

SIZE = (920, 680)
EDGE, HEAD, FOOT = 34, 58, 40
TYPE = 13.0
SMALLEST, LARGEST = 3.5, 9.0
LONGEST = 40
"""Characters of a name that are shown."""
COLOUR, APART = "#2f6f9f", "#9a9a9a"
RAMP = ((253, 187, 99), (196, 77, 86), (74, 37, 108))
"""From small numbers to large, where every item is one."""


def picture(
    vectors: Vectors, title: str, *, first: int | None = None, size: tuple[int, int] = SIZE
) -> str:
    """The vectors of the `first` items (None: all) along their two principal components, as SVG.

    One unit is as long across as down, so distances can be compared. Items written `<…>`, the
    levels every column has, are hollow. Raises InputError for fewer than two items.
    """
    names = list(vectors.vocabulary)[:first]
    points, shares = principal(np.asarray(vectors.matrix[: len(names)]))
    counts = np.asarray(vectors.counts[: len(names)])
    places = _in_frame(points, size)
    radii = _radii(counts)
    shown = [_shown(one) for one in names]
    frame = (EDGE / 3, HEAD - 14.0, size[0] - EDGE / 3, size[1] - FOOT + 6.0)
    order = np.argsort(-counts, kind="stable")
    found = named(
        places[order], radii[order], [shown[at] for at in order.tolist()], size=TYPE, frame=frame
    )
    dots = _dots(names, counts, places, radii)
    lines, labels = _written(found, places[order])
    told = (
        f"{len(names):,} items along two principal components, {shares[0]:.0%} and "
        f"{shares[1]:.0%} of the variance"
    )
    hidden = len(found) - len(labels)
    if hidden:
        told += f"; {hidden:,} names find no room"
    return _page(title, told, size, lines, dots, labels)


def _dots(names: list[str], counts: np.ndarray, places: np.ndarray, radii: np.ndarray) -> list[str]:
    colours, dots = _colours(names), []
    for at, (x, y) in enumerate(places.tolist()):
        seen = f": {int(counts[at]):,}" if counts[at] else ""
        tip = html.escape(_shown(names[at]) + seen)
        fill = 'fill="white" fill-opacity="0.6"' if _apart(names[at]) else f'fill="{colours[at]}"'
        dots.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radii[at]:.1f}" {fill} '
            f'stroke="{colours[at]}"><title>{tip}</title></circle>'
        )
    return dots


def _written(found: list[Name | None], places: np.ndarray) -> tuple[list[str], list[str]]:
    """Lines from points to names that stand apart, and the names."""
    lines, labels = [], []
    for one, (x, y) in zip(found, places.tolist(), strict=True):
        if one is not None and one.line is not None:
            lines.append(f'<path d="M{x:.1f} {y:.1f}L{one.line[0]:.1f} {one.line[1]:.1f}"/>')
        if one is not None:
            labels.append(f'<text x="{one.x:.1f}" y="{one.y:.1f}">{html.escape(one.text)}</text>')
    return lines, labels


def draw(vectors: Vectors, path: str | Path, title: str, *, first: int | None = None) -> Path:
    """Write the `picture` to `path`, replacing it whole. Raises InputError, ResourceError."""
    target = Path(path)
    if target.is_dir():
        raise InputError(f"{target} is a folder; a picture is a file", hint=f"{target}/picture.svg")
    text = picture(vectors, title, first=first).encode("utf-8")
    with atomic.reporting(target, needed=len(text)), atomic.drafts([target]) as begun:
        begun[0].write(text)
    return target


def _page(title: str, told: str, size: tuple[int, int], *marks: list[str]) -> str:
    (width, height), (lines, dots, labels) = size, marks
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="Helvetica, Arial, sans-serif">',
        f"<title>{html.escape(_shown(title))}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{EDGE}" y="30" font-size="18" font-weight="bold" fill="#222">'
        f"{html.escape(_shown(title))}</text>",
        f'<text x="{EDGE}" y="{height - 14}" font-size="11" fill="#777">{html.escape(told)}</text>',
        '<g stroke="#bbb" stroke-width="0.8" fill="none">', *lines, "</g>",
        '<g fill-opacity="0.8" stroke-width="1.2">', *dots, "</g>",
        f'<g font-size="{TYPE:g}" fill="#222">', *labels, "</g>",
        "</svg>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _in_frame(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Points in pixels, one unit as long across as down, in the middle of the picture."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = np.array([size[0] - 2 * EDGE - 120, size[1] - HEAD - FOOT - 40], np.float64)
    spread = np.maximum(high - low, 1e-12)
    scale = float((room / spread).min()) if (high > low).any() else 0.0
    middle = np.array([size[0] / 2, HEAD + (size[1] - HEAD - FOOT) / 2])
    moved = (points - (low + high) / 2) * scale
    return np.asarray(middle + moved * np.array([1, -1]))


def _radii(counts: np.ndarray) -> np.ndarray:
    """From SMALLEST to LARGEST by the logarithm of how often an item was seen."""
    logs = np.log1p(np.maximum(counts, 0).astype(np.float64))
    most = float(logs.max()) or 1.0
    return np.asarray(SMALLEST + (LARGEST - SMALLEST) * (logs / most) ** 2)


def _colours(names: list[str]) -> list[str]:
    """One colour; or a ramp by rank where all items but the ones apart are numbers."""
    values = [_value(one) for one in names]
    known = [one for one in values if one is not None]
    if len(known) < 3 or any(
        v is None and not _apart(n) for v, n in zip(values, names, strict=True)
    ):
        return [APART if _apart(one) else COLOUR for one in names]
    rank = {value: at / (len(known) - 1) for at, value in enumerate(sorted(known))}
    return [APART if value is None else _ramp(rank[value]) for value in values]


def _ramp(place: float) -> str:
    low = min(int(place * 2), 1)
    share = place * 2 - low
    mixed = (a + (b - a) * share for a, b in zip(RAMP[low], RAMP[low + 1], strict=True))
    return "#" + "".join(f"{round(one):02x}" for one in mixed)


def _value(name: str) -> float | None:
    try:
        found = float(name)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _apart(name: str) -> bool:
    return name.startswith("<") and name.endswith(">")


def _shown(name: str) -> str:
    """A name on one line: what a page cannot hold as a question mark, the end of a long one cut."""
    text = "".join(one if one.isprintable() else "?" for one in name)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
