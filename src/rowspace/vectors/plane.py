"""Vectors in the plane: their two principal components, and places for names beside the points.

Axes: `n` points, `D` dimensions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.errors import InputError

CHARACTER = 0.6
"""Width of a letter, as a share of the size of the type."""
WAYS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""Where a name may stand: right of its point, left, above, below, at the corners."""
REACHES = (0.0, 14.0, 28.0, 46.0)
"""How far from its point, in pixels; from the second on a line leads to it."""


def principal(matrix: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """The points of rows float32 [n, D] along their two directions of greatest variance, float64
    [n, 2], and the share of the variance each of these has.

    Of each direction and its opposite, the one whose largest number is positive. Raises InputError
    for fewer than two rows, or numbers that are not finite.
    """
    if len(matrix) < 2:
        raise InputError(f"a picture needs at least two vectors, not {len(matrix)}")
    wide = matrix.astype(np.float64)
    if not np.isfinite(wide).all():
        raise InputError("vectors that are not finite have no place in a picture")
    wide -= wide.mean(axis=0)
    _, sizes, directions = np.linalg.svd(wide, full_matrices=False)
    whole = float((sizes**2).sum()) or 1.0
    points, shares = np.zeros((len(wide), 2)), [0.0, 0.0]
    for at, direction in enumerate(directions[:2]):
        sign = 1.0 if direction[np.abs(direction).argmax()] > 0 else -1.0
        points[:, at] = wide @ direction * sign
        shares[at] = float(sizes[at] ** 2) / whole
    return points, (shares[0], shares[1])


@final
@dataclass(frozen=True, slots=True)
class Name:
    """A name in a picture: its left end and base line, where its line begins (None: no line)."""

    text: str
    x: float
    y: float
    line: tuple[float, float] | None


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in pixels."""
    letters = sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
    return CHARACTER * size * letters


def named(
    points: np.ndarray,
    radii: np.ndarray,
    names: Sequence[str],
    *,
    size: float,
    frame: tuple[float, float, float, float],
) -> list[Name | None]:
    """A place for each name beside its point (pixels, [n, 2]), the first ones before the others.

    A name stands where it covers no point and no other name, near its point if it can; one that
    finds no such place within `frame` (left, top, right, bottom) has none.
    """
    dots = np.concatenate([points - radii[:, None], points + radii[:, None]], axis=1)
    taken = [tuple(one) for one in dots]
    found: list[Name | None] = []
    for at, text in enumerate(names):
        place = _place(text, points[at], float(radii[at]), size, np.array(taken), frame)
        if place is None:
            found.append(None)
            continue
        box, reach = place
        taken.append(box)
        x, y = points[at]
        edge = (float(np.clip(x, box[0], box[2])), float(np.clip(y, box[1], box[3])))
        line = edge if reach else None
        found.append(Name(text, box[0], box[3] - 0.22 * (box[3] - box[1]), line))
    return found


def _place(
    text: str,
    point: np.ndarray,
    radius: float,
    size: float,
    taken: np.ndarray,
    frame: tuple[float, float, float, float],
) -> tuple[tuple[float, float, float, float], float] | None:  # fmt: skip
    """The first box for the text that is free, and how far it is from its point."""
    wide, high = width_of(text, size), size * 1.15
    for reach in REACHES:
        for right, down in WAYS:
            off = radius + 3 + reach * (0.75 if right and down else 1.0)
            x = point[0] + right * (off + wide / 2)
            y = point[1] + down * (off + high / 2)
            if right and down:  # at a corner, as near as the sides are
                x, y = x - right * (radius + 1), y - down * (radius + 1)
            box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            inside = box[0] >= frame[0] and box[1] >= frame[1]
            if inside and box[2] <= frame[2] and box[3] <= frame[3] and not _meets(box, taken):
                return box, reach
    return None


def _meets(box: tuple[float, float, float, float], taken: np.ndarray) -> bool:
    apart = (
        (taken[:, 2] <= box[0]) | (taken[:, 0] >= box[2])
        | (taken[:, 3] <= box[1]) | (taken[:, 1] >= box[3])
    )  # fmt: skip
    return not bool(apart.all())
