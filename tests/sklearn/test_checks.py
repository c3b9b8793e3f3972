"""scikit-learn's own checks of estimators, every one of them."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import parametrize_with_checks

from rowspace.sklearn import (
    EmbeddingClassifier,
    EmbeddingEncoder,
    EmbeddingRegressor,
    TextClassifier,
    TextVectors,
)

EXCEPTIONS: dict[str, dict[str, str]] = {}
"""Checks that are known to fail, by estimator, with the reason. docs/scikit-learn.md lists them."""

pytestmark = [
    pytest.mark.filterwarnings("ignore:column"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning"),
]


@parametrize_with_checks(
    [
        EmbeddingEncoder(),
        EmbeddingEncoder(categorical_features="all", min_count=1, hidden=(8,)),
        EmbeddingClassifier(),
        EmbeddingRegressor(),
        TextVectors(dim=8),
        TextVectors(weighting="mean", dim=8),
        TextClassifier(),
    ],
    expected_failed_checks=lambda estimator: EXCEPTIONS.get(type(estimator).__name__, {}),
)
def test_scikit_learns_check(estimator: Any, check: Any) -> None:
    check(estimator)
