"""Hierarchical softmax as a setting: what it makes of the tables."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError, SettingError
from rowspace.kernels import tree_reference
from rowspace.objectives import CBOW, SkipGram
from rowspace.objectives.sampling import sampling
from rowspace.objectives.tree import huffman_paths
from rowspace.vocabulary import Vocabulary

COUNTS = np.array([3, 40, 0, 12, 12, 7], np.int64)


def vocabulary() -> Vocabulary:
    return Vocabulary.of("abcdef", counts=COUNTS)


def test_counts_may_come_in_any_order() -> None:
    tree, order = huffman_paths(COUNTS), np.argsort(-COUNTS, kind="stable")
    children = tree_reference.join(np.maximum(COUNTS[order], 1))
    rows, offsets, ones = tree_reference.paths(children)
    for leaf, item in enumerate(order):
        mine = tree.rows[tree.offsets[item] : tree.offsets[item + 1]]
        assert mine.tolist() == rows[offsets[leaf] : offsets[leaf + 1]].tolist()
        assert tree.ones[item] == ones[leaf]


def test_items_never_counted_make_no_chain() -> None:
    tree = huffman_paths(np.array([5, *[0] * 1000], np.int64))
    assert np.diff(tree.offsets).max() <= 12


def test_more_than_a_tree_can_hold() -> None:
    with pytest.raises(InputError, match=r"10\*\*15"):
        huffman_paths(np.array([10**15, 1], np.int64))


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
def test_a_row_less_than_words_and_no_noise(kind: type) -> None:
    objective = kind(dim=8, loss="hs")
    tables = objective.begin(vocabulary(), 0)
    assert tables.outputs.rows.shape == (5, 8) and tables.tree is not None
    assert objective.met(tables) == np.diff(tables.tree.offsets).max()
    assert sampling(objective, COUNTS, seed=0).negatives == 0
    assert objective.config()["loss"] == "hs"
    plain = kind(dim=8).begin(vocabulary(), 0)
    assert plain.outputs.rows.shape == (6, 8) and plain.tree is None


def test_a_loss_that_is_none() -> None:
    with pytest.raises(SettingError, match="loss must be ns or hs, not 'softmax'"):
        SkipGram(loss="softmax")
