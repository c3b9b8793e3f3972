"""Metrics by name; fastText's against its own loops, written down again in Python."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.errors import InputError, SettingError
from rowspace.evaluate import judge, metric
from rowspace.evaluate.curves import best_thresholds


def meter(truth, p, k):
    """fastText's meter.cc: golds, predictions and (score, right) pairs of every label."""
    golds, pairs = {}, {}
    for labels, row in zip(truth, p, strict=True):
        best = np.argsort(-row, kind="stable")[:k].tolist()
        for label in labels:
            golds[label] = golds.get(label, 0) + 1
        for label in best:
            pairs.setdefault(label, []).append((row[label], label in labels))
    return golds, pairs


def curve_of(pairs, gold):
    """meter.cc, precisionRecallCurve."""
    points, found = [], 0
    for place, (score, right) in enumerate(sorted(pairs, key=lambda one: -one[0])):
        found += right
        if points and points[-1][2] == score:
            points.pop()
        points.append((found / (place + 1), found, score))
    full = next((at for at, point in enumerate(points) if point[1] >= gold), len(points))
    kept = [(precision, found / gold) for precision, found, _ in points[: full + 1]]
    return [*kept, (1.0, 0.0)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(0, 100))
def test_fasttexts_own(seed, k, percent):
    random = np.random.default_rng(seed)
    truth = [set(random.integers(0, 3, random.integers(1, 3)).tolist()) for _ in range(12)]
    p = random.integers(0, 5, (12, 3)) / 5
    golds, pairs = meter(truth, p, k)
    everything = [pair for some in pairs.values() for pair in some]
    for label, name in ((None, ""), (1, ":b")):
        some = everything if label is None else pairs.get(label, [])
        gold = sum(golds.values()) if label is None else golds.get(label, 0)
        right = sum(one for _, one in some)
        total = len(some) + gold
        wanted = 2 * right / total if total else math.nan
        assert metric(f"f1{name}", "abc", k=k)(truth, p) == pytest.approx(wanted, nan_ok=True)
        if not gold:
            continue
        points = curve_of(some, gold)
        share = percent / 100
        precision = max((a for a, b in points if b >= share), default=0)
        recall = max((b for a, b in points if a >= share), default=0)
        at_recall = metric(f"precisionAtRecall:{percent}{name}", "abc", k=k)
        at_precision = metric(f"recallAtPrecision:{percent}{name}", "abc", k=k)
        assert at_recall(truth, p) == pytest.approx(precision)
        assert at_precision(truth, p) == pytest.approx(recall)


@pytest.mark.parametrize(
    "name", ["accuracy", "macro-f1", "micro-precision", "weighted-recall", "p@2", "r@2", "auc"]
)
def test_the_same_as_judge(name):
    random = np.random.default_rng(2)
    truth, p = random.integers(0, 2, 50), random.random((50, 2))
    assert metric(name)(truth, p) == pytest.approx(judge(truth, p, k=[1, 2])[name].value)


def test_likelihood_is_minus_the_loss():
    truth, p = [0, 1], np.array([[0.8, 0.2], [0.4, 0.6]])
    assert metric("log-likelihood")(truth, p) == pytest.approx(-judge(truth, p)["log-loss"].value)


def test_labels_with_and_without_a_prefix():
    truth, p = [0, 1], np.array([[0.8, 0.2], [0.4, 0.6]])
    names = ["__label__ham", "spam"]
    assert metric("f1:ham", names)(truth, p) == metric("f1:__label__spam", names)(truth, p) == 1


@pytest.mark.parametrize(
    "name", ["f2", "", "p@", "p@0", "f1:", "precisionAtRecall", "precisionAtRecall:x", "recallAt:3",
             "recallAtPrecision:140"]
)  # fmt: skip
def test_unknown_names(name):
    with pytest.raises(SettingError):
        metric(name, ["a"])


def test_unknown_label():
    with pytest.raises(InputError, match="no label 'spm'") as caught:
        metric("f1:spm", ["ham", "spam"])
    assert "spam" in caught.value.hint
    with pytest.raises(SettingError, match="macro-f1"):
        metric("macro_f1")


def test_best_thresholds_are_the_best():
    random = np.random.default_rng(3)
    truth = random.random((80, 4)) < 0.3
    truth[:, 3] = False
    p = np.clip(truth * 0.2 + random.random((80, 4)), 0, 1)
    thresholds, reached = best_thresholds(truth, p)
    for label in range(3):
        tried = [f1(truth[:, label], p[:, label] >= least) for least in np.unique(p[:, label])]
        assert reached[label] == pytest.approx(max(tried))
        assert f1(truth[:, label], p[:, label] >= thresholds[label]) == pytest.approx(max(tried))
    assert thresholds[3] == 0.5 and reached[3] == 0


def f1(truth, given):
    return 2 * (truth & given).sum() / (truth.sum() + given.sum())
