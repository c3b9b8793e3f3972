"""Baselines of tables: one-hot columns, real passengers, and the rules at the edges."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate import table_baselines as module
from rowspace.evaluate.one_hot import learn_one_hot
from rowspace.evaluate.table_baselines import Rows, table_baselines


def text(*cells):
    column = np.empty(len(cells), object)
    column[:] = cells
    return column


COLUMNS = {"colour": text("red", None, "red", "blue"), "size": np.array([1.0, np.nan, 3.0, 5.0])}


def dense(encoder, columns):
    found = encoder.features(columns)
    out = np.zeros((len(found), encoder.width))
    out[np.repeat(np.arange(len(found)), found.lengths), found.ids] = found.weights
    return out


def test_one_hot():
    encoder = learn_one_hot(COLUMNS, 10)
    spread = np.std([1, 3, 5])
    assert dense(encoder, COLUMNS).tolist() == [
        [1, 0, 0, -2 / spread, 0],
        [0, 1, 0, 0, 1],
        [1, 0, 0, 0, 0],
        [0, 0, 1, 2 / spread, 0],
    ]
    new = {"colour": text("green", "blue"), "size": np.array([3.0, 3.0])}
    assert dense(encoder, new).tolist() == [[0, 0, 0, 0, 0], [0, 0, 1, 0, 0]]


def test_several_levels_in_a_cell():
    encoder = learn_one_hot({"tags": text(["a", "b"], ["a"], None, [])}, 10)
    rows = dense(encoder, {"tags": text(["a", "b", "new", "newer"], "b", None)})
    assert rows.tolist() == [[0.25, 0.25, 0], [0, 1, 0], [0, 0, 1]]


def test_rarest_levels_go_first():
    encoder = learn_one_hot({"a": text("x", "x", "y"), "b": text("u", "u", "u")}, 2)
    assert encoder.levels == {"a": {"x": 1}, "b": {"u": 0}} and encoder.width == 2


def test_fixed_vectors():
    encoder = learn_one_hot(COLUMNS, 10)
    turn, numbers = encoder.vectors({"colour": 4}, seed=3)
    assert turn.shape == (5, 6) and numbers == 12
    again = encoder.vectors(4, seed=3)[0]
    assert (turn == again).all() and (turn[:3, :4] != 0).all() and (turn[3:, :4] == 0).all()
    assert not (turn == encoder.vectors(4, seed=4)[0]).all()


@pytest.fixture(scope="module")
def passengers(data):
    with open(data / "tabular" / "titanic.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {
        name: text(*(row[name] or None for row in rows)) for name in ("sex", "class", "deck")
    }
    for name in ("age", "fare"):
        columns[name] = np.array([float(row[name] or "nan") for row in rows])
    return Rows(columns, np.array([int(row["survived"]) for row in rows]))


def test_real_passengers_as_scikit_learn(passengers):
    linear = pytest.importorskip("sklearn.linear_model")
    train, test = passengers.take(np.arange(600)), passengers.take(np.arange(600, 891))
    valid = passengers.take(np.arange(500, 600))
    found = table_baselines(train, test, labels=["no", "yes"], valid=valid, dims=8)
    assert [one.name for one in found] == ["majority", "one-hot", "random vectors"]
    auc = [{s.name: s.value for s in one.scores}["auc"] for one in found]
    encoder = learn_one_hot(train.columns, 1000)
    oracle = linear.LogisticRegression(C=found[1].about["c"], max_iter=5000)
    oracle.fit(dense(encoder, train.columns), train.truth)
    p = oracle.predict_proba(dense(encoder, test.columns))[:, 1]
    area = pytest.importorskip("sklearn.metrics").roc_auc_score(test.truth, p)
    assert auc[0] == 0.5 and auc[1] == pytest.approx(area, abs=2e-3) and auc[2] > 0.7
    assert found[1].bytes == 4 * (encoder.width + 1)
    assert found[2].about["case_bytes"]["dense"] == 4 * (3 * 8 + 2 * 2)


def test_numbers(passengers):
    columns = {name: c for name, c in passengers.columns.items() if name != "fare"}
    rows = Rows(columns, passengers.columns["fare"])
    found = table_baselines(rows, rows, labels=None)
    r2 = [{s.name: s.value for s in one.scores}["r2"] for one in found]
    assert [one.name for one in found] == ["mean", "one-hot", "random vectors"]
    assert r2[0] == pytest.approx(0, abs=1e-9) and r2[1] > 0.3 and r2[2] > 0.3


def test_blocks_and_bounds(passengers, monkeypatch):
    whole = table_baselines(passengers, passengers, labels=["no", "yes"])
    monkeypatch.setattr(module, "BLOCK", 100)
    parts = table_baselines(passengers, passengers, labels=["no", "yes"])
    assert [one.scores for one in parts] == [one.scores for one in whole]
    monkeypatch.setattr(module, "MOST_ROWS", 200)
    fewer = table_baselines(passengers, passengers, labels=["no", "yes"], max_seconds=0)
    assert fewer[1].about["cases"] == 200 and not fewer[1].about["converged"]


def test_mistakes(passengers):
    with pytest.raises(InputError, match="no rows"):
        table_baselines(Rows({}, np.zeros(0)), passengers, labels=["a"])
    other = Rows({"age": passengers.columns["age"]}, passengers.truth)
    with pytest.raises(InputError, match="no column 'sex'; there are age"):
        table_baselines(passengers, other, labels=["no", "yes"])
    wrong = Rows(other.columns, np.full(len(other.truth), np.nan))
    with pytest.raises(InputError, match="not finite"):
        table_baselines(wrong, wrong, labels=None)
