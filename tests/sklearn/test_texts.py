"""The estimators of texts: given models and learned ones, columns of all kinds, a search."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

import pandas as pd
import polars as pl
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline

import rowspace as rs
from rowspace.errors import InputError, SettingError
from rowspace.sklearn import TextClassifier, TextVectors

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
MESSAGES = DATA / "spam" / "SMSSpamCollection"
TEXTS = ["the cat sat", "a dog barks", "the dog sat", "a cat purrs", "", "the cat and the dog"]


def vectors() -> rs.Vectors:
    return rs.Vectors.random(["the", "a", "cat", "dog", "sat", "barks", "purrs", "and"], 6)


@pytest.fixture(scope="module")
def messages():
    if not MESSAGES.exists():
        pytest.skip(f"{MESSAGES} is not there (ROWSPACE_DATA)")
    lines = sorted({line for line in MESSAGES.read_text("utf-8").split("\n") if line})
    labels, texts = zip(*(line.split("\t", 1) for line in lines), strict=True)
    return train_test_split(list(texts), list(labels), random_state=0, stratify=labels)


def test_sms_are_told_by_a_classifier(messages):
    train, test, y, truth = messages
    model = TextClassifier(epochs=5, random_state=0).fit(train, y)
    assert model.score(test, truth) > 0.975
    assert model.classes_.tolist() == ["ham", "spam"]
    found = model.predict_proba(["", *test[:20]])
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[0, 0] > 0.6  # of nothing the commoner class is likelier


def test_sms_as_vectors_in_a_pipeline(messages):
    train, test, y, truth = messages
    model = make_pipeline(
        TextVectors(dim=50, random_state=0), LogisticRegression(C=100, max_iter=2000)
    )
    assert model.fit(train, y).score(test, truth) > 0.95  # 0.87 are ham


def test_a_search_over_a_classifier(messages):
    train, _, y, _ = messages
    small = TextClassifier(epochs=2, random_state=0)
    search = GridSearchCV(small, {"words": [1, 2], "maxn": [0, 4]}, cv=2, error_score="raise")
    assert search.fit(train[:400], y[:400]).best_score_ > 0.9


def test_vectors_that_are_given_are_used_as_they_are(tmp_path):
    given = vectors()
    rs.save(rs.Model(given), tmp_path / "m")
    plain = rs.TextVectors.fit(given, TEXTS, weighting="mean").transform(TEXTS)
    sif = rs.TextVectors.fit(given, TEXTS, weighting="sif").transform(TEXTS)
    for model in (given, rs.Model(given), tmp_path / "m", str(tmp_path / "m")):
        own = TextVectors(model=model, weighting="mean").fit(TEXTS)
        np.testing.assert_array_equal(own.transform(TEXTS), plain)
        again = clone(own)
        assert again.model is own.model  # not copied
        again.set_params(weighting="sif").fit(TEXTS)
        np.testing.assert_array_equal(again.transform(TEXTS), sif)
    with pytest.raises(SettingError, match="model must be a path"):
        TextVectors(model=3).fit(TEXTS)


def test_columns_of_every_kind():
    own = TextVectors(model=vectors(), weighting="mean")
    want = own.fit(TEXTS).transform(TEXTS)
    series = pd.Series(TEXTS, name="said")
    some = (series, pl.Series("said", TEXTS), np.array(TEXTS), np.array(TEXTS, object))
    for x in (*some, np.array(TEXTS)[:, None], pd.DataFrame({"said": TEXTS}), [[t] for t in TEXTS]):
        np.testing.assert_array_equal(own.fit(x).transform(x), want)
    assert own.transform([None, float("nan"), "cat"]).any(axis=1).tolist() == [False, False, True]
    two = pd.DataFrame({"a": ["the cat", None], "b": ["sat", "a dog"]})
    np.testing.assert_array_equal(
        own.fit(two).transform(two), own.fit(TEXTS).transform(["the cat sat", "a dog"])
    )


def test_names_of_what_comes_out():
    given = {"model": vectors(), "weighting": "mean"}
    assert TextVectors(**given).fit(TEXTS).get_feature_names_out()[0] == "text_0"
    table = pd.DataFrame({"said": TEXTS, "n": range(6)})
    found = TextVectors(**given).set_output(transform="pandas").fit_transform(table[["said"]])
    assert list(found.columns) == [f"said_{at}" for at in range(6)]
    both = make_column_transformer(
        (TextVectors(**given), "said"), ("passthrough", ["n"]), verbose_feature_names_out=False
    ).set_output(transform="polars")
    assert both.fit_transform(table).columns == [*(f"said_{at}" for at in range(6)), "n"]


def test_it_goes_to_other_processes():
    labels = ["a", "b", "a", "b", "a", "b"]
    for made in (TextVectors(dim=4, epochs=2), TextVectors(model=vectors()), TextClassifier()):
        fitted = made.fit(TEXTS, labels)
        ask = "transform" if isinstance(made, TextVectors) else "predict_proba"
        again = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(getattr(again, ask)(TEXTS), getattr(fitted, ask)(TEXTS))


def test_what_is_wrong_is_said():
    with pytest.raises(InputError, match="came one text"):
        TextVectors().fit("the cat sat")
    with pytest.raises(InputError, match="0 sample"):
        TextClassifier().fit([], [])
    with pytest.raises(InputError, match="no text has a word"):
        TextVectors().fit(["", " "])
    with pytest.raises(InputError, match="wanted a column of texts, came one of int64"):
        TextVectors().fit(np.arange(3))
    with pytest.raises(InputError, match="one class only"):
        TextClassifier().fit(TEXTS, ["a"] * 6)
    with pytest.raises(SettingError, match="n_jobs"):
        TextClassifier(n_jobs=0).fit(TEXTS, [*"ababab"])
    with pytest.raises(InputError, match="wanted 2 columns, as at fit"):
        TextVectors(model=vectors()).fit([["a", "cat"], ["the", "dog"]]).transform(TEXTS)


def test_classes_keep_their_type_and_weights_count():
    y = np.array([3, 1, 3, 1, 1, 3])
    model = TextClassifier(random_state=0).fit(TEXTS, y)
    assert model.predict(TEXTS).dtype == y.dtype and model.classes_.tolist() == [1, 3]
    both = ["spring", "spring"] * 20
    for heavy in (1, 3):
        weights = {1: 0.5, 3: 0.5, heavy: 30.5}
        model = TextClassifier(class_weight=weights, random_state=0).fit(both, [1, 3] * 20)
        assert model.predict(both[:1]).tolist() == [heavy]


@pytest.mark.slow
def test_a_search_on_several_processes(messages):
    train, _, y, _ = messages
    steps = make_pipeline(TextVectors(dim=20, epochs=2), LogisticRegression())
    grid = {"textvectors__weighting": ["mean", "sif"]}
    search = GridSearchCV(steps, grid, cv=2, n_jobs=2, error_score="raise")
    assert search.fit(train[:300], y[:300]).best_score_ > 0.8


def test_without_scikit_learn_the_error_names_the_extra():
    code = (
        "import importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'sklearn' else found(name, *a)\n"
        "import rowspace.sklearn"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode != 0
    assert 'pip install "rowspace[sklearn]"' in done.stderr
