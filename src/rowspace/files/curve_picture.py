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
    """The curve as `DimensionCurve.as_json` gives it.

    Raises InputError for fewer than two points.
    """
    points = [one for one in curve["points"] if one["valid"]["value"] is not None]
    if len(points) < 2:
        raise InputError(
            f"{len(points)} dimensions make no curve", hint="compare two or more: --dims 16,64"
        )
    dims = [int(one["dim"]) for one in points]
    held, trained = ([float(one[name]["value"]) for one in points] for name in ("valid", "train"))
    low = [_or(one["valid"]["low"], value) for one, value in zip(points, held, strict=True)]
    high = [_or(one["valid"]["high"], value) for one, value in zip(points, held, strict=True)]
    lines = _lines(dims, (low, high, trained, held))
    band = _points(lines[0] + lines[1][::-1])
    marks = [f'<polygon points="{band}" fill="{HELD}" fill-opacity="0.15"/>']
    for colour, line, name in ((TRAINED, lines[2], "trained on"), (HELD, lines[3], "held out")):
        x, y = line[-1]
        marks.append(
            f'<polyline points="{_points(line)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        marks.append(f'<text x="{x + 6:.1f}" y="{y + 4:.1f}" fill="{colour}">{name}</text>')
    for dim, value, at in zip(dims, held, lines[3], strict=True):
        marks += _dot(dim, value, at, CHOSEN if dim == curve["recommended"] else HELD)
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


def _lines(dims: Sequence[int], curves: Sequence[Sequence[float]]) -> list[list[Point]]:
    """Values in pixels, by the logarithm of the dimension."""
    bottom, top = min(map(min, curves)), max(map(max, curves))
    first, last = math.log2(dims[0]), math.log2(dims[-1])
    across = [(math.log2(dim) - first) / max(1e-9, last - first) for dim in dims]
    wide, high = SIZE[0] - 2 * EDGE, SIZE[1] - HEAD - FOOT
    return [
        [
            (EDGE + x * wide, SIZE[1] - FOOT - (y - bottom) / max(1e-12, top - bottom) * high)
            for x, y in zip(across, values, strict=True)
        ]
        for values in curves
    ]


def _dot(dim: int, value: float, at: Point, colour: str) -> list[str]:
    x, y = at
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>',
        f'<text x="{x:.1f}" y="{SIZE[1] - FOOT + 20}" text-anchor="middle">{dim}</text>',
        f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle" font-size="11">{value:.4f}</text>',
    ]


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
