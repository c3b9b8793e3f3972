"""Models with labels judged on examples: fastText's own figures, our classifiers, tables."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import rowspace as rs
from rowspace.corpus.records import records
from rowspace.errors import InputError
from rowspace.evaluate import labels as module
from rowspace.evaluate import metric
from rowspace.evaluate.compared import compare_rows
from rowspace.evaluate.labels import examples, judge_labels, judge_table

GOLDEN = Path(__file__).parents[1] / "golden" / "fasttext"
ONE = """__label__sea море волна лодка
__label__kitchen salt bread oven
__label__hills 山 川 雪
__label__sea рыба берег flour bread
__label__kitchen yeast море salt
__label__hills 東京 salt flour
"""
SEVERAL = """@l6 @l0 море волна
@l0 лодка
@l5 @l1 @l6 salt bread
@l3 東京 雪
@l2 oven flour yeast
"""


@pytest.fixture(scope="module")
def softmax():
    return rs.load(GOLDEN / "softmax.bin")


def test_fasttexts_own_figures(softmax, write):
    """What `fasttext test` says of the same model and file."""
    found = judge_labels(softmax, examples(softmax, write(ONE)), k=[1, 2])
    figures = [found[name].value for name in ("p@1", "r@1", "p@2", "r@2")]
    assert figures == [0.5, 0.5, 0.5, 1.0]
    assert found.names == ("sea", "kitchen", "hills")
    assert found["precision/kitchen"].value == found["precision/sea"].value == 0.5
    assert {"log-loss", "ece"} < {score.name for score in found.scores}


def test_fasttexts_own_figures_of_several_labels(write):
    model = rs.load(GOLDEN / "ova.bin")
    lines = [line.split(" ") for line in SEVERAL.splitlines()]
    texts = [" ".join(word for word in line if word[0] != "@") for line in lines]
    truth = [[word for word in line if word[0] == "@"] for line in lines]
    found = judge_labels(model, module.Examples(texts, truth, 0), k=[1, 2, 3])
    figures = [found[f"{a}@{k}"].value for k in (1, 2, 3) for a in "pr"]
    assert figures == pytest.approx([0.6, 0.375, 0.5, 0.625, 0.4, 0.75])


def test_fasttexts_own_meter():
    """`get_meter` of the same model and file, over two labels a text."""
    model = rs.load(GOLDEN / "ova.bin")
    lines = [line.split(" ") for line in SEVERAL.splitlines()]
    names = model.head.names
    truth = [[names.index(word) for word in line if word[0] == "@"] for line in lines]
    p = np.zeros((5, len(names)), np.float32)
    texts = [" ".join(word for word in line if word[0] != "@") for line in lines]
    for row, answer in zip(p, model.predict(texts, k=-1), strict=True):
        for name, value in answer:
            row[names.index(name)] = value
    wanted = {30: (0.75, 0.625, 0.5, 1.0), 50: (0.5, 0.625, 0.5, 1.0), 80: (0.0, 0.25, 0.5, 0.0)}
    for percent, figures in wanted.items():
        at = ("precisionAtRecall", "recallAtPrecision")
        asked = [f"{name}:{percent}{label}" for label in ("", ":@l6") for name in at]
        assert [metric(one, names, k=2)(truth, p) for one in asked] == pytest.approx(figures)


def test_unseen_labels_and_lines_without_one(softmax, write):
    path = write(ONE + "__label__city flour\n__label__sea\nno label here\n")
    given = examples(softmax, path)
    assert given.dropped == 1
    found = judge_labels(softmax, given)
    assert dict(found.unseen) == {"city": 1} and found["accuracy"].n == 8
    assert found["recall/city"].value == 0


def test_many_labels_ask_for_the_best_only(softmax, write, monkeypatch):
    whole = judge_labels(softmax, examples(softmax, write(ONE)), k=2)
    monkeypatch.setattr(module, "WHOLE", 1)
    monkeypatch.setattr(module, "DEEP", 2)
    few = judge_labels(softmax, examples(softmax, write(ONE)), k=2)
    assert few["accuracy"] == whole["accuracy"] and few["p@2"] == whole["p@2"]
    assert "log-loss" not in {score.name for score in few.scores}


@pytest.mark.parametrize("kind", ["csv", "jsonl", "records"])
def test_columns(softmax, write, kind):
    pairs = [line.split(" ", 1) for line in ONE.splitlines()]
    rows = [{"body": text, "topic": label.removeprefix("__label__")} for label, text in pairs]
    if kind == "csv":
        lines = "".join(f"{row['topic']},{row['body']}\n" for row in rows)
        source = write("topic,body\n" + lines + ",nothing\n", "in.csv")
    elif kind == "jsonl":
        for row in rows:
            row["topic"] = [row["topic"]]
        source = write("".join(json.dumps(row) + "\n" for row in rows), "in.jsonl")
    else:
        source = records(rows)
    given = examples(softmax, source, label="topic")
    assert given.dropped == (1 if kind == "csv" else 0)
    found = judge_labels(softmax, given, text="body")
    assert found["accuracy"].value == 0.5 and found["accuracy"].n == 6
    several = examples(softmax, write("text,label\na,x;y\nb,x\n", "two.csv"), separator=";")
    assert several.labels == [["x", "y"], ["x"]]


def test_mistakes(softmax, write, plane):
    with pytest.raises(InputError, match="no line"):
        examples(softmax, write("море\n"))
    with pytest.raises(InputError, match="topic"):
        examples(softmax, write("text,label\na,b\n", "in.csv"), label="topic")
    with pytest.raises(InputError, match="no row has a label"):
        examples(softmax, write("text,label\na,\nb,\n", "in.csv"))
    with pytest.raises(InputError, match="no labels"):
        judge_labels(rs.Model(plane({"a": (1, 0)})), examples(softmax, write(ONE)))
    with pytest.raises(InputError, match="table"):
        judge_table(softmax, {"a": ["b"]})


def test_our_own_classifier(write):
    words = {"warm": ["red", "orange"], "cold": ["blue", "green"]}
    random = np.random.default_rng(0)
    lines = [
        f"__label__{label} the {random.choice(words[label])} one {random.integers(9)}\n"
        for label in random.choice(["warm", "cold"], 200)
    ]
    train, test = write("".join(lines), "train.txt"), write("".join(lines[:50]), "test.txt")
    settings = {"dim": 8, "epochs": 5, "valid": 0.1, "baselines": False}
    model = rs.train_classifier(train, progress=lambda _: None, **settings)
    found = judge_labels(model, examples(model, test))
    assert found["accuracy"].value > 0.9 and found["accuracy"].n == 50
    assert found["auc"].value > 0.9


@pytest.fixture(scope="module")
def colours():
    random = np.random.default_rng(1)
    colour = random.choice(["red", "orange", "blue", "green"], 300).tolist()
    warm = ["yes" if one in ("red", "orange") else "no" for one in colour]
    size = [float(one == "yes") * 3 + random.random() for one in warm]
    return {"colour": colour, "warm": warm, "size": size}


def test_tables(colours):
    quiet = {"progress": lambda _: None, "baselines": False}
    table = {name: colours[name] for name in ("colour", "warm")}
    model = rs.train_table(table, "warm", **quiet)
    found = judge_table(model, table | {"warm": [*table["warm"][:-2], "perhaps", None]})
    assert found["accuracy"].n == 299 and found["accuracy"].value > 0.9
    assert dict(found.unseen) == {"perhaps": 1}
    with pytest.raises(InputError, match="no row has a value"):
        judge_table(model, {"colour": ["red"], "warm": [None]})
    compared = compare_rows(model, model, table | {"warm": [*table["warm"][:-2], "perhaps", None]})
    assert (compared.name, compared.n) == ("accuracy", 299)
    assert compared.tested.a == compared.alone[1].value == found["accuracy"].value
    assert (compared.difference, compared.tested.p) == (0, 1.0)


def test_tables_of_numbers(colours):
    table = {name: colours[name] for name in ("colour", "size")}
    model = rs.train_table(table, "size", progress=lambda _: None, baselines=False)
    found = {score.name: score for score in judge_table(model, table)}
    assert list(found) == ["rmse", "mae", "r2"] and found["r2"].value > 0.5
    compared = compare_rows(model, model, table)
    assert (compared.name, compared.extra["better"]) == ("mae", "lower")
    assert compared.tested.b == pytest.approx(found["mae"].value)
