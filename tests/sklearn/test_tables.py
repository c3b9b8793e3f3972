"""The estimators of tables in a Pipeline, a ColumnTransformer, a search; on frames of all kinds."""

from __future__ import annotations

import io
import os
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

import joblib
import pandas as pd
import polars as pl
from sklearn import set_config
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import rowspace as rs
from rowspace.errors import InputError, SettingError
from rowspace.sklearn import EmbeddingClassifier, EmbeddingEncoder, EmbeddingRegressor

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
TITANIC = DATA / "tabular" / "titanic.csv"
QUICK: dict[str, Any] = {"hidden": (16,), "epochs": 8, "random_state": 0}
COLUMNS = ["pclass", "sex", "age", "sibsp", "fare", "embarked"]


def frame(n: int = 600, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """y is yes where the colour is warm, unless the size is above 2."""
    random = np.random.default_rng(seed)
    colour = np.array(["red", "orange", "yellow", "blue", "green"])[random.integers(0, 5, n)]
    size = random.normal(1.5, 1.0, n)
    warm = np.isin(colour, ["red", "orange", "yellow"]) & (size <= 2)
    return pd.DataFrame({"colour": colour, "size": size}), np.where(warm, "yes", "no")


@pytest.fixture(scope="module")
def titanic():
    if not TITANIC.exists():
        pytest.skip(f"{TITANIC} is not there (ROWSPACE_DATA)")
    whole = pd.read_csv(TITANIC)
    return train_test_split(whole[COLUMNS], whole["survived"], random_state=0)


def test_titanic_in_a_pipeline(titanic):
    train, test, y, truth = titanic
    vectors = make_column_transformer(
        (EmbeddingEncoder(dim=4, **QUICK), ["pclass", "sex", "embarked"]),
        (StandardScaler(), ["fare"]),
        verbose_feature_names_out=False,
    )
    model = make_pipeline(vectors, LogisticRegression(max_iter=1000)).fit(train, y)
    assert model.score(test, truth) > max(truth.mean(), 1 - truth.mean()) + 0.1
    wanted = [f"{name}_{at}" for name in ("pclass", "sex", "embarked") for at in range(4)]
    assert model[:-1].get_feature_names_out().tolist() == [*wanted, "fare"]


def test_titanic_with_missing_ages_and_the_same_frame_in_polars(titanic):
    train, test, y, truth = titanic
    assert train["age"].isna().any() and train["embarked"].isna().any()
    model = EmbeddingClassifier(random_state=0).fit(train, y)
    found = model.predict_proba(test)
    assert found.sum(axis=1) == pytest.approx(1)
    assert ((found[:, 1] > 0.5) == truth).mean() > max(truth.mean(), 1 - truth.mean()) + 0.1
    np.testing.assert_allclose(model.predict_proba(pl.from_pandas(test)), found, rtol=1e-6)
    again = EmbeddingClassifier(random_state=0).fit(pl.from_pandas(train), y.to_numpy())
    np.testing.assert_allclose(again.predict_proba(test), found, rtol=1e-6)


def test_a_search_over_a_pipeline(titanic):
    train, test, y, truth = titanic
    steps = make_pipeline(EmbeddingEncoder(**QUICK), StandardScaler(), LogisticRegression())
    steps = make_pipeline(
        make_column_transformer((steps[0], ["pclass", "sex"]), (StandardScaler(), ["fare"])),
        LogisticRegression(),
    )
    grid = {"columntransformer__embeddingencoder__dim": [2, 6], "logisticregression__C": [0.1, 1]}
    search = GridSearchCV(steps, grid, cv=2, error_score="raise").fit(train, y)
    assert search.score(test, truth) > max(truth.mean(), 1 - truth.mean()) + 0.1


def test_levels_unseen_and_missing_have_rows_of_their_own():
    x, y = frame()
    x.loc[::7, "colour"] = None
    coder = EmbeddingEncoder(dim=3, **QUICK).fit(x, y)
    vectors = coder.vectors_["colour"]
    cells = pd.DataFrame({"colour": ["red", "mauve", None], "size": [1.0, 2.0, np.nan]})
    found = coder.transform(cells)
    np.testing.assert_array_equal(found[0, :3], vectors["red"])
    np.testing.assert_array_equal(found[1, :3], vectors["<unseen>"])
    np.testing.assert_array_equal(found[2, :3], vectors["<missing>"])
    np.testing.assert_array_equal(found[:, 3], cells["size"])
    assert vectors.similarity("red", "orange") > vectors.similarity("red", "blue")


@pytest.mark.parametrize(("kind", "made"), [("pandas", pd.DataFrame), ("polars", pl.DataFrame)])
def test_set_output_gives_frames_with_names(kind, made):
    x, y = frame()
    coder = EmbeddingEncoder(dim=2, **QUICK).set_output(transform=kind)
    found = coder.fit_transform(x, y)
    assert isinstance(found, made)
    assert list(found.columns) == ["colour_0", "colour_1", "size"]
    try:
        set_config(transform_output=kind)
        assert isinstance(EmbeddingEncoder(dim=2, **QUICK).fit_transform(x, y), made)
    finally:
        set_config(transform_output="default")


def test_which_columns_are_categories():
    x, y = frame()
    x["few"], x["many"] = np.arange(len(x)) % 4, np.arange(len(x)) % 40
    x["flag"] = x["few"] > 1
    x["kind"] = pd.Categorical.from_codes(x["many"], [str(at) for at in range(40)])
    whole = EmbeddingEncoder(dim=1, **QUICK).fit(x, y)
    assert sorted(whole.vectors_) == ["colour", "few", "flag", "kind", "many", "size"]
    names = ["colour_0", "size", "few_0", "many", "flag_0", "kind_0"]
    assert whole.get_feature_names_out().tolist() == names
    some = EmbeddingEncoder(dim=1, categorical_features=["many", 0], **QUICK)
    with pytest.raises(InputError, match="wanted a number"):  # a column of text is no number
        some.fit(x.assign(few=x["colour"]), y)
    found = some.fit(x[["colour", "size", "few", "many"]], y).get_feature_names_out()
    assert found.tolist() == ["colour_0", "size", "few", "many_0"]
    marked = EmbeddingEncoder(dim=1, categorical_features=[True, False], **QUICK)
    assert marked.fit(x[["few", "many"]], y).get_feature_names_out().tolist() == ["few_0", "many"]
    with pytest.raises(SettingError, match="categorical_features must be one of"):
        EmbeddingEncoder(categorical_features=["nothing"]).fit(x, y)
    with pytest.raises(SettingError, match="2 truth values"):
        marked.set_params(categorical_features=[True]).fit(x[["few", "many"]], y)
    with pytest.raises(SettingError, match="auto"):
        EmbeddingEncoder(categorical_features="none").fit(x, y)


def test_an_array_of_objects_has_texts_and_numbers():
    x, y = frame()
    whole = EmbeddingEncoder(dim=2, **QUICK).fit(x.to_numpy(dtype=object), y)
    assert whole.get_feature_names_out().tolist() == ["x0_0", "x0_1", "x1"]
    np.testing.assert_array_equal(
        whole.transform(x.to_numpy(dtype=object)), EmbeddingEncoder(dim=2, **QUICK)
        .fit_transform(x, y),
    )  # fmt: skip


def test_numbers_pass_where_nothing_is_a_category():
    x, y = np.random.default_rng(0).normal(size=(30, 2)), np.arange(30) % 2
    coder = EmbeddingEncoder().fit(x, y)
    np.testing.assert_array_equal(coder.transform(x), x)
    assert coder.vectors_ == {} and not hasattr(coder, "model_")


def test_the_target_of_an_encoder_may_be_a_number():
    x, _ = frame()
    price = np.where(x["colour"] == "red", 50.0, 10.0) + x["size"]
    coder = EmbeddingEncoder(dim=2, hidden=(16,), epochs=30, random_state=0)
    model = make_pipeline(coder, Ridge()).fit(x, price)
    assert model.score(x, price) > 0.9
    assert coder.set_params(task="classes").fit(x, np.round(price / 10)).vectors_
    with pytest.raises(SettingError, match="task must be one of auto"):
        coder.set_params(task="colour").fit(x, price)


@pytest.mark.parametrize(
    "classes", [("no", "yes"), (False, True), (-1, 1), (1.5, 2.5), ("none", "some"), (" a", "a")]
)
def test_classes_of_any_type(classes):
    x, y = frame(200)
    y = np.array(classes, object if isinstance(classes[0], str) else None)[(y == "yes").astype(int)]
    if isinstance(classes[0], float):  # scikit-learn takes these for numbers
        with pytest.raises(ValueError, match="continuous"):
            EmbeddingClassifier(**QUICK).fit(x, y)
        return
    model = EmbeddingClassifier(**QUICK).fit(x, y)
    assert model.classes_.tolist() == sorted(classes)
    assert set(model.predict(x).tolist()) <= set(classes)


def test_weights_are_copies_and_the_order_does_not_count():
    x, y = frame(150)
    random = np.random.default_rng(1)
    weights = random.integers(0, 4, len(x))
    rows = random.permutation(np.repeat(np.arange(len(x)), weights))
    one = EmbeddingClassifier(**QUICK).fit(x, y, sample_weight=weights)
    two = EmbeddingClassifier(**QUICK).fit(x.iloc[rows], y[rows])
    np.testing.assert_array_equal(one.predict_proba(x), two.predict_proba(x))


def test_weights_that_are_no_copies_weigh():
    x, y = frame()
    heavy = np.where(y == "yes", 40.5, 0.5)
    found = [
        EmbeddingClassifier(random_state=0).fit(x, y, sample_weight=one).predict_proba(x)[:, 1]
        for one in (None, heavy)
    ]
    assert (found[1] >= found[0] - 0.01).all() and found[1].min() > found[0].min()
    own = EmbeddingClassifier(class_weight={"yes": 40.5, "no": 0.5}, random_state=0).fit(x, y)
    np.testing.assert_allclose(own.predict_proba(x)[:, 1], found[1])


def test_one_seed_gives_the_same_bits_and_none_another():
    x, y = frame(200)
    one, two = (EmbeddingClassifier(**QUICK).fit(x, y).predict_proba(x) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    state = np.random.RandomState(0)
    three, four = (
        EmbeddingClassifier(**{**QUICK, "random_state": state}).fit(x, y).predict_proba(x)
        for _ in range(2)
    )
    assert not np.array_equal(three, four)


@pytest.mark.parametrize("kind", [EmbeddingEncoder, EmbeddingClassifier, EmbeddingRegressor])
def test_it_goes_to_other_processes_and_into_files(kind):
    x, y = frame(200)
    fitted = kind(**QUICK).fit(x, (y == "yes").astype(float) if kind is EmbeddingRegressor else y)
    ask = "transform" if kind is EmbeddingEncoder else "predict"
    file = io.BytesIO()
    joblib.dump(fitted, file)
    file.seek(0)
    for again in (pickle.loads(pickle.dumps(fitted)), joblib.load(file)):
        np.testing.assert_array_equal(getattr(again, ask)(x), getattr(fitted, ask)(x))
    assert not hasattr(clone(fitted), "model_")


def test_the_model_is_kept_and_opened_elsewhere(tmp_path):
    x, y = frame()
    model = EmbeddingClassifier(**QUICK).fit(x, y)
    rs.save(model.model_, tmp_path / "m")
    opened = rs.load(tmp_path / "m")
    assert opened.parts["colour"].vectors["red"] == pytest.approx(model.vectors_["colour"]["red"])
    assert opened.config["target"]["classes"] == ["no", "yes"]


def test_a_regressor_tells_numbers():
    x, _ = frame()
    price = np.where(x["colour"] == "red", 50.0, 10.0) + 3 * x["size"]
    scores = cross_val_score(EmbeddingRegressor(random_state=0), x, price, cv=2)
    assert scores.min() > 0.9


def test_what_cannot_be_learned():
    x, y = frame(60)
    with pytest.raises(InputError, match="one class only"):
        EmbeddingClassifier().fit(x, ["a"] * 60)
    with pytest.raises(InputError, match="infinity: column 'size', row 3"):
        EmbeddingClassifier().fit(x.assign(size=[np.inf if at == 3 else at for at in range(60)]), y)
    with pytest.raises(SettingError, match="lr must be"):
        EmbeddingClassifier(lr=-1).fit(x, y)
    with pytest.raises(SettingError, match="validation_fraction must be above 0"):
        EmbeddingRegressor(validation_fraction=2).fit(x, np.arange(60.0))
    with pytest.raises(InputError, match="sample_weight must be from 0"):
        EmbeddingClassifier().fit(x, y, sample_weight=-np.ones(60))
    with pytest.raises(NotFittedError):
        EmbeddingClassifier().predict(x)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = EmbeddingClassifier(**QUICK).fit(x, y)
    with pytest.raises(InputError, match="two columns are called 'size'"):
        model.fit(x.set_axis(["size", "size "], axis=1), y)
    model = EmbeddingClassifier(**QUICK).fit(x, y)
    with pytest.raises(InputError, match="y has one class only, 'a'"):
        EmbeddingEncoder().fit(x, ["a"] * 60)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(x.rename(columns={"size": "length"}))


def test_many_rows_are_judged_by_a_part_of_them():
    x, y = frame(400)
    held = EmbeddingClassifier(**QUICK).fit(x, y).model_.record["data"]
    assert held["validation"] == 60 and held["trained_on"] == 340
    every = EmbeddingClassifier(validation_fraction=None, **QUICK).fit(x, y).model_.record["data"]
    assert every["trained_on"] == every["validation"] == 400
