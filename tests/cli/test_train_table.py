"""train table: a table in, a model and its scores out; draw: its columns in the plane."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import fields
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from rowspace import files
from rowspace.cli.table_settings import COLUMNS, SETTINGS
from rowspace.cli.trainer import converted
from rowspace.objectives.columns import Columns
from rowspace.training.table import Reading
from rowspace.vectors.tabular import predicted_table

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
TITANIC = DATA / "tabular" / "titanic.csv"
SMALL = ("--epochs", "3", "--hidden", "8", "--no-baselines")
WORDS = {
    "task": (None, "by the target's cells"),
    "category": ((), "by the rule"),
    "number": ((), "by the rule"),
    "ignore": ((), "none"),
    "missing": (None, "?,NA,N/A,NaN,null,none"),
    "weights": (None, "none"),
    "hidden": ((128, 64), "128,64"),
    "max_levels": (None, "no limit"),
    "batch": (None, "by the rows"),
    "epochs": (None, "10, more for few rows"),
    "metric": (None, "log-likelihood; rmse"),
    "class_weights": (None, "none"),
}


@pytest.fixture
def table(tmp_path) -> Path:
    """Three columns, with spaces after the commas; `warm` follows from `colour`."""
    random = np.random.default_rng(0)
    colours = random.choice(["red", "orange", "blue", "green"], 300)
    path = tmp_path / "table.csv"
    with path.open("w") as file:
        file.write("colour, size, warm\n")
        for one in colours:
            warm = "yes" if one in ("red", "orange") else "no"
            file.write(f"{one}, {random.integers(1, 90)}, {warm}\n")
    return path


def test_a_table_in_a_model_and_its_scores_out(process, table, tmp_path):
    done = process("train", "table", table, "--target", "warm", "-o", "m")
    assert done.returncode == 0, done.stderr
    assert "validation part" in done.stdout and "learned vectors" in done.stdout
    assert "numbers one-hot" in done.stdout and "next: rowspace predict m" in done.stderr
    model = files.load(tmp_path / "m")
    assert set(model.parts) == {"colour", "size"}
    assert next(predicted_table(model, {"colour": ["red"], "size": [3]}))[0][0] == "yes"
    assert process("nearest", "m/colour", "red", "-k", "2").stdout.count("\n") == 2
    assert process("convert", "m/colour", "out.txt").returncode == 0
    assert process("info", "m").returncode == 0
    again = process("train", "table", table, "--target", "warm", "-o", "m", *SMALL)
    assert again.returncode == 2 and "--force" in again.stderr
    forced = process("train", "table", table, "--target", "warm", "-o", "m", *SMALL, "--force")
    assert forced.returncode == 0


def test_json(command, table, objects):
    done = command(
        "train", "table", table, "--target", "warm", "-o", "m", *SMALL, "--test", table, "--json"
    )
    found = objects(done.stdout)
    kinds = {one["type"] for one in found}
    assert {"epoch", "score", "memory", "model"} <= kinds
    scores = [one for one in found if one["type"] == "score"]
    assert {one["on"] for one in scores} == {"test"} and scores[0]["n"] == 300
    assert found[-1]["type"] == "model" and found[-1]["parts"] == ["colour", "size"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "no table given"),
        (("table.csv",), 2, "--target COLUMN"),
        (("table.csv", "--target", "warm"), 2, "-o MODEL"),
        (("table.csv", "--target", "hot", "-o", "m"), 3, "wanted a column 'hot'"),
        (("none.csv", "--target", "warm", "-o", "m"), 3, "none.csv"),
        (("table.csv", "--target", "warm", "-o", "m", "--dim", "wide"), 2, "dim must be"),
        (("table.csv", "--target", "warm", "-o", "m", "--lr", "1e6"), 6, "diverged"),
        (("table.csv", "--target", "warm", "-o", "m", "--task", "number"), 3, "wanted a number"),
        (("table.csv", "--target", "warm", "-o", "m", "--metric", "rmse"), 2, "metric"),
        (("table.csv", "--target", "warm", "-o", "m", "--test", "no.csv"), 3, "no.csv"),
    ],
)
def test_mistakes(command, table, tmp_path, words, code, said):
    done = command("train", "table", *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr and not (tmp_path / "m").exists()


def test_settings_from_a_file(command, table, tmp_path, objects):
    (tmp_path / "run.toml").write_text("[train.table]\ndim = '3'\nepochs = 2\nvalid = '0.2'\n")
    shown = objects(command("train", "table", "--config", "run.toml", "--lr", "0.01",
                            "--print-config", "--json").stdout)  # fmt: skip
    found = {one["name"]: (one["value"], one["origin"]) for one in shown}
    assert found["dim"] == ("3", "config") and found["lr"] == (0.01, "option")
    assert found["knots"] == (32, "default") and found["hidden"] == ("128,64", "default")
    text = command("train", "table", "--config", "run.toml", "--print-config").stdout
    (tmp_path / "again.toml").write_text(text)
    again = command("train", "table", "--config", "again.toml", "--print-config")
    assert re.sub(" +# .*", "", again.stdout) == re.sub(" +# .*", "", text)
    (tmp_path / "bad.toml").write_text("[words]\ndim = 3\n")
    assert "no such setting" in command("train", "table", "--config", "bad.toml").stderr


def test_the_help_says_what_the_code_says():
    own = {one.name: one.default for kind in (Columns, Reading) for one in fields(kind)}
    assert {one.field for one in SETTINGS} == set(own)
    assert {one.field for one in SETTINGS if one.owner == COLUMNS} == {
        one.name for one in fields(Columns)
    }
    for one in SETTINGS:
        if one.field in WORDS:
            assert (own[one.field], one.default) == WORDS[one.field]
        else:
            assert str(own[one.field]) == one.default


def test_a_share_is_a_number_and_a_file_is_not():
    assert converted("valid", "0.2") == 0.2 and converted("valid", "v.csv") == "v.csv"
    assert converted("dim", "7") == "7"


def test_a_column_is_drawn(command, table, tmp_path, objects):
    command("train", "table", table, "--target", "warm", "-o", "m", *SMALL)
    done = command("draw", "m/colour", "-o", "c.svg", "--title", "Colours", "--json")
    assert objects(done.stdout)[-1]["items"] == 6
    text = "".join(ElementTree.parse(tmp_path / "c.svg").getroot().itertext())
    assert all(one in text for one in ("red", "orange", "blue", "green", "Colours"))
    for words, said in (
        (("m/colour",), "-o picture.svg"),
        (("m/colour", "-o", "c.png"), ".svg"),
        (("m", "-o", "c.svg"), "MODEL/colour"),
    ):
        failed = command("draw", *words)
        assert failed.returncode in (2, 3) and said in failed.stderr


@pytest.mark.skipif(not TITANIC.exists(), reason="needs the data sets (ROWSPACE_DATA)")
def test_the_passengers_of_the_titanic(command, tmp_path, objects):
    done = command(
        "train", "table", TITANIC, "--target", "survived", "--ignore", "alive", "-o", "m",
        "--no-baselines", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scores = {one["name"]: one["value"] for one in objects(done.stdout) if one["type"] == "score"}
    assert scores["auc"] > 0.75
    with TITANIC.open() as file:
        ages = [row["age"] for row in csv.DictReader(file)]
    assert "" in ages and files.load(tmp_path / "m").config["columns"][2]["kind"] == "number"
