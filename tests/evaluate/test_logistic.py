"""Logistic and ridge regression held to scikit-learn's."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.design import Sparse, design
from rowspace.evaluate.features import learn_tf_idf, words_in
from rowspace.evaluate.logistic import fit_logistic
from rowspace.evaluate.ridge import fit_ridge
from rowspace.ragged import Ragged


@pytest.fixture(scope="module")
def linear():
    return pytest.importorskip("sklearn.linear_model")


def dense(seed=0, n=300, features=12):
    random = np.random.default_rng(seed)
    x = random.normal(size=(n, features)) * random.random(features) * 5
    return x, random


def sparse(x):
    """The same features as a Ragged."""
    rows, ids = np.nonzero(x)
    offsets = np.append(0, np.cumsum(np.bincount(rows, minlength=len(x))))
    return Ragged(ids, offsets, x[rows, ids])


def lines(path, encoding="utf-8"):
    pairs = [line.split(b" ", 1) for line in path.read_bytes().split(b"\n") if line]
    labels = [label.split(b":")[0] for label, _ in pairs]
    names = sorted(set(labels))
    return [text for _, text in pairs], np.array([names.index(one) for one in labels])


@pytest.mark.parametrize("labels", [2, 4])
@pytest.mark.parametrize("c", [0.1, 30.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_as_scikit_learn(linear, labels, c, weighted):
    x, random = dense()
    y = (x[:, :labels] + random.normal(size=(300, labels))).argmax(axis=1)
    weights = random.random(300) if weighted else None
    oracle = linear.LogisticRegression(C=c, tol=1e-9, max_iter=5000).fit(x, y, weights)
    for form in (x, sparse(x), x.astype(np.float32)):
        found = fit_logistic(form, y, c=c, weights=weights)
        assert found.linear.converged
        assert found.probabilities(form) == pytest.approx(oracle.predict_proba(x), abs=1e-4)


def test_several_labels_one_by_one(linear):
    x, random = dense(1)
    y = x[:, :3] + random.normal(size=(300, 3)) > 0.5
    found = fit_logistic(x, y, c=2.0).probabilities(x)
    for label in range(3):
        one = linear.LogisticRegression(C=2.0, tol=1e-9, max_iter=5000).fit(x, y[:, label])
        assert found[:, label] == pytest.approx(one.predict_proba(x)[:, 1], abs=1e-4)


@pytest.mark.parametrize(("c", "n"), [(1.0, 300), pytest.param(10.0, 1500, marks=pytest.mark.slow)])
def test_real_questions_as_scikit_learn(linear, data, c, n):
    csr = pytest.importorskip("scipy.sparse").csr_matrix
    texts, y = lines(data / "topic" / "TREC.train")
    texts, y = texts[:n], y[:n]
    vocabulary = words_in(texts)
    bags = vocabulary.bags(texts)
    learned = learn_tf_idf(bags, len(vocabulary.ids), 1 << 20)
    features = learned.features(bags)
    shape = (len(texts), len(learned.keys))
    matrix = csr((features.weights, features.ids, features.offsets), shape=shape)
    oracle = linear.LogisticRegression(C=c, tol=1e-8, max_iter=3000).fit(matrix, y)
    found = fit_logistic(Sparse(features, shape[1]), y, c=c)
    assert found.probabilities(features) == pytest.approx(oracle.predict_proba(matrix), abs=1e-4)


def test_features_of_one_case_are_merged_without_a_trace(linear):
    random = np.random.default_rng(2)
    x = np.where(random.random((60, 400)) < 0.01, random.normal(size=(60, 400)), 0)
    assert ((x != 0).sum(axis=0) == 1).sum() > 50
    y = random.integers(0, 3, 60)
    whole = fit_logistic(x, y, c=5.0)
    assert fit_logistic(sparse(x), y, c=5.0).linear.weights == pytest.approx(
        whole.linear.weights[: int(np.flatnonzero(x.any(axis=0)).max()) + 1], abs=1e-4
    )


def test_start_is_where_it_begins():
    x, random = dense(3)
    y = random.integers(0, 3, 300)
    first = fit_logistic(sparse(x), y)
    again = fit_logistic(sparse(x), y, start=first)
    assert again.linear.steps == 0
    assert again.linear.weights == pytest.approx(first.linear.weights)


def test_labels_that_are_not_there():
    x, _ = dense(4)
    y = np.where(x[:, 0] > 0, 4, 1)
    found = fit_logistic(x, y, labels=6).probabilities(x)
    assert found.shape == (300, 6)
    assert (found[:, [0, 2, 3, 5]] == 0).all() and found.sum(axis=1) == pytest.approx(1)
    only = fit_logistic(x, np.ones(300, int), labels=3).probabilities(x)
    assert (only == [0, 1, 0]).all()
    both = np.stack([x[:, 0] > 0, np.ones(300, bool), np.zeros(300, bool)], axis=1)
    several = fit_logistic(x, both).probabilities(x)
    assert (several[:, 1] == 1).all() and (several[:, 2] == 0).all()


def test_weight_nothing_is_not_there():
    x, random = dense(5)
    y = random.integers(0, 3, 300)
    weights = (np.arange(300) < 200).astype(float)
    found = fit_logistic(x, y, weights=weights)
    alone = fit_logistic(x[:200], y[:200])
    assert found.probabilities(x) == pytest.approx(alone.probabilities(x), abs=1e-4)


def test_unknown_features_and_empty_rows():
    bags = Ragged.of([[0], [1], [0, 1], []])
    found = fit_logistic(bags, [0, 1, 1, 0])
    p = found.probabilities(Ragged.of([[0, 7], [0], []]))
    assert p[0] == pytest.approx(p[1]) and p[2].sum() == pytest.approx(1)


def test_time_is_kept(monkeypatch):
    """By a clock on which every look takes a second."""
    random = np.random.default_rng(6)
    x = random.normal(size=(3000, 300)) ** 3
    clock = SimpleNamespace(monotonic=itertools.count().__next__)
    monkeypatch.setattr("rowspace.evaluate.minimise.time", clock)
    found = fit_logistic(x, random.integers(0, 20, 3000), c=1e4, max_seconds=4)
    assert 0 < found.linear.steps < 4
    assert not found.linear.converged
    assert np.isfinite(found.probabilities(x)).all()


def test_separable_and_huge_numbers_stay_finite():
    x = np.array([[1e6], [-1e6], [2e6], [-3e6]])
    found = fit_logistic(x, [1, 0, 1, 0], c=1e6)
    assert found.probabilities(x).argmax(axis=1).tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("c", [0.5, 20.0])
def test_ridge_as_scikit_learn(linear, c):
    x, random = dense(7)
    y = x @ random.normal(size=(12, 2)) * 100 + 5 + random.normal(size=(300, 2))
    oracle = linear.Ridge(alpha=1 / c).fit(x, y)
    scale = y.std()
    for form in (x, sparse(x)):
        found = fit_ridge(form, y, c=c)
        assert found.predict(form) / scale == pytest.approx(oracle.predict(x) / scale, abs=1e-5)
    one = fit_ridge(x, y[:, 0], c=c)
    assert one.predict(x).shape == (300,)
    assert fit_ridge(x, np.full(300, 4.0)).predict(x) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("x", "y", "more", "message"),
    [
        (np.zeros((0, 2)), [], {}, "no cases"),
        (np.full((2, 1), np.nan), [0, 1], {}, "not finite"),
        (np.zeros((2, 1)), [0], {}, "1 labels for 2"),
        (np.zeros((2, 1)), [0, -1], {}, "from 0 on"),
        (np.zeros((2, 1)), [0, 3], {"labels": 2}, "not one of 2"),
        (np.zeros((2, 1)), [0.5, 1], {}, "whole numbers"),
        (np.zeros((2, 1)), [0, 1], {"weights": [1.0, -1.0]}, "0 or more"),
        (np.zeros((2, 1)), [0, 1], {"weights": [0.0, 0.0]}, "above 0"),
        (np.zeros(2), [0, 1], {}, r"\[n, F\]"),
        (np.array([["a"], ["b"]]), [0, 1], {}, r"\[n, F\]"),
    ],
)
def test_mistakes(x, y, more, message):
    with pytest.raises(InputError, match=message):
        fit_logistic(x, y, **more)


def test_more_mistakes():
    with pytest.raises(SettingError, match="c must be"):
        fit_logistic(np.zeros((2, 1)), [0, 1], c=0)
    with pytest.raises(InputError, match="not finite"):
        fit_ridge(np.zeros((2, 1)), [0.0, np.nan])
    with pytest.raises(InputError, match="3 features, but 2"):
        fit_logistic(np.zeros((2, 2)), [0, 1]).probabilities(np.zeros((1, 3)))
    with pytest.raises(InputError, match="from 0 on"):
        design(Ragged(np.array([-1]), np.array([0, 1])))
