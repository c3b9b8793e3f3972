"""Popularity and item-kNN beside their definitions on dense numbers."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import SettingError
from rowspace.evaluate.ranking_baselines import ItemNeighbours, Popularity, ranking_baselines
from rowspace.ragged import Ragged

V = 9


@pytest.fixture(scope="module")
def seen() -> Ragged:
    random = np.random.default_rng(2)
    return Ragged.of([random.permutation(V)[: random.integers(1, 6)].tolist() for _ in range(30)])


def dense(seen: Ragged) -> np.ndarray:
    out = np.zeros((len(seen), V))
    for user in range(len(seen)):
        out[user, seen[user]] = 1
    return out


@pytest.mark.parametrize(("k", "shrink"), [(3, 0.0), (3, 5.0), (50, 10.0)])
def test_scores_are_sums_of_likeness_to_what_was_met(seen, k, shrink):
    met = dense(seen)
    both = met.T @ met
    sizes = np.diag(both).copy()
    np.fill_diagonal(both, 0)
    alike = both / (np.sqrt(np.outer(sizes, sizes)) + shrink)
    for item in range(V):  # of the k most alike only
        order = np.argsort(-alike[item].astype(np.float32), kind="stable")
        alike[item, order[k:]] = 0
    found = ItemNeighbours.of(seen, V, k=k, shrink=shrink).scores(seen)
    np.testing.assert_allclose(found, met @ alike.T, rtol=1e-5)


def test_popularity_is_the_same_for_everybody(seen):
    made = Popularity.of(seen, V)
    scores = made.scores(Ragged.of([[], [1]]))
    np.testing.assert_array_equal(scores[0], dense(seen).sum(axis=0))
    np.testing.assert_array_equal(scores[0], scores[1])


def test_both_are_told_with_what_they_take(seen):
    targets = Ragged.of([[(int(seen[user][0]) + 1) % V] for user in range(len(seen))])
    some = np.arange(0, 30, 2)
    found = ranking_baselines(seen, targets, n_items=V, users=some)
    assert [one["name"] for one in found] == ["popularity", "item-kNN"]
    for one in found:
        assert {score["name"] for score in one["scores"]} == {
            "ndcg@10", "recall@10", "hit@10", "mrr", "coverage@10"
        }  # fmt: skip
        assert one["scores"][0]["n"] == 15
        assert one["bytes"] > 0 and one["seconds"] >= 0


def test_wrong_numbers_are_refused(seen):
    with pytest.raises(SettingError):
        ItemNeighbours.of(seen, V, k=0)
    with pytest.raises(SettingError):
        ItemNeighbours.of(seen, V, shrink=-1)
