"""Case 48: vectors that are zero, all equal, not finite or huge: defined answers, always JSON."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.vectors import Model, Vectors

ITEMS = ("zero", "nan", "inf", "one", "same", "huge", "tiny", "other")


def odd_model() -> Model:
    rows = np.ones((8, 4), np.float32)
    rows[0], rows[5], rows[6] = 0, 3e38, 1e-42
    rows[1, 2], rows[2, 0] = np.nan, -np.inf
    rows[7] = [1, -1, 2, 0]
    return Model(Vectors.from_arrays(ITEMS, rows))


def finite(value) -> bool:
    """No number in it is NaN or infinite; the client's `json` has refused their names already."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


@pytest.fixture
def ask(client):
    return client({"m": odd_model(), "n": odd_model()})


def test_broken_rows_are_like_nothing(ask):
    found = ask("/api/models/m/similarity", {"pairs": [[a, b] for a in ITEMS for b in ITEMS]}).json
    scores = np.array(found["scores"]).reshape(8, 8)
    assert (scores[:3] == 0).all() and (scores[:, :3] == 0).all()
    assert scores[3, 4] == pytest.approx(1) and scores[3, 5] == pytest.approx(1)
    for near in ask("/api/models/m/nearest", {"items": list(ITEMS), "k": 8}).json["results"]:
        assert finite(near)
        for one in near["neighbours"]:
            if one["item"] in ("zero", "nan", "inf") or near["item"] in ("zero", "nan", "inf"):
                assert one["score"] == 0


def test_queries_of_nothing_and_of_much(ask):
    vectors = [[0, 0, 0, 0], [3e38, 3e38, 3e38, 3e38], [1e-45, 0, 0, 0], [-3.4e38, 3.4e38, 0, 0]]
    found = ask("/api/models/m/nearest", {"vectors": vectors, "k": 8}).json["results"]
    assert finite(found) and all(one["score"] == 0 for one in found[0]["neighbours"])
    assert {one["item"] for one in found[1]["neighbours"][:3]} == {"one", "same", "huge"}


def test_every_address_gives_json(ask):
    for path, body in (
        ("vectors", {"items": list(ITEMS)}),
        ("analogy", {"positive": ["zero", "nan"], "negative": ["inf"]}),
        ("analogy", {"positive": ["one", "nan"], "negative": ["zero"], "method": "mul"}),
        ("odd", {"items": ["zero", "nan", "inf", "huge"]}),
        ("map", None),
        ("map?colour=norm", None),
        ("items", None),
        ("export", {"ids": list(range(8)), "format": "json", "vectors": True}),
        ("export", {"ids": list(range(8)), "vectors": True}),
    ):
        reply = ask(f"/api/models/m/{path}", body)
        assert reply.status == 200, reply.body
        assert reply.headers["content-type"].startswith("text/csv") or finite(reply.json)
    compared = ask("/api/compare", {"models": ["m", "n"], "item": "nan"})
    assert compared.status == 200 and finite(compared.json)


def test_what_is_no_number_is_null(ask):
    found = ask("/api/models/m/vectors", {"items": ["nan", "inf"]}).json["vectors"]
    assert found == [[1, 1, None, 1], [None, 1, 1, 1]]


def test_only_finite_vectors_are_on_the_map(ask):
    found = ask("/api/models/m/map").json
    assert set(found["items"]) == set(ITEMS) - {"nan", "inf"} and found["of"] == 8


def test_all_equal_and_all_zero(client):
    for rows in (np.ones((5, 3)), np.zeros((5, 3))):
        ask = client({"m": Model(Vectors.from_arrays("abcde", rows.astype(np.float32)))})
        assert finite(ask("/api/models/m/map").json)
        near = ask("/api/models/m/nearest", {"items": ["c"], "k": 9}).json["results"][0]
        assert [one["item"] for one in near["neighbours"]] == ["a", "b", "d", "e"]
        assert [one["score"] for one in near["neighbours"]] == pytest.approx([rows[0, 0]] * 4)
        assert ask("/api/models/m/odd", {"items": ["a", "b", "c"]}).json["odd"] == "a"


def test_a_model_of_nothing_but_nan(client):
    ask = client({"m": Model(Vectors.from_arrays("ab", np.full((2, 3), np.nan, np.float32)))})
    assert ask("/api/models/m/nearest", {"items": ["a"]}).json["results"][0]["neighbours"]
    reply = ask("/api/models/m/map")
    assert reply.status == 422 and reply.error
