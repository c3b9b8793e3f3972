"""Batches of pairs: by number of subwords, of like length, the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from rowspace.corpus.parallel import parallel  # noqa: E402
from rowspace.corpus.subwords import Subwords, learn_subwords  # noqa: E402
from rowspace.networks.translate_data import Pairs, cut, padded  # noqa: E402


@pytest.fixture(scope="module")
def pairs():
    chance = np.random.default_rng(0)
    sizes = chance.integers(1, 30, (500, 2))
    ids = [[np.arange(3, 3 + n, dtype=np.int32) for n in row] for row in sizes]
    return Pairs([one for one, _ in ids], [one for _, one in ids])


def test_each_pair_once_and_no_batch_too_large(pairs):
    found = pairs.shuffled(400, 0, 0)
    assert sorted(np.concatenate(found).tolist()) == list(range(500))
    for index in found:
        batch = pairs.batch(index)
        assert batch.source.numel() + batch.after.numel() <= 400 and batch.source.shape[0] >= 1


def test_little_is_filled_up():
    chance = np.random.default_rng(0)
    sizes = chance.integers(3, 30, 500)
    sides = [[np.full(n + more, 7, np.int32) for n in sizes] for more in (0, 2)]
    pairs, filled, used = Pairs(*sides), 0, 0
    for index in pairs.shuffled(1000, 0, 0):
        batch = pairs.batch(index)
        filled += batch.source.numel() + batch.after.numel()
        used += int((batch.source != 0).sum() + (batch.after != 0).sum())
    assert used > 0.95 * filled


def test_the_order_is_of_seed_and_epoch(pairs):
    def order(seed, epoch):
        return [index.tolist() for index in pairs.shuffled(400, seed, epoch)]

    assert order(1, 2) == order(1, 2)
    assert order(1, 2) != order(1, 3) and order(1, 2) != order(2, 2)


def test_a_pair_longer_than_a_batch_is_one_of_its_own(pairs):
    assert sorted(map(len, pairs.shuffled(1, 0, 0))) == [1] * 500


def test_a_batch(pairs):
    few = Pairs([np.array([7, 8], np.int32), np.array([9], np.int32)],
                [np.array([5], np.int32), np.array([6, 4, 3], np.int32)])  # fmt: skip
    batch = few.batch(np.array([0, 1]))
    assert batch.source.tolist() == [[7, 8, 2], [9, 2, 0]]
    assert batch.before.tolist() == [[1, 5, 0, 0], [1, 6, 4, 3]]
    assert batch.after.tolist() == [[5, 2, 0, 0], [6, 4, 3, 2]]


def test_cutting():
    assert cut(np.array([[3], [3], [3], [9]]), 6) == [(0, 2), (2, 3), (3, 4)]
    assert cut(np.zeros((0, 1), np.int64), 6) == []
    assert padded([], ends=True).shape[0] == 0


def test_pairs_too_long_are_left_out_and_counted():
    data = parallel([("a b", "c d"), ("a " * 50, "c"), ("b", "d " * 50), ("a", "d")])
    subwords = Subwords.of(learn_subwords([*data.sources, *data.targets], 512))
    found = Pairs.of(data, subwords, 20)
    assert len(found) == 2 and found.dropped == 2 and found.first_dropped == 2
