"""A recommender judged by interactions it was not trained on."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate.ranking_model import judge_recommender
from rowspace.ragged import Ragged
from rowspace.vectors import Model, Vectors


@pytest.fixture(scope="module")
def model() -> Model:
    """User a likes x, then y, then z, then w; user b the other way round. Each met one."""
    items = Vectors.from_arrays(list("xyzw"), np.array([[4.0], [3], [2], [1]]))
    users = Vectors.from_arrays(["a", "b"], np.array([[1.0], [-1]]))
    seen = Ragged.of([[0], [3]])
    arrays = {
        "biases": np.zeros(4, np.float32),
        "history": np.zeros((0, 1), np.float32),
        "seen.items": seen.ids,
        "seen.offsets": seen.offsets,
        "mean": np.ones(1, np.float32),
        "own": np.zeros(1, np.float32),
    }
    how = {"length": 0, "decay": 0.5, "tail": 0.0, "ordered": False}
    config = {"kind": "recommender", "history": how}
    return Model(items, config, parts={"users": Model(users)}, arrays=arrays)


def values(scores) -> dict[str, float]:
    return {one.name: one.value for one in scores}


def test_every_item_not_met_is_ranked(model):
    scores, simple = judge_recommender(model, {"user": list("ab"), "item": list("yz")}, ks=(1, 2))
    found = values(scores)
    assert found["ndcg@1"] == found["hit@1"] == found["mrr"] == 1
    assert scores[0].n == 2 and scores[0].coverage == 1
    assert [one["name"] for one in simple] == ["popularity", "item-kNN"]
    worst, _ = judge_recommender(model, {"user": list("ab"), "item": list("wx")}, ks=(1, 2))
    assert values(worst)["ndcg@2"] == 0
    assert values(worst)["mrr"] == pytest.approx(1 / 3)


def test_pairs_trained_on_do_not_count(model):
    scores, _ = judge_recommender(model, {"user": list("aab"), "item": list("xyz")})
    assert values(scores)["recall@10"] == 1
    with pytest.raises(InputError, match="every pair was trained on"):
        judge_recommender(model, {"user": list("ab"), "item": list("xw")})


def test_strangers_are_told(model):
    data = {"user": ["a", "new", "newer"], "item": ["unknown", "x", "x"]}
    scores, _ = judge_recommender(model, data)
    assert scores[0].extra == {"new_users": 2, "new_items": 1}
    assert scores[0].coverage == pytest.approx(2 / 3)
    assert values(scores)["hit@10"] == pytest.approx(2 / 3)
    assert values(scores)["mrr"] == pytest.approx(2 / 3)  # the mean user likes x best


def test_columns_are_named_as_in_training(model):
    scores, _ = judge_recommender(model, {"who": ["a"], "what": ["y"]}, user="who", item="what")
    assert scores[0].n == 1
