"""Neighbours by who met both, held to their definition and to dense arithmetic."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_neighbours, neighbours_reference


def found(module, bags: list[list[int]], size: int, k: int, shrink: float):
    items = np.array([item for bag in bags for item in bag], np.int32)
    offsets = np.cumsum([0, *map(len, bags)]).astype(np.int64)
    owners = np.repeat(np.arange(len(bags), dtype=np.int32), np.diff(offsets))
    order = np.argsort(items, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(items, minlength=size))]).astype(np.int64)
    ids, values = np.empty((size, k), np.int32), np.empty((size, k), np.float32)
    module.neighbours(0, size, owners[order], starts, items, offsets, shrink, ids, values)
    return ids, values


@given(
    st.lists(st.lists(st.integers(0, 11), unique=True, max_size=8), min_size=1, max_size=12),
    st.integers(1, 14),
    st.sampled_from([0.0, 1.0, 10.0]),
)
@settings(max_examples=80, deadline=None)
def test_neighbours_are_those_of_the_definition(bags, k, shrink):
    plain = found(neighbours_reference, bags, 12, k, shrink)
    fast = found(cpu_neighbours, bags, 12, k, shrink)
    np.testing.assert_array_equal(plain[0], fast[0])
    np.testing.assert_array_equal(plain[1], fast[1])


def test_alike_is_the_cosine_of_their_users():
    bags = [[0, 1, 2], [0, 1], [1, 2], [2, 3]]
    seen = np.zeros((4, 4))
    for user, bag in enumerate(bags):
        seen[user, bag] = 1
    unit = seen / np.linalg.norm(seen, axis=0)
    ids, values = found(cpu_neighbours, bags, 4, 3, 0.0)
    for item in range(4):
        for other, value in zip(ids[item], values[item], strict=True):
            if other >= 0:
                np.testing.assert_allclose(value, unit[:, item] @ unit[:, other], rtol=1e-6)
    assert ids[3].tolist() == [2, -1, -1]
