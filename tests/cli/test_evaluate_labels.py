"""evaluate --labels: scores, a line a label, confusions, and gates that close."""

from __future__ import annotations

from pathlib import Path

import pytest

MODEL = Path(__file__).parents[1] / "golden" / "fasttext" / "softmax.bin"
LINES = """__label__sea море волна лодка
__label__kitchen salt bread oven
__label__hills 山 川 雪
__label__sea рыба берег flour bread
__label__kitchen yeast море salt
__label__city 東京 salt flour
no label
"""


@pytest.fixture
def test_file(tmp_path):
    (tmp_path / "test.txt").write_text(LINES, "utf-8")
    return "test.txt"


def test_scores(process, test_file, objects):
    done = process(
        "evaluate", MODEL, "--labels", test_file, "-k", 1, "-k", 2, "--confusion", "--json"
    )
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    scores = {one["name"]: one for one in found if one["type"] == "score"}
    assert {"accuracy", "p@1", "r@2", "macro-f1", "log-loss", "ece"} <= set(scores)
    assert scores["accuracy"]["n"] == 6 and scores["log-loss"]["better"] == "lower"
    labels = {one["label"]: one for one in found if one["type"] == "label"}
    assert labels["city"]["recall"]["value"] == 0 and labels["city"]["cases"] == 1
    assert labels["city"]["precision"]["value"] is None
    mistakes = [one for one in found if one["type"] == "confusion"]
    wrong = sum(one["cases"] for one in mistakes)
    assert wrong == round(6 * (1 - scores["accuracy"]["value"]))
    told = " ".join(one["message"] for one in found if one["type"] == "warning")
    assert "city (1)" in told and "1 of the examples have no label" in told


def test_lines(command, test_file):
    done = command("evaluate", MODEL, "--labels", test_file, "--confusion")
    assert done.returncode == 0
    assert done.stdout.startswith("accuracy") and "  n 6  " in done.stdout
    assert "confusions: a row a true label" in done.stdout
    rows = [line for line in done.stdout.splitlines() if line.startswith("city")]
    assert len(rows) == 2 and " -  " in rows[0]
    assert "training never saw" in done.stderr


def test_stdin_and_columns(command, tmp_path):
    done = command("evaluate", MODEL, "--labels", "-", stdin=LINES)
    assert done.returncode == 0 and done.stdout.startswith("accuracy")
    (tmp_path / "t.csv").write_text("body,topic\nморе,sea\nsalt,kitchen\n", "utf-8")
    words = ("--labels", "t.csv", "--text", "body", "--label", "topic")
    assert "  n 2  " in command("evaluate", MODEL, *words).stdout
    done = command("evaluate", MODEL, *words[:4], "--label", "subject")
    assert done.returncode == 3 and "topic" in done.stderr


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ("accuracy=0.1", 0), ("accuracy=0.99", 8), ("log-loss=9", 0), ("log-loss=0.01", 8),
        ("recall/city=0", 0), ("recall/city=0.1", 8), ("0.1", 0), ("0.99", 8), ("f1/none=0", 8),
    ],
)  # fmt: skip
def test_gates(command, test_file, gate, code):
    done = command("evaluate", MODEL, "--labels", test_file, "--fail-under", gate)
    assert done.returncode == code, done.stderr
    if gate == "log-loss=0.01":
        assert "over 0.01" in done.stderr


def test_beside_similarity(command, test_file, tmp_path, objects):
    (tmp_path / "pairs.txt").write_text("море волна 9\nморе salt 1\nsalt bread 8\n", "utf-8")
    words = ("--labels", test_file, "--similarity", "pairs.txt", "--json")
    names = [one.get("name") for one in objects(command("evaluate", MODEL, *words).stdout)]
    assert "accuracy" in names and "pairs" in names


def test_mistakes(command, model, test_file):
    done = command("evaluate", model, "--labels", test_file)
    assert done.returncode == 3 and "no labels" in done.stderr
    assert command("evaluate", MODEL, "--labels", "nowhere.txt").returncode == 3
    assert command("evaluate", MODEL, "--labels", test_file, "-k", "0").returncode == 2
    done = command("evaluate", MODEL)
    assert done.returncode == 0 and "--labels FILE" in done.stderr


def test_against_another_model(command, test_file, objects):
    other = MODEL.with_name("ova.bin")
    done = command("evaluate", MODEL, "--labels", test_file, "--against", other, "--json")
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    one = next(o for o in found if o["type"] == "comparison")
    accuracy = next(o for o in found if o["type"] == "score" and o["name"] == "accuracy")
    alone = objects(command("evaluate", other, "--labels", test_file, "--json").stdout)
    told = next(o for o in alone if o.get("name") == "accuracy")
    assert (one["name"], one["test"], one["total"]) == ("accuracy", "McNemar", 6)
    assert one["a_alone"]["value"] == accuracy["value"]
    assert one["b_alone"]["value"] == told["value"]
    assert one["n"] <= 6 and 0 <= one["p"] <= 1
    done = command("evaluate", MODEL, "--labels", "-", "--against", other, stdin=LINES)
    assert done.returncode == 2 and "on a file" in done.stderr
