"""A curve of quality against dimensions as SVG: held out with its interval, and trained on."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rowspace.errors import InputError
from rowspace.files import atomic

SIZE = (720, 420)
EDGE, HEAD, FOOT = 70, 56, 70
HELD, TRAINED, CHOSEN = "#2f6f9f", "#9a9a9a", "#c44d56"
Point = tuple[float, float]


def picture(curve: Mapping[str, Any]) -> str:
    """The curve as `DimensionCurve.as_json` gives it. Raises InputError for fewer than
    two points."""
    points = [one for one in curve["points"] if one["valid"]["value"] is not None]
    if len(points) < 2:
        raise InputError(
            f"{len(points)} dimensions make no curve", hint="compare two or more: --dims 16,64"
        )
    dims = [int(one["dim"]) for one in points]
    held, trained = ([float(one[name]["value"]) for one in points] for name in ("valid", "train"))
    low = [_or(one["valid"]["low"], value) for one, value in zip(points, held, strict=True)]
    high = [_or(one["valid"]["high"], value) for one, value in zip(points, held, strict=True)]
    bottom, top = min(*low, *held, *trained), max(*high, *held, *trained)
    first, last = math.log2(dims[0]), math.log2(dims[-1])

    def place(dim: int, value: float) -> Point:
        across = (math.log2(dim) - first) / max(1e-9, last - first)
        down = (value - bottom) / max(1e-12, top - bottom)
        return (
            EDGE + across * (SIZE[0] - 2 * EDGE),
            SIZE[1] - FOOT - down * (SIZE[1] - HEAD - FOOT),
        )

    def line(values: Sequence[float]) -> list[Point]:
        return [place(dim, value) for dim, value in zip(dims, values, strict=True)]

    band = line(low) + line(high)[::-1]
    marks = [f'<polygon points="{_points(band)}" fill="{HELD}" fill-opacity="0.15"/>']
    for colour, values, name in ((TRAINED, trained, "trained on"), (HELD, held, "held out")):
        marks.append(
            f'<polyline points="{_points(line(values))}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
        )
        x, y = line(values)[-1]
        marks.append(f'<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
    for dim, value, at in zip(dims, held, line(held), strict=True):
        colour = CHOSEN if dim == curve["recommended"] else HELD
        marks.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4.5" fill="{colour}"/>')
        marks.append(
            f'<text x="{at[0]:.1f}" y="{SIZE[1] - FOOT + 20}" text-anchor="middle">{dim}</text>'
        )
        marks.append(
            f'<text x="{at[0]:.1f}" y="{at[1] - 9:.1f}" text-anchor="middle" '
            f'font-size="11">{value:.4f}</text>'
        )
    told = f"recommended: {curve['recommended']}. {curve['reason']}"
    return _page(f"{curve['measure']} against dimensions", told, marks)


def draw(curve: Mapping[str, Any], path: str | Path) -> Path:
    """Write the `picture` to `path`, replacing it whole. Raises InputError, ResourceError."""
    target = Path(path)
    if target.is_dir():
        raise InputError(f"{target} is a folder; a picture is a file", hint=f"{target}/curve.svg")
    text = picture(curve).encode("utf-8")
    with atomic.reporting(target, needed=len(text)), atomic.drafts([target]) as begun:
        begun[0].write(text)
    return target


def _or(value: float | None, other: float) -> float:
    return other if value is None else float(value)


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _page(title: str, told: str, marks: Sequence[str]) -> str:
    width, height = SIZE
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="Helvetica, Arial, sans-serif" '
        'font-size="12" fill="#222">',
        f"<title>{html.escape(title)}</title>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{EDGE}" y="28" font-size="16" font-weight="bold">{html.escape(title)}</text>',
        f'<line x1="{EDGE}" x2="{width - EDGE}" y1="{height - FOOT}" y2="{height - FOOT}" '
        'stroke="#bbb"/>',
        *marks,
        f'<text x="{EDGE}" y="{height - 16}" font-size="11" fill="#777">{html.escape(told)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
