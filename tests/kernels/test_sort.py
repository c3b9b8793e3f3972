"""Contributions in the order of their rows, the same however many parts they are cut into."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.kernels import cpu_sort


def packed(ids, offsets=None, shift=20, pieces=1):
    n = len(ids) if offsets is None else len(offsets) - 1
    words = np.full(len(ids), -1, np.int64)
    for part in range(pieces):
        first, last = n * part // pieces, n * (part + 1) // pieces
        cpu_sort.pack(ids, offsets, first, last, shift, words)
    return words


def test_words_hold_the_row_and_its_contribution():
    ids = np.array([5, 0, 2**31 - 1])
    assert (packed(ids) == (ids << 20 | np.arange(3))).all()
    offsets = np.array([0, 0, 2, 3])
    for pieces in (1, 2, 3):
        assert (packed(ids, offsets, pieces=pieces) == (ids << 20 | [1, 1, 2])).all()


@pytest.mark.parametrize("parts", [1, 2, 5])
@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_a_pass_is_stable(parts, n):
    draw = np.random.default_rng(n)
    words = packed(draw.integers(0, 50, n))
    counts, out = np.empty((parts, 64), np.int64), np.full(n, -1, np.int64)
    cuts = [n * part // parts for part in range(parts + 1)]
    for part in range(parts):
        cpu_sort.count_digits(words, cuts[part], cuts[part + 1], 20, counts[part])
    assert counts.sum() == n
    cpu_sort.places_of(counts)
    for part in range(parts):
        cpu_sort.move(words, cuts[part], cuts[part + 1], 20, counts[part], out)
    assert (out == words[np.argsort(words >> 20, kind="stable")]).all()


@pytest.mark.parametrize(("most", "passes", "bits"), [(50, 1, 6), (2**31 - 1, 3, 11), (2048, 2, 6)])
@pytest.mark.parametrize("bagged", [False, True])
def test_sorted_by_one_thread(most, passes, bits, bagged):
    draw = np.random.default_rng(passes)
    ids = draw.integers(0, most, 900, endpoint=most == 2**31 - 1)
    ids[::7] = ids[0]
    offsets = np.sort(np.concatenate([[0, 900], draw.integers(0, 900, 99)])) if bagged else None
    n = 100 if bagged else 900
    words, other = np.empty(900, np.int64), np.empty(900, np.int64)
    scratch = np.empty((1, 1 << bits), np.int64)
    cpu_sort.sort_alone(ids, offsets, n, 12, passes, words, other, scratch)
    found = words if passes % 2 == 0 else other
    bags = np.arange(900) if offsets is None else np.repeat(np.arange(100), np.diff(offsets))
    order = np.argsort(ids, kind="stable")
    assert (found == (ids << 12 | bags)[order]).all()


def test_distinct_rows_and_where_they_begin():
    words = np.sort(packed(np.array([7, 3, 7, 7, 0, 2**31 - 1])))
    rows, starts = np.empty(6, np.int64), np.empty(6, np.int64)
    assert cpu_sort.distinct(words, 20, rows, starts) == 4
    assert rows[:4].tolist() == [0, 3, 7, 2**31 - 1] and starts[:4].tolist() == [0, 1, 2, 5]
    assert cpu_sort.distinct(words[:0], 20, rows, starts) == 0
