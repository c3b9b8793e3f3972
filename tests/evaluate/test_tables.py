"""Rows whose target is known, judged: which count, how a class is recognised."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.corpus.records import records
from rowspace.errors import InputError
from rowspace.evaluate.tables import table_scores, truth_of
from rowspace.vectors.table_columns import Column, Sheet, reserved_levels, spellings
from rowspace.vectors.tabular import Answer, Tabular


def model(classes: tuple[str, ...] | None) -> Tabular:
    """Answers with the number `n`, or with the class of that place."""
    levels = reserved_levels({"0": 1, "1": 1}, min_count=1, max_size=None)
    column = Column("n", "number", "n", levels, np.zeros(0), np.zeros(0, np.float32))
    rows = np.array([[0.5, 0.5], [0.5, 0.5], [1, 0], [0, 1]], np.float32)
    weights = np.eye(2, dtype=np.float32) if classes else np.array([[0], [1]], np.float32)
    biases = np.zeros(weights.shape[1], np.float32)
    sheet = Sheet((column,), spellings(None))
    return Tabular(sheet, (rows,), ((weights * 9, biases),), Answer("y", classes, scale=1 / 9))


def test_classes():
    table = records({"n": [0, 1, 1, 0], "y": ["a", "b", "a", None]})
    found = {one.name: one for one in table_scores(model(("a", "b")), table)}
    assert list(found) == ["accuracy", "macro-f1", "auc", "log-loss", "ece"]
    assert found["accuracy"].value == pytest.approx(2 / 3) and found["accuracy"].n == 3


def test_numbers():
    table = records({"n": [0, 1, 1], "y": ["0", "1", "3"]})
    found = {one.name: one.value for one in table_scores(model(None), table)}
    assert found == pytest.approx({"rmse": (4 / 3) ** 0.5, "mae": 2 / 3, "r2": 1 - 4 / (14 / 3)})


def test_a_class_that_was_never_seen_is_a_miss():
    table = records({"n": [0, 1], "y": ["a", "c"]})
    found = {one.name: one.value for one in table_scores(model(("a", "b")), table)}
    assert found["accuracy"] == 0.5


def test_a_full_stop_is_left_out_where_no_class_is_known():
    answer = Answer("y", ("<=50K", ">50K"))
    truth, there = truth_of(answer, records({"y": [">50K.", "<=50K.", "?"]}))
    assert truth.tolist()[:2] == [1, 0] and there.tolist() == [True, True, False]
    truth, _ = truth_of(answer, records({"y": [">50K.", "<=50K"]}))
    assert truth.tolist() == [-1, 0]


def test_nothing_to_judge():
    with pytest.raises(InputError, match="no row has a target"):
        table_scores(model(("a", "b")), records({"n": [1], "y": [None]}))
    with pytest.raises(InputError, match="wanted a column 'y'"):
        table_scores(model(("a", "b")), records({"n": [1]}))
