"""Interactions, features and models as nobody should give them: an error that says so, no NaN."""

from __future__ import annotations

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rowspace as rs
from rowspace.errors import RowspaceError
from rowspace.training.recommend import train_recommender
from rowspace.vectors.recommend import Recommender

SMALL = {"dim": 4, "epochs": 2, "negative": 4, "threads": 1}
CELLS = st.one_of(st.none(), st.text(max_size=3), st.integers(-5, 5), st.floats(width=32))
NAMES = st.sampled_from(["a", "b", "c", "\x00", "é", " ", "1", "\U0001f600", "a,b", "\u202e"])


@given(st.lists(st.tuples(NAMES, NAMES, CELLS, CELLS), min_size=1, max_size=14))
@settings(max_examples=60, deadline=None)
def test_any_table_is_learned_from_or_refused(rows):
    users, items, ratings, times = (list(column) for column in zip(*rows, strict=True))
    data = {"user": users, "item": items, "rating": ratings, "time": times}
    with contextlib.suppress(RowspaceError):
        finite(train_recommender(data, **SMALL))


def finite(model: rs.Model) -> None:
    assert np.isfinite(model.vectors.matrix).all()
    assert all(np.isfinite(one).all() for one in model.arrays.values())
    answers = Recommender.of(model)
    for user in answers.users:
        assert all(np.isfinite(score) for _, score in answers.recommend(user, 3))


@pytest.mark.parametrize("lr", [1e6, 1e9, 1e-9])
@pytest.mark.parametrize("loss", ["bpr", "warp", "softmax"])
@pytest.mark.parametrize("rule", ["sgd", "adagrad"])
def test_no_rate_brings_numbers_that_are_none(lr, loss, rule):
    random = np.random.default_rng(0)
    data = {"user": random.integers(0, 9, 80), "item": random.integers(0, 30, 80)}
    if lr < 1:
        finite(train_recommender(data, lr=lr, loss=loss, rule=rule, **SMALL))
        return
    with pytest.raises(rs.DivergedError) as caught:
        train_recommender(data, lr=lr, loss=loss, rule=rule, **SMALL)
    assert "lower --lr" in caught.value.hint


def test_pulls_that_overshoot_are_told():
    data = {"user": [0, 0, 1, 1, 2, 2], "item": [0, 1, 1, 2, 2, 3]}
    with pytest.raises(rs.DivergedError):
        train_recommender(data, l2=1e8, rule="sgd", **SMALL)


def test_columns_of_mixed_kinds_and_others_than_wanted(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("user,item,rating\na,x,five\nb,y,3\n")
    with pytest.raises(rs.InputError, match=r"bad\.csv: line 2.*'five'"):
        train_recommender(str(path), **SMALL)
    lines = [{"user": "a", "item": ["x", "y"]}, {"user": "b", "item": "z"}]
    path = tmp_path / "lists.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    with pytest.raises(rs.InputError, match="a list of 2"):
        train_recommender(str(path), **SMALL)


def test_features_of_nobody_are_harmless():
    data = {"user": list("aabbcc"), "item": list("xyyzzx")}
    table = {"id": ["p", "q", "q"], "kind": ["new", "new", None]}
    model = train_recommender(data, item_features=table, user_features=table, **SMALL)
    assert {"p", "q"} <= set(model.vectors)
    assert "p" in model.parts["users"].vectors
    assert np.isfinite(model.vectors[["p", "q"]]).all()
    answers = Recommender.of(model)
    assert len(answers.recommend("p", 3)) == 3


def test_a_user_who_met_everything_has_nothing_left():
    data = {"user": list("aaaabb"), "item": list("wxyzwx"), "time": range(6)}
    model = train_recommender(data, **SMALL)
    assert Recommender.of(model).recommend("a", 5) == []
    assert {item for item, _ in Recommender.of(model).recommend("b", 5)} == {"y", "z"}


@given(st.binary(min_size=1, max_size=40))
@settings(max_examples=30, deadline=None)
def test_broken_bytes_are_refused(tmp_path_factory, raw):
    path = tmp_path_factory.mktemp("raw") / "x.csv"
    path.write_bytes(b"user,item\n" + raw)
    with contextlib.suppress(RowspaceError):
        finite(train_recommender(str(path), **SMALL))
