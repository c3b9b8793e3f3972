"""Products with a sparse matrix: the kernel, its reference and a dense matrix say the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.kernels import cpu_sparse, sparse_reference


def batch(seed, bags, features, width):
    random = np.random.default_rng(seed)
    lengths = random.integers(0, 5, bags)
    offsets = np.append(0, np.cumsum(lengths))
    ids = random.integers(0, features, offsets[-1])
    return random.normal(size=(features, width)), ids, offsets, random.normal(size=len(ids))


@given(st.integers(0, 99), st.integers(0, 20), st.integers(1, 9), st.integers(1, 4))
def test_reference_is_the_dense_product(seed, bags, features, width):
    rows, ids, offsets, weights = batch(seed, bags, features, width)
    dense = np.zeros((bags, features))
    np.add.at(dense, (np.repeat(np.arange(bags), np.diff(offsets)), ids), weights)
    found = sparse_reference.weighted_sums(rows, ids, offsets, weights)
    assert found == pytest.approx(dense @ rows)


@pytest.mark.parametrize("width", [1, 3])
def test_kernel_is_the_reference(width):
    rows, ids, offsets, weights = batch(4, 300, 50, width)
    out = np.zeros((300, width))
    for first, last in ((0, 7), (7, 7), (7, 300)):
        cpu_sparse.weighted_sums(rows, ids, offsets, weights, first, last, out)
    assert out == pytest.approx(sparse_reference.weighted_sums(rows, ids, offsets, weights))
