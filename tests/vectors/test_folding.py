"""Somebody new from items alone: the maximum there is, found by plain arithmetic too."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.vectors.folding import folded, spread_of

V, D = 40, 4


def world():
    random = np.random.default_rng(5)
    users = (random.standard_normal((200, D)) @ np.diag([2, 1, 0.5, 0]) + [1, 0, 0, 0]).astype("f4")
    vectors = random.standard_normal((V, D)).astype(np.float32)
    return users, vectors, random.standard_normal(V).astype(np.float32) / 3


def test_the_spread_is_a_root_of_the_covariance():
    users, _, _ = world()
    root = spread_of(users)
    np.testing.assert_allclose(root @ root.T, np.cov(users.T), atol=1e-4)


@pytest.mark.parametrize("items", [[3], [3, 7, 11], list(range(20))])
def test_no_vector_near_explains_the_items_better(items):
    users, vectors, biases = world()
    mean, root = users.mean(axis=0), spread_of(users)
    found = folded(np.array(items), vectors, biases, mean=mean, spread=root)

    def value(h: np.ndarray) -> float:
        z = np.linalg.lstsq(root.astype(float), h - mean, rcond=None)[0]
        scores = vectors @ h + biases
        log = scores - np.log(np.exp(scores - scores.max()).sum()) - scores.max()
        return float(log[items].sum() - z @ z / 2)

    random = np.random.default_rng(0)
    best = value(found)
    for _ in range(100):
        step = root @ random.standard_normal(D) * 0.05
        assert value(found + step) <= best + 1e-4


def test_users_all_alike_fold_to_the_same():
    _, vectors, biases = world()
    same = np.ones((9, D), np.float32)
    found = folded(
        np.array([1, 2]), vectors, biases, mean=same.mean(axis=0), spread=spread_of(same)
    )
    np.testing.assert_allclose(found, 1, atol=1e-6)
