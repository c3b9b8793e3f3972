"""What a record keeps of labels one by one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rowspace.evaluate import judge
from rowspace.evaluate.told import LABELS, MISTAKES, SQUARE, told


def judged(labels: int, n: int = 400):
    rng = np.random.default_rng(3)
    answers = rng.dirichlet(np.ones(labels), n)
    return judge(rng.integers(0, labels, n), answers, labels=[f"l{at}" for at in range(labels)])


def test_a_square_of_few_labels():
    found = judged(4)
    kept = told(found)
    assert kept["confusion"]["names"] == ["l0", "l1", "l2", "l3"]
    assert kept["confusion"]["cases"] == found.confusion.tolist()
    assert np.sum(kept["confusion"]["cases"]) == 400
    line = next(row for row in kept["labels"] if row["label"] == "l2")
    assert line["recall"]["value"] == pytest.approx(found["recall/l2"].value, abs=1e-6)
    assert [row["cases"] for row in kept["labels"]] == sorted(
        (row.cases for row in found.labels), reverse=True
    )


def test_the_worst_of_many_labels():
    kept = told(judged(SQUARE * 5, 2000))
    assert len(kept["labels"]) == LABELS
    assert list(kept["confusion"]) == ["mistakes"]
    assert len(kept["confusion"]["mistakes"]) == MISTAKES


def test_several_labels_a_case_have_no_confusions():
    answers = np.array([[0.9, 0.8, 0.1], [0.2, 0.7, 0.1]])
    kept = told(judge([[0, 1], [1]], answers, labels=["a", "b", "c"]))
    assert "confusion" not in kept and kept["labels"]


def test_it_is_data_without_nan():
    answers = np.array([[1.0, 0.0], [1.0, 0.0]])
    text = json.dumps(told(judge([0, 0], answers, labels=["a", "b"])), allow_nan=False)
    assert json.loads(text)["confusion"]["cases"] == [[2, 0], [0, 0]]
