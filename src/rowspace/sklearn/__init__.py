"""rowspace inside scikit-learn: estimators for a Pipeline, a ColumnTransformer, a GridSearchCV.

    from rowspace.sklearn import EmbeddingEncoder, TextClassifier

    make_pipeline(EmbeddingEncoder(), LogisticRegression()).fit(frame, y)
    TextClassifier().fit(texts, labels).predict_proba(others)

They pass scikit-learn's own checks of estimators (docs/scikit-learn.md). Needs the `sklearn` extra.
"""

from __future__ import annotations

from importlib.util import find_spec

from rowspace.errors import MissingExtraError

if find_spec("sklearn") is None:
    raise MissingExtraError("rowspace.sklearn", "sklearn")

from rowspace.sklearn.encoder import EmbeddingEncoder
from rowspace.sklearn.predictors import EmbeddingClassifier, EmbeddingRegressor
from rowspace.sklearn.text_classifier import TextClassifier
from rowspace.sklearn.text_vectors import TextVectors

__all__ = [
    "EmbeddingClassifier",
    "EmbeddingEncoder",
    "EmbeddingRegressor",
    "TextClassifier",
    "TextVectors",
]
