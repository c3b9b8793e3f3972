"""Hierarchical softmax: the compiled tree against its definition, the passes against NumPy's."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_tree, reference, tree_reference
from rowspace.kernels.cpu_windows import Windows
from rowspace.kernels.cpu_words import Bags, Scratch, scratch

V, STRIDE, LR = 30, 32, 0.1
COUNTS = np.sort(np.random.default_rng(0).integers(1, 500, V))[::-1].astype(np.int64)
Path = tuple[np.ndarray, np.ndarray]


def compiled(weights: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, cpu_tree.Tree]:
    size, nodes = len(weights), 2 * len(weights) - 1
    children = np.empty((nodes, 2), np.int32)
    cpu_tree.join(weights, np.empty(nodes, np.int64), children)
    above, lengths = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    cpu_tree.measure(children, above, lengths)
    offsets = np.zeros(size + 1, np.int64)
    offsets[1:][order] = lengths[:size]
    offsets = np.cumsum(offsets)
    rows, ones = np.empty(offsets[-1], np.int32), np.empty(size, np.int32)
    cpu_tree.paths(above, order, offsets, rows, ones)
    return children, cpu_tree.Tree(rows, offsets, ones)


@settings(deadline=None)  # the first one compiles
@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=40))
def test_the_tree_is_its_definitions(counts: list[int]) -> None:
    weights = np.sort(np.array(counts, np.int64))[::-1].copy()
    children, tree = compiled(weights, np.arange(len(weights)))
    assert (children == tree_reference.join(weights)).all()
    for mine, theirs in zip(tree, tree_reference.paths(children), strict=True):
        assert (mine == theirs).all()


@settings(deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=40))
def test_no_code_is_shorter(counts: list[int]) -> None:
    """Huffman's: the weighted length of the paths is that of a plain priority queue."""
    weights = np.sort(np.array(counts, np.int64))[::-1].copy()
    _, tree = compiled(weights, np.arange(len(weights)))
    heap, least = weights.tolist(), 0
    heapify(heap)
    while len(heap) > 1:
        both = heappop(heap) + heappop(heap)
        least += both
        heappush(heap, both)
    assert (np.diff(tree.offsets) * weights).sum() == least


def test_an_order_says_whose_leaf_it_is() -> None:
    order = np.random.default_rng(3).permutation(V)
    _, by_leaf = compiled(COUNTS, np.arange(V))
    _, by_item = compiled(COUNTS, order)
    for leaf, item in enumerate(order):
        assert by_item.ones[item] == by_leaf.ones[leaf]
        mine = by_item.rows[by_item.offsets[item] : by_item.offsets[item + 1]]
        assert (mine == by_leaf.rows[by_leaf.offsets[leaf] : by_leaf.offsets[leaf + 1]]).all()


def test_the_probabilities_of_all_words_add_up_to_one() -> None:
    _, tree = compiled(COUNTS, np.arange(V))
    rng = np.random.default_rng(4)
    nodes, h = rng.normal(size=(V - 1, 8)), rng.normal(size=8)
    total = 0.0
    for rows, label in (path(tree, item) for item in range(V)):
        p = reference.sigmoid(nodes[rows] @ h)
        total += np.where(label > 0, p, 1 - p).prod()
    assert total == pytest.approx(1)


def path(tree: cpu_tree.Tree, item: int) -> Path:
    rows = tree.rows[tree.offsets[item] : tree.offsets[item + 1]]
    return rows, (np.arange(len(rows)) < tree.ones[item]).astype(np.float64)


TREE = compiled(COUNTS, np.random.default_rng(6).permutation(V))[1]


def windows(count: int = 40) -> Windows:
    rng = np.random.default_rng(5)
    cuts = np.concatenate([[0], np.cumsum(rng.integers(1, 7, count))])
    contexts = rng.integers(0, V, cuts[-1]).astype(np.int32)
    centres = rng.integers(0, V, count).astype(np.int32)
    return Windows(centres, contexts, cuts, np.empty(0, np.int32))


def tables(rows: int = V) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    inputs = rng.normal(0, 0.3, (rows + 1, STRIDE)).astype(np.float32)
    outputs = rng.normal(0, 0.3, (V, STRIDE)).astype(np.float32)  # V - 1 nodes and the spare row
    inputs[-1] = outputs[-1] = 0
    return inputs, outputs


def bags(mean: bool) -> Bags:
    rng = np.random.default_rng(2)
    rows = [[item, *(V + rng.integers(0, 10, item % 4))] for item in range(V)]
    rows[4] = []
    offsets = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    return Bags(np.concatenate(rows).astype(np.int32), offsets, mean)


def room() -> Scratch:
    return scratch(5, int(np.diff(TREE.offsets).max()), 4, STRIDE, np.int32)


def half_frozen(rows: int) -> np.ndarray:
    return (np.random.default_rng(9).random(rows) < 0.5).astype(np.uint8)


def each(drawn: Windows) -> Iterator[tuple[int, np.ndarray]]:
    for w in range(len(drawn.centres)):
        yield int(drawn.centres[w]), drawn.contexts[drawn.cuts[w] : drawn.cuts[w + 1]]


def taught(outputs: np.ndarray, item: int, h: np.ndarray) -> tuple[np.ndarray, float]:
    """One prediction: what it moves the input by, and its loss in nats; the nodes learn."""
    rows, label = path(TREE, item)
    p = reference.sigmoid(outputs[rows] @ h)
    step = LR * (label - p)
    moved = step @ outputs[rows]
    outputs[rows] += np.outer(step, h)
    return moved, float(-np.log(np.where(label > 0, p, 1 - p)).sum())


def alike(fast: tuple[np.ndarray, np.ndarray], slow: tuple[np.ndarray, np.ndarray]) -> None:
    np.testing.assert_allclose(fast[0], slow[0], rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(fast[1][:-1], slow[1][:-1], rtol=1e-3, atol=1e-5)


FREEZING = pytest.mark.parametrize("freezing", [False, True], ids=["free", "frozen"])


@FREEZING
def test_skipgram_tree_rows(freezing: bool) -> None:
    frozen = half_frozen(V) if freezing else None
    drawn, fast, slow, own = windows(), tables(), tables(), room()
    cpu_tree.skipgram_tree_rows(drawn, 40, TREE, *fast, LR, own, frozen)
    loss = room().loss
    for centre, near in each(drawn):
        rows, label = path(TREE, centre)
        reference.window(
            slow[0], near, len(near), slow[1], rows, len(rows), int(label.sum()), LR, np.zeros(0),
            loss, frozen,
        )  # fmt: skip
    alike(fast, slow)
    wanted = reference.log_loss_take(loss)
    assert reference.log_loss_take(own.loss) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("mean", [True, False])
@FREEZING
def test_skipgram_tree_bags(mean: bool, freezing: bool) -> None:
    frozen = half_frozen(V + 10) if freezing else None
    drawn, fast, slow, own = windows(), tables(V + 10), tables(V + 10), room()
    bagged, loss = bags(mean), 0.0
    cpu_tree.skipgram_tree_bags(drawn, 40, TREE, bagged, *fast, LR, own, frozen)
    for centre, near in each(drawn):
        rows = bagged.ids[bagged.offsets[centre] : bagged.offsets[centre + 1]]
        free = np.ones(len(rows), bool) if frozen is None else frozen[rows] == 0
        moved = np.zeros(STRIDE)
        for item in near if len(rows) else ():
            h = (slow[0][rows] + free[:, None] * moved).sum(0) / (len(rows) if mean else 1)
            by, nats = taught(slow[1], item, h)
            moved += by
            loss += nats
        np.add.at(slow[0], rows[free], moved.astype(np.float32))
    alike(fast, slow)
    assert reference.log_loss_take(own.loss) == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize("mean", [True, False])
@FREEZING
def test_cbow_tree(mean: bool, freezing: bool) -> None:
    frozen = half_frozen(V + 10) if freezing else None
    drawn, fast, slow, own = windows(), tables(V + 10), tables(V + 10), room()
    bagged, loss = bags(mean), 0.0
    cpu_tree.cbow_tree(drawn, 40, TREE, bagged, *fast, LR, own, frozen)
    for centre, near in each(drawn):
        parts = [bagged.ids[bagged.offsets[i] : bagged.offsets[i + 1]] for i in near]
        rows = np.concatenate(parts)
        if not len(rows):
            continue
        h = slow[0][rows].sum(0) / (len(rows) if mean else len(near))
        moved, nats = taught(slow[1], centre, h)
        loss += nats
        free = np.ones(len(rows), bool) if frozen is None else frozen[rows] == 0
        np.add.at(slow[0], rows[free], moved.astype(np.float32))
    alike(fast, slow)
    assert reference.log_loss_take(own.loss) == pytest.approx(loss, rel=1e-4)
