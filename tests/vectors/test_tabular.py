"""What a model of a table answers, against its own definition; broken models."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from rowspace.corpus.records import records
from rowspace.errors import InputError, SettingError
from rowspace.vectors import Model, Vectors
from rowspace.vectors.tabular import (
    Tabular,
    encoded_table,
    is_tabular,
    predicted_table,
    probabilities,
    through,
)
from rowspace.vocabulary import Exact

ASKED = {"colour": ["red", "blue", "mauve", None], "size": ["0.5", "2", "", "9"]}


def made(classes: list[str] | None = None, **changed) -> Model:
    """Two columns, 2 and 1 numbers, one piece; a layer of 3 between."""
    random = np.random.default_rng(0)
    outputs = 1 if classes is None else len(classes)
    rows = {"colour": random.normal(size=(4, 2)), "size": random.normal(size=(2, 1))}
    names = {"colour": ["<unseen>", "<missing>", "red", "blue"], "size": ["<unseen>", "<missing>"]}
    parts = {
        name: Model(Vectors.from_arrays(names[name], rows[name], unseen=Exact("<unseen>")))
        for name in rows
    }
    arrays = {
        "knots.1": np.array([0.0, 4.0]),
        "centre.1": np.array([0.25], np.float32),
        "weights.0": random.normal(size=(4, 3)).astype(np.float32),
        "biases.0": random.normal(size=3).astype(np.float32),
        "weights.1": random.normal(size=(3, outputs)).astype(np.float32),
        "biases.1": random.normal(size=outputs).astype(np.float32),
    }
    config = {
        "kind": "table",
        "columns": [
            {"name": "colour", "kind": "category", "part": "colour", "pieces": 0},
            {"name": "size", "kind": "number", "part": "size", "pieces": 1},
        ],
        "layers": 2,
        "missing": ["", "?"],
        "target": {"name": "y", "classes": classes, "temperature": 2.0, "mean": 7.0, "scale": 3.0,
                   "missing": [""]},
    }  # fmt: skip
    arrays |= changed.pop("arrays", {})
    return Model(None, {**config, **changed}, {}, parts=parts, arrays=arrays)


def by_hand(model: Model, colour: int, size: int, piece: float) -> np.ndarray:
    a = {name: array.astype(np.float64) for name, array in model.arrays.items()}
    rows = [model.parts["colour"].vectors.rows[colour], model.parts["size"].vectors.rows[size]]
    x = np.concatenate([*rows, [piece]])
    hidden = np.maximum(0, x @ a["weights.0"] + a["biases.0"])
    return hidden @ a["weights.1"] + a["biases.1"]


def test_numbers_are_those_of_the_definition():
    model = made()
    found = list(predicted_table(model, ASKED))
    cells = [(2, 0, 0.125 - 0.25), (3, 0, 0.25), (0, 1, 0.0), (1, 0, 0.75)]
    assert found == pytest.approx([by_hand(model, *one)[0] * 3 + 7 for one in cells], rel=1e-5)


def test_probabilities_are_those_of_the_definition():
    model = made(["a", "b", "c"])
    found = list(predicted_table(model, ASKED, k=-1))
    scores = by_hand(model, 2, 0, -0.125) / 2
    wanted = np.exp(scores) / np.exp(scores).sum()
    assert dict(found[0]) == pytest.approx(dict(zip("abc", wanted, strict=True)), rel=1e-5)
    for one in found:
        assert sum(p for _, p in one) == pytest.approx(1, abs=1e-12)
        assert [p for _, p in one] == sorted((p for _, p in one), reverse=True)
    assert all(len(one) == 2 for one in predicted_table(model, ASKED, k=2))
    assert list(predicted_table(model, ASKED, k=-1, threshold=1.0)) == [[]] * 4
    with pytest.raises(SettingError, match="k must be"):
        list(predicted_table(model, ASKED, k=0))


def test_vectors_of_rows_side_by_side():
    found, names = encoded_table(made(), ASKED)
    assert found.shape == (4, 3) and names == ["colour_0", "colour_1", "size_0"]
    assert (found[0, :2] == made().parts["colour"].vectors["red"]).all()


def test_blocks_of_cases_answer_as_one(monkeypatch):
    model, table = made(["a", "b"]), records({k: v * 50 for k, v in ASKED.items()})
    whole = Tabular.of(model).answers(table)
    monkeypatch.setattr("rowspace.vectors.tabular.BLOCK", 7)
    assert Tabular.of(model).answers(table) == pytest.approx(whole, abs=1e-6)


def test_columns_that_differ():
    with pytest.warns(UserWarning, match="left out: 'extra'"):
        list(predicted_table(made(), {**ASKED, "extra": [1] * 4, "y": [1] * 4}))
    with pytest.raises(InputError, match=r"wanted a column 'size'.*'colour'"):
        list(predicted_table(made(), {"colour": ["red"]}))
    with pytest.raises(InputError, match="wanted a number, came 'tall'"):
        list(predicted_table(made(), {"colour": ["red"], "size": ["tall"]}))


@pytest.mark.parametrize(
    "changed",
    [
        {"layers": 3},
        {"columns": [{"name": "colour"}]},
        {"target": {"name": "y"}},
        {"missing": None},
        {"arrays": {"weights.0": np.zeros((9, 3), np.float32)}},
        {"arrays": {"biases.1": np.zeros(2, np.float32)}},
        {"arrays": {"centre.1": np.zeros(4, np.float32)}},
    ],
)
def test_broken_models_are_told(changed):
    with pytest.raises(InputError):
        Tabular.of(made(["a", "b", "c"], **changed))


def test_other_models_are_told():
    other = Model(Vectors.random(["a", "b"], 2))
    assert not is_tabular(other) and is_tabular(made())
    with pytest.raises(InputError, match="train table"):
        Tabular.of(other)


def test_layers_do_not_change_what_goes_in():
    x = np.ones((2, 2), np.float32)
    layers = ((np.eye(2, dtype="f"), np.ones(2, "f")), (np.eye(2, dtype="f"), np.zeros(2, "f")))
    assert through(x, layers).tolist() == [[2, 2], [2, 2]] and (x == 1).all()


def test_extreme_scores_stay_probabilities():
    found = probabilities(np.array([[1e30, -1e30, 0.0]]))
    assert found.tolist() == [[1.0, 0.0, 0.0]]


def test_answering_imports_no_training():
    code = (
        "import sys, rowspace.vectors.tabular; "
        "print(any('rowspace.training' in m or 'rowspace.objectives' in m for m in sys.modules), "
        "'numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
