"""A table in, a model out: what it learns, what it keeps, what it says of itself."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rowspace import files
from rowspace.corpus.records import records
from rowspace.errors import DivergedError, InputError, SettingError
from rowspace.training.table import train_table
from rowspace.vectors.tabular import Tabular, predicted_table

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
ADULT = DATA / "tabular" / "adult"
QUICK: dict[str, Any] = {"baselines": False, "epochs": 8, "hidden": (16,), "batch": 16}


def colours(n: int = 600, seed: int = 0) -> dict[str, list[Any]]:
    """`answer` is yes where the colour is warm, unless `size` is above 2; `noise` says nothing."""
    random = np.random.default_rng(seed)
    colour = np.array(["red", "orange", "yellow", "blue", "green"])[random.integers(0, 5, n)]
    size = random.normal(1.5, 1.0, n).round(3)
    warm = np.isin(colour, ["red", "orange", "yellow"])
    return {
        "colour": colour.tolist(),
        "size": size.tolist(),
        "noise": random.choice(["a", "b", "c"], n).tolist(),
        "answer": np.where(warm & (size <= 2), "yes", "no").tolist(),
    }


def prices(n: int = 800, seed: int = 0) -> dict[str, list[Any]]:
    """`price` is the town's, and 3 for each room."""
    random = np.random.default_rng(seed)
    towns = {"Ayr": 10.0, "Bath": 40.0, "Cork": 25.0}
    town, rooms = random.choice(list(towns), n), random.integers(1, 40, n)
    price = np.array([towns[one] for one in town]) + 3.0 * rooms + random.normal(0, 0.5, n)
    return {"town": town.tolist(), "rooms": rooms.tolist(), "price": price.tolist()}


def value(model: Any, name: str) -> float:
    return next(one["value"] for one in model.record["scores"] if one["name"] == name)


@pytest.fixture(scope="module")
def warm():
    return train_table(
        colours(2000), "answer", baselines=False, epochs=20, batch=16, test=colours(500, 9)
    )


def test_classes_are_learned_and_levels_that_mean_the_same_lie_together(warm):
    assert value(warm, "accuracy") > 0.93
    vectors = warm.parts["colour"].vectors
    alike = vectors.similarity("red", "orange")
    assert alike > vectors.similarity("red", "blue") + 0.5


def test_the_record_says_what_was_done(warm):
    record = warm.record
    assert record["scored_on"] == "test" and len(record["validation_scores"]) == 5
    assert record["data"]["rows"] == 2000 and record["data"]["validation"] == 300
    assert len(record["loss"]) == len(record["valid"]) >= record["best_epoch"] >= 1
    assert record["valid"][record["best_epoch"] - 1] == max(record["valid"])
    assert warm.config["target"]["classes"] == ["no", "yes"]
    assert record["memory"]["one_hot"]["numbers_a_row"] > 30
    names = [one["name"] for one in record["scores"]]
    assert names == ["accuracy", "macro-f1", "auc", "log-loss", "ece"]


def test_a_saved_model_answers_the_same(warm, tmp_path):
    files.save(warm, tmp_path / "m")
    again = files.load(tmp_path / "m")
    table = records(colours(50, 3))
    assert (Tabular.of(again).answers(table) == Tabular.of(warm).answers(table)).all()
    part = files.load(str(tmp_path / "m" / "colour"))
    assert part.vectors.nearest("red", 1)[0][0] in ("orange", "yellow")


def test_a_number_is_learned():
    model = train_table(prices(), "price", baselines=False)
    assert value(model, "r2") > 0.97
    answers = list(predicted_table(model, {"town": ["Bath", "Ayr"], "rooms": [10, 10]}))
    assert answers[0] - answers[1] == pytest.approx(30, abs=8)


def test_one_seed_gives_the_same_bits_and_another_others():
    made = [train_table(colours(), "answer", seed=seed, **QUICK) for seed in (1, 1, 2)]
    first, second, third = (one.arrays["weights.0"] for one in made)
    assert (first == second).all() and (first != third).any()
    rows = [one.parts["colour"].vectors.rows for one in made]
    assert (rows[0] == rows[1]).all()


def test_training_stops_when_the_validation_part_gets_no_better():
    random = np.random.default_rng(0)
    table = {"x": random.choice(list("abcdefgh"), 400).tolist(), "y": random.integers(0, 2, 400)}
    model = train_table(table, "y", epochs=50, patience=2, baselines=False)
    assert len(model.record["valid"]) <= model.record["best_epoch"] + 2 < 50


def test_rows_without_a_target_are_left_out_and_counted():
    table = colours(300)
    table["answer"][:7] = [None, "", "?", None, " ", "?", None]
    events: list[dict[str, Any]] = []
    model = train_table(table, "answer", progress=events.append, **QUICK)
    said = [one["message"] for one in events if one["type"] == "warning"]
    assert any("7 of 300 rows have no target" in one for one in said)
    assert model.record["data"]["rows"] == 293 and model.record["warnings"] == said
    with pytest.warns(UserWarning, match="no target"):
        train_table(table, "answer", **QUICK)


def test_missing_cells_have_a_row_that_learns():
    table = colours(1200)
    for at in range(0, 1200, 3):  # a missing colour means yes
        table["colour"][at], table["answer"][at], table["size"][at] = None, "yes", 1.0
    model = train_table(table, "answer", **QUICK)
    asked = {"colour": [None, "", "?"], "size": [1.0] * 3, "noise": ["a"] * 3}
    assert [one[0][0] for one in predicted_table(model, asked)] == ["yes"] * 3
    vectors = model.parts["colour"].vectors
    assert (vectors["<missing>"] != vectors["<unseen>"]).any()


def test_where_nothing_was_missing_a_missing_cell_is_an_unseen_one(warm):
    vectors = warm.parts["colour"].vectors
    assert (vectors["<missing>"] == vectors["<unseen>"]).all()
    assert (vectors["violet"] == vectors["<unseen>"]).all()


def test_weights_of_classes_and_rows():
    random = np.random.default_rng(0)
    y = np.where(random.random(1500) < 0.1, "rare", "usual")
    table = {"x": random.choice(["a", "b"], 1500).tolist(), "y": y.tolist()}
    shares = []
    for given in (None, "balanced", {"rare": 9.0}):
        model = train_table(table, "y", class_weights=given, **QUICK)
        shares.append(next(predicted_table(model, {"x": ["a"]}, k=-1)))
    chances = [dict(one)["rare"] for one in shares]
    assert chances[0] < 0.2 < 0.3 < chances[1] < 0.7
    assert chances[2] == pytest.approx(chances[1], abs=0.1)
    counted = {**table, "w": np.where(y == "rare", 9.0, 1.0).tolist()}
    model = train_table(counted, "y", weights="w", **QUICK)
    assert "w" not in model.parts
    assert dict(next(predicted_table(model, {"x": ["a"]}, k=-1)))["rare"] > 0.3


def test_dimensions_are_searched_on_the_validation_part():
    events: list[dict[str, Any]] = []
    model = train_table(colours(), "answer", dim="search", progress=events.append, **QUICK)
    tried = {one["multiple"]: one["valid"] for one in events if one["type"] == "trial"}
    assert set(tried) == {0.5, 1.0, 2.0}
    assert tried[model.record["multiple"]] == max(tried.values())


def test_another_table_can_be_the_validation_part():
    model = train_table(colours(300), "answer", valid=colours(100, 5), **QUICK)
    assert model.record["data"]["trained_on"] == 300
    assert model.record["data"]["validation"] == 100


@pytest.mark.parametrize("metric", ["accuracy", "auc", "macro-f1", "log-likelihood", "f1:yes"])
def test_metrics_of_classes(metric):
    model = train_table(colours(300), "answer", metric=metric, **QUICK)
    assert max(model.record["valid"]) > (-0.7 if metric == "log-likelihood" else 0.4)


@pytest.mark.parametrize(
    ("metric", "target"),
    [("rmse", "answer"), ("auc", "price"), ("auc", "town"), ("best", "answer")],
)
def test_metrics_that_do_not_fit(metric, target):
    table = colours(100) if target == "answer" else prices(100)
    with pytest.raises(SettingError, match="metric"):
        train_table(table, target, metric=metric, **QUICK)


def test_several_classes_and_no_layer_between():
    table = prices(300)
    model = train_table(table, "town", baselines=False, hidden="", epochs=3)
    found = next(predicted_table(model, {"rooms": [5], "price": [28.0]}, k=-1))
    assert sum(p for _, p in found) == pytest.approx(1, abs=1e-9) and len(found) == 3


def test_a_run_that_is_lost_says_so_and_keeps_the_last_model(tmp_path):
    table = colours(300)
    train_table(table, "answer", output=tmp_path / "m", **QUICK)
    before = (tmp_path / "m" / "model.safetensors").read_bytes()
    with pytest.raises(DivergedError, match="learning rate of 1e"), warnings.catch_warnings():
        warnings.simplefilter("error")
        train_table(table, "answer", output=tmp_path / "m", lr=1e6, **QUICK)
    assert (tmp_path / "m" / "model.safetensors").read_bytes() == before
    with pytest.raises(DivergedError, match=r"learning rate of 1e\+06"):
        train_table(prices(200), "price", lr=1e6, **QUICK)


def test_what_was_learned_before_a_run_was_lost_is_saved(tmp_path, monkeypatch):
    from rowspace.training.table_network import Network

    learn = Network._learn_dense

    def breaks(self, lr):
        learn(self, lr)
        if self.steps > 120:
            self.dense[0] = np.nan

    monkeypatch.setattr(Network, "_learn_dense", breaks)
    with pytest.raises(DivergedError, match="the last good ones, are in"):
        train_table(colours(), "answer", output=tmp_path / "m", **QUICK)
    model = files.load(tmp_path / "m")
    assert all(np.isfinite(one).all() for one in model.arrays.values())
    assert next(predicted_table(model, colours(1)))[0][1] > 0.5


def test_a_setting_there_is_not():
    with pytest.raises(SettingError, match="a setting"):
        train_table(colours(50), "answer", dims=3)
    with pytest.raises(InputError, match="wanted a column 'y'"):
        train_table(colours(50), "y")


@pytest.mark.slow
@pytest.mark.skipif(not ADULT.is_dir(), reason="needs the data sets (ROWSPACE_DATA)")
def test_the_census_is_learned_better_than_by_one_hot_columns():
    """Logistic regression on one-hot columns comes to an area of .905, boosting to .927."""
    model = train_table(ADULT / "adult.data.gz", "Y", test=ADULT / "adult.test.gz", baselines=False)
    assert value(model, "auc") > 0.922
    assert value(model, "ece") < 0.02


def test_a_class_of_one_row_in_a_thousand_is_learned():
    table = colours(3000)
    table["answer"] = ["yes" if at % 1000 == 7 else "no" for at in range(3000)]
    model = train_table(table, "answer", baselines=False, epochs=2)
    assert value(model, "accuracy") > 0.99
