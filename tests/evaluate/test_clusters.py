"""k-means: the same for the same seed, and no worse than scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.evaluate.clusters import k_means


def squares(rows, own):
    return sum(((rows[own == at] - rows[own == at].mean(axis=0)) ** 2).sum() for at in set(own))


@pytest.fixture
def rows():
    random = np.random.default_rng(3)
    return np.concatenate([random.standard_normal((30, 5)) + 3 * random.standard_normal(5)
                           for _ in range(4)])  # fmt: skip


def test_against_scikit_learn(rows):
    cluster = pytest.importorskip("sklearn.cluster")
    theirs = cluster.KMeans(4, n_init=10, random_state=0).fit(rows)
    assert squares(rows, k_means(rows, 4)) == pytest.approx(theirs.inertia_, rel=1e-6)


def test_the_same_for_the_same_seed(rows):
    assert np.array_equal(k_means(rows, 4, seed=5), k_means(rows, 4, seed=5))


@pytest.mark.parametrize("k", [1, 3, 7])
def test_few_and_equal_rows(k):
    assert len(k_means(np.zeros((3, 2)), k)) == 3
    assert len(k_means(np.zeros((0, 2)), k)) == 0
    assert sorted(k_means(np.eye(3), 3).tolist()) == [0, 1, 2]
