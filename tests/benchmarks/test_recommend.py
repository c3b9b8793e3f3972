"""The benchmark of recommending: who is left out, where a target stands, who is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.recommend.interactions import NAME, left_out
from benchmarks.recommend.runners.ranking import load, ranks
from benchmarks.recommend.search import FIRST_REFIT, KNOWN, SPACES, ndcg, tried, tuned
from benchmarks.words.corpus import MissingDataError


def test_each_users_last_items_are_left_out(tmp_path):
    path = tmp_path / "data" / NAME
    path.parent.mkdir(parents=True)
    rows = [(7, 50, 3), (7, 20, 1), (7, 30, 2), (9, 20, 9), (9, 50, 8), (9, 60, 10)]
    lines = "".join(f"{user},{item},1,{time}\n" for user, item, time in rows)
    path.write_text("userId,movieId,rating,timestamp\n" + lines)
    left = left_out(tmp_path / "data", tmp_path / "cache")
    assert (left.n_users, left.n_items) == (2, 4)
    train, both = load(left.train), load(left.both)
    assert train["item"].tolist() == [0, 2]  # 20; 50
    assert train["target"].tolist() == [1, 0]  # 30; 20
    assert both["item"].tolist() == [0, 1, 2, 0]
    assert both["target"].tolist() == [2, 3]
    with pytest.raises(MissingDataError):
        left_out(tmp_path, tmp_path)


def test_targets_are_ranked_among_what_was_not_met():
    data = {"user": np.array([0, 1]), "item": np.array([0, 1]), "target": np.array([2, 0])}
    scores = np.array([[9.0, 3, 2], [5, 9, 5]])
    assert ranks(scores, data) == [1.0, 0.5]
    assert scores[0, 0] == 9
    assert ndcg([0, 1e9]) == 0.5


def test_the_best_mean_on_the_validation_part_meets_the_test_part_once():
    asked: list[tuple[str, int]] = []
    good = tried("item-kNN", 6)[3]

    def do(part, trials):
        asked.append((part, len(trials)))
        return [
            {"settings": s, "seed": seed, "ranks": [0.0 if s == good else 3.0 + seed, 1e9]}
            for s, seed in trials
        ]

    found = tuned("item-kNN", do, count=6, seeds=3)
    assert found["chosen"] == good
    assert found["valid"] == 0.5
    assert asked == [("train", 6), ("train", 10), ("both", 3)]
    assert len(found["trials"]) == 16
    assert max(one["seed"] for one in found["trials"]) < FIRST_REFIT


def test_everybody_has_a_space_and_begins_with_defaults():
    assert set(SPACES) == set(KNOWN)
    assert tried("popularity", 30) == [{}]
    for name in SPACES:
        assert tried(name, 5)[0] == KNOWN[name][0]
