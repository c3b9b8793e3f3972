"""Vectors in the plane, and names that do not cover one another."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.vectors.plane import named, principal, width_of

FRAME = (0.0, 0.0, 600.0, 400.0)


def test_the_two_directions_of_greatest_variance():
    random = np.random.default_rng(0)
    flat = random.normal(size=(200, 2)) * [5, 2]
    turn = np.linalg.qr(random.normal(size=(6, 6)))[0][:2]
    points, shares = principal((flat @ turn + 3).astype(np.float32))
    apart = np.linalg.norm(flat[:, None] - flat[None], axis=2)
    found = np.linalg.norm(points[:, None] - points[None], axis=2)
    assert found == pytest.approx(apart, abs=1e-3)
    assert sum(shares) == pytest.approx(1) and shares[0] > shares[1]
    assert points == pytest.approx(principal((flat @ turn + 3).astype(np.float32))[0])


def test_few_dimensions_and_no_spread():
    points, shares = principal(np.array([[1.0], [3.0]], np.float32))
    assert points[:, 0].tolist() == [-1, 1] and not points[:, 1].any() and shares == (1, 0)
    assert principal(np.ones((3, 4), np.float32))[1] == (0, 0)
    with pytest.raises(InputError, match="two vectors"):
        principal(np.ones((1, 4), np.float32))
    with pytest.raises(InputError, match="not finite"):
        principal(np.array([[1, np.nan], [0, 1]], np.float32))


def boxes(found, size):
    return [
        (one.x, one.y - size * 0.9, one.x + width_of(one.text, size), one.y + size * 0.25)
        for one in found
        if one is not None
    ]


def test_names_cover_neither_one_another_nor_points():
    random = np.random.default_rng(1)
    points = random.uniform([60, 40], [540, 360], (60, 2))
    radii = random.uniform(3, 8, 60)
    size = 12.0
    found = named(points, radii, [f"name {n}" for n in range(60)], size=size, frame=FRAME)
    there = boxes(found, size)
    assert len(there) > 45
    for at, (left, top, right, bottom) in enumerate(there):
        assert left >= 0 and top >= -1 and right <= 600.01 and bottom <= 401
        for other in there[:at]:
            across = min(right, other[2]) - max(left, other[0])
            down = min(bottom, other[3]) - max(top, other[1])
            assert across <= 1e-6 or down <= 1e-6
        inside = (points > [left, top + 2]) & (points < [right, bottom - 2])
        assert not inside.all(axis=1).any()


def test_a_name_for_which_there_is_no_room_has_none():
    points = np.full((40, 2), [300.0, 200.0])
    found = named(points, np.full(40, 4.0), ["a long name of a point"] * 40, size=12, frame=FRAME)
    assert found[0] is not None and found[-1] is None
    assert any(one is not None and one.line is not None for one in found)


def test_wide_letters_are_wide():
    assert width_of("東京", 10) == 2 * width_of("ab", 10)
