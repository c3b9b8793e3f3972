"""Scores and baselines as tables of a model card."""

from __future__ import annotations

import pytest

from rowspace.files.card_scores import beside_baselines, score_table

SCORE = {"name": "accuracy", "value": 0.81, "n": 100, "coverage": 1.0, "low": 0.79, "high": 0.83}


def page(record: dict) -> str:
    return "".join(beside_baselines(record))


def test_beside_baselines() -> None:
    record = {
        "scores": [SCORE, {"name": "macro F1", "value": 0.7}],
        "baselines": [
            {
                "name": "bag|of\nwords",
                "scores": [{**SCORE, "value": 0.8}],
                "bytes": 12345,
                "seconds": 1.5,
            },
            {"name": "random", "scores": [{"name": "accuracy", "value": None}], "bytes": 0},
        ],
    }
    assert page(record).splitlines() == [
        "## Beside simpler answers to the same task",
        "|  | accuracy | macro F1 | memory | seconds |",
        "| --- | --- | --- | --- | --- |",
        "| **this model** | 0.81 (0.79 to 0.83) | 0.7 | – | – |",
        r"| bag\|of words | 0.8 (0.79 to 0.83) | – | 12.3 kB | 1.5 |",
        "| random | – | – | 0 bytes | – |",
    ]
    assert "accuracy | 0.81 | 0.79 to 0.83 | 100 | 1" in score_table(record["scores"])


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"baselines": None},
        {"baselines": []},
        {"baselines": "many"},
        {"baselines": [5]},
        {"scores": 3, "baselines": [{}]},
        {
            "scores": [5],
            "baselines": [{"name": 5, "scores": {"a": 1}, "bytes": "x", "seconds": []}],
        },
        {"scores": [{}], "baselines": [{"name": None, "scores": [{"name": ["x"]}], "bytes": True}]},
    ],
)
def test_a_record_may_hold_anything(record: dict) -> None:
    assert page(record) == "" or page(record).startswith("## Beside")
    score_table(record.get("scores"))
