"""The heap of the best labels: compiled as in Python, and right whatever the order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_labels
from rowspace.kernels.labels_reference import best_in_tree, best_of, steps_of
from rowspace.vectors.huffman import huffman

FEW_VALUES = st.lists(st.integers(-3, 2), min_size=1, max_size=40)


def answered(kernel, n, k, *arguments):
    scores, labels = np.zeros((n, k), np.float32), np.zeros((n, k), np.int32)
    sizes = np.zeros(n, np.int64)
    kernel(*arguments, scores, labels, sizes)
    return [
        (scores[i, :size].tolist(), labels[i, :size].tolist())
        for i, size in enumerate(sizes.tolist())
    ]


@settings(deadline=None)
@given(FEW_VALUES, st.integers(1, 45), st.integers(-3, 2))
def test_the_best_are_found_in_order(values, k, least):
    scores = np.array(values, np.float32)
    found, labels = best_of(scores, scores >= least, k)
    kept = sorted((value for value in values if value >= least), reverse=True)
    assert found == kept[:k] and [values[label] for label in labels] == found
    assert len(set(labels)) == len(labels)
    assert answered(cpu_labels.best_of, 1, k, scores[None], scores[None] >= least, k) == [
        (found, labels)
    ]


def test_of_equals_the_last_stays_alone():
    assert best_of(np.zeros(5, np.float32), np.ones(5, bool), 1) == ([0], [4])


@pytest.mark.parametrize("k", [1, 2, 3, 20])
@pytest.mark.parametrize("least", [-np.inf, -3.0])
@pytest.mark.parametrize("exact", [False, True])
def test_a_tree_is_walked_alike(k, least, exact):
    draw = np.random.default_rng(k)
    counts = np.sort(draw.integers(0, 50, 17))[::-1].astype(np.int64)
    tree = huffman(counts)
    hidden, weights = (draw.normal(0, 1, (n, 4)).astype(np.float32) for n in (40, 17))
    tiny = 1e-300 if exact else 1e-5
    steps = steps_of(hidden @ weights[:16].T, tiny, exact)
    walk = cpu_labels.Walk(tree, weights, tiny, exact)
    found = answered(cpu_labels.best_in_tree, 40, k, walk, hidden, k, least)
    for (scores, labels), one in zip(found, steps, strict=True):
        right, named = best_in_tree(tree, one, k, least)
        assert labels == named and scores == pytest.approx(right, abs=1e-5)
        assert scores == sorted(scores, reverse=True)
        assert k < 20 or least > -np.inf or sorted(labels) == list(range(17))


def test_of_equal_leaves_the_same_one_is_chosen():
    """All margins are 0, so the leaves of a full tree are equals."""
    tree = huffman(np.ones(16, np.int64))
    hidden, weights = np.zeros((3, 2), np.float32), np.zeros((16, 2), np.float32)
    for k in (1, 3, 16):
        walk = cpu_labels.Walk(tree, weights, 1e-5, False)
        found = answered(cpu_labels.best_in_tree, 3, k, walk, hidden, k, -np.inf)
        steps = steps_of(np.zeros((1, 15), np.float32), 1e-5, False)[0]
        assert found == [best_in_tree(tree, steps, k, -np.inf)] * 3


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_tree_of_what_is_no_number_has_no_answer(wrong):
    weights = np.full((4, 2), wrong, np.float32)
    walk = cpu_labels.Walk(huffman(np.arange(4, 0, -1)), weights, 1e-5, False)
    wide = np.zeros((1, 1), np.float32), np.zeros((1, 1), np.int32), np.zeros(1, np.int64)
    assert not cpu_labels.best_in_tree(walk, np.ones((1, 2), np.float32), 1, -np.inf, *wide)


@pytest.mark.parametrize("n", [0, 1, 4, 7])
@pytest.mark.parametrize("size", [1, 300])
def test_margins_are_the_product(n, size):
    draw = np.random.default_rng(n)
    hidden, weights = (draw.normal(0, 1, (rows, 13)).astype(np.float32) for rows in (n, size))
    out = np.empty((n, size + 2), np.float32)
    cpu_labels.margins(hidden, weights, out[:, 1:-1])
    assert np.allclose(out[:, 1:-1], hidden @ weights.T, atol=1e-5)
