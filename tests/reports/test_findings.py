"""Each warning is said where it is true, and not where it is not."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import rowspace as rs
from rowspace.reports.findings import findings
from rowspace.vectors import Model, Vectors


@pytest.fixture(scope="module")
def calm(words):
    """A content of which nothing is to be said but that nothing was measured."""
    return dict(rs.report(words, title="words", points=0).content)


def said(content, **changes) -> list[str]:
    changed = copy.deepcopy({**content, **changes})
    return [f"{one['level']}: {one['message']}" for one in findings(changed)]


def loss(*values) -> dict:
    return {"name": "loss", "of": "training", "values": list(values), "better": "lower"}


def valid(*values, better="higher") -> dict:
    return {"name": "accuracy", "of": "validation", "values": list(values), "better": better}


def score(value, low=None, high=None, **more) -> dict:
    return {"name": "accuracy", "value": value, "low": low, "high": high, "n": 50, **more}


def test_a_calm_one(calm):
    assert [one.split(":")[0] for one in said(calm)] == ["note"]
    assert "Nothing was measured" in said(calm)[0]


@pytest.mark.parametrize(
    ("curves", "best", "wanted"),
    [
        ([loss(4, 3, 2)], None, "still falling"),
        ([loss(4, 3, 2.99)], None, None),
        ([loss(4, 3)], None, None),
        ([loss(4, 2, 2.5)], None, "rose"),
        ([loss(4, 3, 2, 1.9, 1.85), valid(0.6, 0.8, 0.7, 0.65, 0.6)], 2, "since epoch 2"),
        ([loss(4, 3, 2, 1.9, 1.85), valid(0.6, 0.7, 0.8, 0.81, 0.8)], 4, None),
        ([loss(4, 3, 2, 1.9, 1.85), valid(5, 3, 4, 5, 6, better="lower")], 2, "since epoch 2"),
        ([loss(4, 3, 2), valid(0.5, 0.6, 0.5)], 2, None),
    ],
)
def test_training(calm, curves, best, wanted):
    found = [one for one in said(calm, curves=curves, best_epoch=best) if "measured" not in one]
    assert (not found) if wanted is None else (len(found) == 1 and wanted in found[0])


def test_over_fitting_is_a_note_where_the_best_epoch_was_kept(calm):
    curves = [loss(4, 3, 2, 1.9, 1.85), valid(0.6, 0.8, 0.7, 0.65, 0.6)]
    assert any(one.startswith("note: Over") for one in said(calm, curves=curves, best_epoch=2))
    assert any(one.startswith("warning: Over") for one in said(calm, curves=curves))


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        ({"tokens": 2_000_000, "kept": 1_500_000}, "25.0% of the words"),
        ({"tokens": 5000, "kept": 5000}, "5,000 words of text are few"),
    ],
)
def test_data(calm, data, wanted):
    assert any(wanted in one for one in said(calm, data=data))


@pytest.mark.parametrize(
    ("own", "simple", "wanted"),
    [
        (score(0.8, 0.79, 0.81), 0.7, None),
        (score(0.7, 0.69, 0.71), 0.7, "warning: accuracy 0.7 is not better"),
        (score(0.72, 0.69, 0.75), 0.7, "note: accuracy 0.72 is above"),
        (score(0.8, 0.79, 0.81, better="lower"), 0.7, "warning: accuracy 0.8 is not better"),
        (score(0.6, 0.59, 0.61, better="lower"), 0.7, None),
        (score(0.8, 0.7, 0.9), 0.1, "note: The interval of accuracy is 0.20 wide"),
        (score(None), 0.1, None),
    ],
)
def test_scores_beside_simpler_ways(calm, own, simple, wanted):
    baselines = [{"name": "tf-idf", "scores": [score(simple)]}]
    found = said(calm, scores=[own], baselines=baselines)
    assert (not found) if wanted is None else (len(found) == 1 and found[0].startswith(wanted))


def test_labels(calm):
    rows = [
        {"label": "spam", "cases": 7, "answers": 0},
        {"label": "ham", "cases": 9, "answers": 16},
        {"label": "eggs", "cases": 0, "answers": 0},
    ]
    (found,) = [one for one in said(calm, labels=rows) if "Never" in one]
    assert "'spam'" in found and "ham" not in found and "eggs" not in found
    assert any("never saw" in one for one in said(calm, unseen_labels={"new": 3}))


def test_what_the_training_said_and_how_it_ran(calm):
    found = said(calm, warned=["many duplicates"], determinism="fast", scored_on="validation",
                 scores=[score(0.8)])  # fmt: skip
    assert any("many duplicates" in one for one in found)
    assert any("Not deterministic" in one for one in found)
    assert any("validation part" in one for one in found)


def test_vectors_that_are_nearly_parallel_and_hubs():
    rng = np.random.default_rng(0)
    names = [f"w{at}" for at in range(700)]
    rows = rng.standard_normal((700, 20)) + 5
    found = rs.report(Model(Vectors.from_arrays(names, rows)), points=0).findings
    assert any("nearly parallel" in one["message"] for one in found)
    rows = rng.standard_normal((700, 20))
    rows[0] = 0.01
    rows[1:] += np.abs(rng.standard_normal((699, 1)))
    report = rs.report(Model(Vectors.from_arrays(names, rows)), points=0)
    assert report.content["tables"][0]["shape"]["hubs"][0]["item"] == "w0"
    assert any("near to very many" in one["message"] for one in report.findings)
