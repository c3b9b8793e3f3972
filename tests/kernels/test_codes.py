"""Codes: the compiled twin is the definition."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.kernels import codes_reference, cpu_codes


@pytest.mark.parametrize("d", [1, 2, 3, 7])
def test_nearest_is_the_same(d):
    draw = np.random.default_rng(d)
    points = draw.integers(-4, 4, (700, d)).astype(np.float32)  # with many ties
    centroids = draw.integers(-4, 4, (256, d)).astype(np.float32)
    plain, fast = np.zeros(700, np.uint8), np.zeros(700, np.uint8)
    codes_reference.nearest(points, centroids, plain)
    cpu_codes.nearest(points, centroids, fast)
    assert np.array_equal(plain, fast)
    gaps = ((points[:, None] - centroids) ** 2).sum(axis=2)
    assert np.array_equal(gaps.argmin(axis=1), plain)


def test_sums_are_the_same():
    draw = np.random.default_rng(1)
    points, codes = draw.normal(size=(500, 3)).astype(np.float32), draw.integers(0, 9, 500)
    found = []
    for twin in (codes_reference, cpu_codes):
        sums, counts = np.full((256, 3), 7.0), np.full(256, 7)
        twin.sums_of(points, codes.astype(np.uint8), sums, counts)
        found.append((sums, counts))
    assert np.allclose(found[0][0], found[1][0]) and np.array_equal(found[0][1], found[1][1])
    assert found[0][1].sum() == 500


@pytest.mark.parametrize("stretches", [1, 3, 4, 9])
def test_scans_are_the_same(stretches):
    draw = np.random.default_rng(stretches)
    codes = draw.integers(0, 256, (300, stretches)).astype(np.uint8)
    table = draw.normal(size=(stretches, 256)).astype(np.float32)
    factors = draw.normal(size=300).astype(np.float32)
    factors[7] = 0
    found = []
    for twin in (codes_reference, cpu_codes):
        scores = np.full(300, 9, np.float32)
        twin.scan(codes, table, factors, 20, 290, scores)
        found.append(scores)
    assert np.allclose(found[0], found[1], atol=1e-5)
    assert (found[1][:20] == 9).all() and (found[1][290:] == 9).all()
    slow = sum(table[m, codes[50, m]] for m in range(stretches)) * factors[50]
    assert np.allclose(found[1][50], slow, atol=1e-5)
