"""Ranks and what is made of them, beside plain arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.errors import InputError
from rowspace.evaluate import ranking
from rowspace.evaluate.ranking import Ranks, by_user, ndcg, rank_targets, ranking_scores, taken
from rowspace.ragged import Ragged


def ranked(scores, seen, targets, **more) -> Ranks:
    wide = np.array(scores, np.float32)
    return rank_targets(
        lambda users: wide[users].copy(), np.arange(len(wide)), Ragged.of(seen),
        Ragged.of(targets), n_items=wide.shape[1], **more,
    )  # fmt: skip


def test_seen_items_do_not_stand_above():
    found = ranked([[9, 8, 7, 6]], [[0, 1]], [[3]])
    assert found.ranks.tolist() == [1]


def test_ties_count_half():
    assert ranked([[1, 1, 1, 1]], [[]], [[2]]).ranks.tolist() == [1.5]


def test_what_cannot_be_ranked_is_missed():
    found = ranked([[1, 2, np.nan]], [[0]], [[-1, 0, 2]])
    assert found.ranks.tolist() == [math.inf] * 3
    scores = {one.name: one for one in ranking_scores(found)}
    assert scores["ndcg@10"].value == 0
    assert scores["ndcg@10"].coverage == 0


def test_figures_by_hand():
    found = Ranks(np.array([0.0, 4, 12, math.inf]), np.array([0, 2, 2, 4]), 3, 10, 6)
    values = by_user(found, 10)
    ideal = 1 + 1 / math.log2(3)
    assert values.ndcg.tolist() == pytest.approx([(1 + 1 / math.log2(6)) / ideal, 0])
    assert values.recall.tolist() == [1, 0]
    assert values.hit.tolist() == [1, 0]
    assert values.reciprocal.tolist() == pytest.approx([1, 1 / 13])
    scores = {one.name: one for one in ranking_scores(found, ks=(5, 10))}
    assert scores["coverage@10"].value == 0.5
    assert scores["mrr"].n == 2
    assert scores["recall@5"].low <= scores["recall@5"].value <= scores["recall@5"].high
    assert ndcg(found) == pytest.approx(values.ndcg.mean())


def test_a_perfect_ranking_is_one_and_nobody_is_nan():
    found = ranked([[5, 4, 3, 2, 1]], [[]], [[1, 0]])
    assert ndcg(found, 2) == pytest.approx(1)
    nobody = ranked([[1.0, 2.0]], [[]], [[]])
    assert math.isnan(ndcg(nobody))
    assert ranking_scores(nobody)[0].as_json()["value"] is None


@given(st.integers(0, 2**32), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_ranks_are_those_of_sorting(seed, n_items):
    random = np.random.default_rng(seed)
    n = 5
    wide = random.permutation(n * n_items).reshape(n, n_items).astype(np.float32)
    seen = [random.permutation(n_items)[: random.integers(0, n_items)].tolist() for _ in range(n)]
    targets = [
        [i for i in range(n_items) if i not in bag and random.random() < 0.6] for bag in seen
    ]
    before, ranking.NUMBERS = ranking.NUMBERS, 2 * n_items
    try:
        found = ranked(wide, seen, targets, depth=3)
    finally:
        ranking.NUMBERS = before
    expected, shown = [], set()
    for row, bag, wanted in zip(wide, seen, targets, strict=True):
        order = [i for i in np.argsort(-row).tolist() if i not in bag]
        expected += [order.index(i) for i in wanted]
        shown |= set(order[:3])
    assert found.ranks.tolist() == expected
    assert found.shown == len(shown)


def test_bags_that_do_not_go_together_are_refused():
    with pytest.raises(InputError, match="2 users, 1 bags"):
        rank_targets(
            lambda users: np.zeros((len(users), 3)), np.arange(2), Ragged.of([[0]]),
            Ragged.of([[], []]), n_items=3,
        )  # fmt: skip


def test_some_bags():
    bags = taken(Ragged.of([[1, 2], [], [3], [4, 5]]), np.array([3, 1, 0]))
    assert [bags[at].tolist() for at in range(3)] == [[4, 5], [], [1, 2]]
