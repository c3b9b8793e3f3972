"""Tables that are empty, broken, endless or mean harm: an error that says what, or a rule."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.corpus.records import records
from rowspace.errors import InputError, ResourceError
from rowspace.table import memory
from rowspace.training.table import train_table
from rowspace.vectors.tabular import Tabular, predicted_table

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
SAMPLES = DATA / "recsys" / "ctr_samples"
QUICK: dict[str, Any] = {"baselines": False, "epochs": 2, "hidden": (4,)}


def trained(table: Any, target: str = "y", **more: Any):
    said: list[str] = []

    def progress(event):
        if event["type"] == "warning":
            said.append(event["message"])

    return train_table(table, target, progress=progress, **{**QUICK, **more}), said


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"x": [], "y": []}, "no rows"),
        ({"x": ["a"] * 9, "y": ["b"] * 9}, "one class only, 'b'"),
        ({"x": ["a", "b"] * 9, "y": [3.5] * 18}, "3.5 in every row"),
        ({"x": ["a", "b"], "y": [None, "?"]}, "no row has a target"),
        ({"x": ["a", "a", "a"], "y": [0, 1, 0]}, "no column is left"),
        ({"y": [0, 1, 0]}, "no column is left"),
        ({"x": ["a", "b"] * 6, "y": [n * 1e300 for n in range(12)]}, "too large"),
        ({"x": [float("inf"), 1.5, 2.5], "y": [0, 1, 0]}, "inf"),
        ({"x": ["a", "b"] * 30, "y": [f"n{n}" for n in range(60)]}, "60 classes in 60 rows"),
    ],
)
def test_what_cannot_be_learned_is_told(table, told):
    with pytest.raises(InputError, match=told):
        trained(table)


@pytest.mark.parametrize("rows", [3, 5])
def test_a_handful_of_rows(rows):
    table = {"x": ["a", "b", "c", "d", "e"][:rows], "y": [0, 1, 0, 1, 1][:rows]}
    model, _ = trained(table)
    for one in predicted_table(model, {"x": ["a", "z"]}, k=-1):
        assert sum(p for _, p in one) == pytest.approx(1)


def test_one_row():
    with pytest.raises(InputError):
        trained({"x": ["a"], "y": [1]})


CELLS = st.one_of(
    st.none(), st.text(max_size=5), st.floats(allow_infinity=False), st.integers(-9, 9),
    st.booleans(), st.sampled_from(["<unseen>", "<missing>", "?", "1e400", "\x00", "é"]),
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(CELLS, CELLS, st.integers(0, 1)), min_size=4, max_size=30))
def test_any_cells_make_a_model_or_an_error(rows):
    first, second, y = (list(one) for one in zip(*rows, strict=True))
    try:
        model, _ = trained({"a": first, "b": second, "y": y}, epochs=1)
    except InputError:
        return
    assert all(np.isfinite(one).all() for one in model.arrays.values())
    found = Tabular.of(model).answers(records({"a": first[:2], "b": second[:2]}))
    assert np.isfinite(found).all() and found.sum(axis=1) == pytest.approx([1] * len(found))


def test_more_levels_than_memory_holds(monkeypatch):
    names = [f"n{n}" for n in range(1500)]
    monkeypatch.setattr(memory, "available_memory", lambda: 1 << 22)
    table = {"x": names * 2, "y": [0, 1] * 1500}
    model, _ = trained(table, max_levels=10, epochs=1)
    assert len(model.parts["x"].vectors) == 12
    with pytest.raises(ResourceError, match="MB of memory are free"):
        trained(table, dim=4096, epochs=1)


def test_levels_that_all_come_once_share_a_row():
    names = [f"n{n}" for n in range(2000)]
    model, said = trained({"x": names, "z": ["a", "b"] * 1000, "y": [0, 1] * 1000}, epochs=1)
    assert len(model.parts["x"].vectors) == 2
    assert any("look like the rows' names" in one for one in said)


def test_values_that_are_large_small_or_far_apart():
    x = [1e-300, 1e300, -1e300, 0.0, 1.5, 2.5e15, 5e-324, -7.25] * 20
    model, _ = trained({"x": x, "y": [0, 1] * 80}, number="x")
    found = Tabular.of(model).answers(records({"x": [1e308, -1e308, 0.0]}))
    assert np.isfinite(found).all()


def test_rows_may_weigh_nothing_but_not_all_and_not_less():
    table = {"x": ["a", "b"] * 20, "w": [0.0, 1.0] * 20, "y": [0, 1, 1, 0] * 10}
    trained(table, weights="w")
    with pytest.raises(InputError, match="are 0"):
        trained({**table, "w": [0.0] * 40}, weights="w")
    with pytest.raises(InputError, match=r"row 1.*from 0"):
        trained({**table, "w": [1.0, -1.0] * 20}, weights="w")


def test_a_test_table_with_other_columns_is_told_before_training():
    table = {"x": ["a", "b"] * 20, "n": list(range(40)), "y": [0, 1] * 20}
    with pytest.raises(InputError, match="wanted a column 'n'"):
        trained(table, test={"x": ["a"], "y": [1]})
    with pytest.raises(InputError, match="wanted a column 'y'"):
        trained(table, test={"x": ["a"], "n": [1]})
    _, said = trained(table, test={**table, "more": [1] * 40})
    assert any("'more'" in one for one in said)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs the data sets (ROWSPACE_DATA)")
@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("criteo_sample.txt", "label"),
        ("avazu_sample.txt", "click"),
        ("movielens_sample.txt", "rating"),
    ],
)
def test_small_samples_of_clicks(name, target, tmp_path):
    copy = tmp_path / f"{name}.csv"
    copy.write_bytes((SAMPLES / name).read_bytes())
    model, said = trained(copy, target, epochs=1)
    assert len(model.parts) > 5 and said
    assert len(list(predicted_table(model, copy))) >= 100
