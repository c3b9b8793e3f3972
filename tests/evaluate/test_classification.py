"""Answers with labels judged, against scikit-learn's figures and ones worked out by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from rowspace.errors import InputError, SettingError
from rowspace.evaluate import judge
from rowspace.evaluate.answered import answered_of
from rowspace.ragged import Ragged


def case(labels, n=400, seed=0):
    """Truth and softmax probabilities that know something of it."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, labels, n)
    scores = random.normal(size=(n, labels))
    scores[np.arange(n), truth] += 1
    p = np.exp(scores)
    return truth, (p / p.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("labels", [2, 5, 40])
def test_one_label_a_case_as_scikit_learn(labels):
    oracle = pytest.importorskip("sklearn.metrics")
    truth, p = case(labels)
    found, answer = judge(truth, p), p.argmax(axis=1)
    assert found["accuracy"].value == pytest.approx(oracle.accuracy_score(truth, answer))
    for average in ("macro", "micro", "weighted"):
        figures = oracle.precision_recall_fscore_support(
            truth, answer, average=average, zero_division=0
        )
        for part, figure in zip(("precision", "recall", "f1"), figures, strict=False):
            assert found[f"{average}-{part}"].value == pytest.approx(figure)
    each = oracle.precision_recall_fscore_support(truth, answer, zero_division=np.nan)
    for row, (precision, recall, f1, cases) in zip(found.labels, np.transpose(each), strict=True):
        values = [row.precision.value, row.recall.value, row.f1.value, row.cases]
        assert values == pytest.approx([precision, recall, f1, cases], nan_ok=True)
    assert found["log-loss"].value == pytest.approx(oracle.log_loss(truth, p), rel=1e-5)
    assert (found.confusion == oracle.confusion_matrix(truth, answer)).all()
    for k in (1, 2) if labels > 2 else (1,):
        top = oracle.top_k_accuracy_score(truth, p if labels > 2 else p[:, 1], k=k)
        assert judge(truth, p, k=k)[f"r@{k}"].value == pytest.approx(top)


def test_several_labels_a_case_as_scikit_learn():
    oracle = pytest.importorskip("sklearn.metrics")
    random = np.random.default_rng(1)
    truth = random.random((300, 6)) < 0.3
    p = np.clip(truth * 0.3 + random.random((300, 6)) * 0.6, 0, 1)
    found, answer = judge(truth, p), p >= 0.5
    assert found["accuracy"].value == pytest.approx(oracle.accuracy_score(truth, answer))
    for average in ("macro", "micro", "weighted"):
        figures = oracle.precision_recall_fscore_support(truth, answer, average=average)
        for part, figure in zip(("precision", "recall", "f1"), figures, strict=False):
            assert found[f"{average}-{part}"].value == pytest.approx(figure)
    each = [oracle.log_loss(truth[:, at], p[:, at]) for at in range(6)]
    assert found["log-loss"].value == pytest.approx(np.mean(each), rel=1e-4)
    sets = [set(np.flatnonzero(row).tolist()) for row in truth]
    assert judge(sets, p).scores == found.scores
    with pytest.raises(InputError, match="no table of confusions"):
        _ = found.confusion


@pytest.mark.parametrize("ties", [False, True])
def test_area_under_the_curve_is_exact(ties):
    oracle = pytest.importorskip("sklearn.metrics")
    truth, p = case(2)
    score = np.round(p[:, 1], 1) if ties else p[:, 1]
    found = judge(truth, score)["auc"]
    assert found.value == pytest.approx(oracle.roc_auc_score(truth, score))
    assert found.low < found.value < found.high
    assert math.isnan(judge(np.zeros(5, int), np.full(5, 0.3))["auc"].value)


def test_calibration_error_by_hand():
    p = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    # Bins of a fifteenth: .9 (one of two right), .6 (wrong) and .8 (right).
    found = judge([0, 1, 1, 1], p)["ece"]
    assert found.value == pytest.approx((2 * abs(0.5 - 0.9) + 0.6 + 0.2) / 4)
    assert found.extra["better"] == "lower"


def test_at_k_is_fasttexts():
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.6, 0.3]])
    found = judge([{0, 2}, {2}], p, k=[1, 2])
    assert [found[name].value for name in ("p@1", "r@1", "p@2", "r@2")] == pytest.approx(
        [1 / 2, 1 / 3, 2 / 4, 2 / 3]
    )


def test_best_few_say_what_all_of_them_say():
    truth, p = case(6)
    order = np.argsort(-p, axis=1)
    offsets = np.arange(len(p) + 1) * 6
    bags = Ragged(order.ravel(), offsets, np.take_along_axis(p, order, axis=1).ravel())
    whole, few = judge(truth, p, k=[1, 3]), judge(truth, bags, k=[1, 3])
    for a, b in zip(whole.scores, few.scores, strict=True):
        assert (a.name, a.n) == (b.name, b.n) and a.value == pytest.approx(b.value, rel=1e-5)
    kept = (np.arange(6) < 3).nonzero()[0]
    best = Ragged(
        order[:, kept].ravel(),
        np.arange(len(p) + 1) * 3,
        np.take_along_axis(p, order[:, kept], axis=1).ravel(),
    )
    third = judge(truth, answered_of(best, 6), k=3)
    assert third["p@3"].value == pytest.approx(whole["p@3"].value)
    with pytest.raises(InputError, match="no score 'log-loss'"):
        _ = third["log-loss"]


def test_labels_never_seen_are_misses_and_told():
    p = np.array([[0.9, 0.1]] * 4)
    found = judge([0, 0, 2, -1], p, labels=["ham", "spam", "new"])
    assert found["accuracy"].value == 0.5
    assert dict(found.unseen) == {"new": 1, "(never seen)": 1}
    assert found["recall/new"].value == 0 and math.isnan(found["precision/new"].value)
    assert found["p@1"].value == 0.5 and found["log-loss"].value > 7
    assert found.confused() == [("new", "ham", 1), ("(never seen)", "ham", 1)]


def test_cases_without_an_answer():
    bags = Ragged(np.array([0, 1]), np.array([0, 1, 1, 2]), np.array([0.9, 0.7], np.float32))
    found = judge([0, 0, 1], answered_of(bags, 2))
    assert found["accuracy"].value == pytest.approx(2 / 3)
    assert found["p@1"].value == 1 and found["r@1"].value == pytest.approx(2 / 3)
    assert found["accuracy"].coverage == pytest.approx(2 / 3)
    assert found.confusion.tolist() == [[1, 0], [0, 1]]
    assert ("0", "", 1) in found.confused()


def test_threshold():
    p = np.array([[0.9, 0.1], [0.55, 0.45]])
    found = judge([0, 0], p, threshold=0.6)
    assert found["accuracy"].value == 0.5 and found["macro-precision"].value == 1
    assert judge([{0}, {0, 1}], p, threshold=np.array([0.5, 0.4]))["accuracy"].value == 1


def test_intervals():
    truth, p = case(3)
    found, again = judge(truth, p, seed=5), judge(truth, p, seed=5)
    assert found.scores == again.scores
    for score in found.scores:
        assert score.low <= score.value <= score.high or score.name == "ece"
    n, share = 400, found["accuracy"].value
    wide = found["accuracy"].high - found["accuracy"].low
    assert wide == pytest.approx(2 * 1.96 * math.sqrt(share * (1 - share) / n), rel=0.15)


def test_intervals_of_many_cases_are_those_of_their_neighbours(monkeypatch):
    from rowspace.evaluate import probability_scores

    truth, p = case(2, n=3000)
    exact = judge(truth, p)
    monkeypatch.setattr(probability_scores, "GROUPS", 200)
    coarse = judge(truth, p)
    for name in ("log-loss", "auc"):
        assert exact[name].value == pytest.approx(coarse[name].value)
        assert exact[name].low == pytest.approx(coarse[name].low, abs=0.01)
        assert exact[name].high == pytest.approx(coarse[name].high, abs=0.01)


def test_data():
    truth, p = case(3)
    found = judge(truth, p, labels=["a", "b", "c"])
    json.dumps([score.as_json() for score in found.scores], allow_nan=False)
    assert [row["label"] for row in found.table()] == ["a", "b", "c"]
    assert found.table()[0]["f1"]["value"] == found["f1/a"].value


@pytest.mark.parametrize(
    ("truth", "p", "message"),
    [
        ([], np.zeros((0, 2)), "nothing to judge"),
        ([0, 1], [[0.5, 0.5]], "2 true labels for 1 answers"),
        ([0], [[0.5, math.nan]], "from 0 to 1"),
        ([0], [[3.0, -2.0]], "not scores"),
        ([0.5], [[0.5, 0.5]], "whole numbers"),
        ([-2], [[0.5, 0.5]], "-1 for unseen"),
        ([[0], 1], [[0.5, 0.5]] * 2, "use lists"),
        ([["a"]], [[0.5, 0.5]], "whole numbers"),
        ([0], np.zeros((1, 0)), "at least one label"),
        ([[True]], [[0.5, 0.5]], "1 columns of truth|whole numbers"),
    ],
)
def test_what_cannot_be_judged(truth, p, message):
    with pytest.raises(InputError, match=message):
        judge(truth, np.asarray(p, np.float64))


def test_settings():
    with pytest.raises(SettingError, match="k must be"):
        judge([0], np.array([[1.0, 0.0]]), k=0)
