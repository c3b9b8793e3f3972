"""`EmbeddingClassifier` and `EmbeddingRegressor`: `train_table` as estimators."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted

from rowspace.sklearn.given import table_of
from rowspace.sklearn.kept import Kept
from rowspace.sklearn.tables import TableEstimator
from rowspace.sklearn.targets import classes_of, named, numbers_of, require_two, weights_of
from rowspace.vectors.table_columns import spellings
from rowspace.vectors.tabular import Tabular


class TablePredictor(TableEstimator):
    """The settings of both."""

    def __init__(  # noqa: PLR0913 - scikit-learn wants every setting by name
        self,
        *,
        categorical_features: Any = "auto",
        dim: int | str = "rule",
        hidden: Any = (128, 64),
        knots: int = 32,
        values: int = 5,
        min_count: int = 2,
        max_levels: int | None = None,
        unseen: float = 0.01,
        dropout: float = 0.3,
        input_dropout: float = 0.1,
        lr: float = 2e-3,
        weight_decay: float = 0.01,
        batch: int | None = None,
        epochs: int | None = None,
        patience: int | None = None,
        metric: str | None = None,
        missing: Any = None,
        validation_fraction: float | None = 0.15,
        random_state: Any = None,
    ) -> None:
        """Settings as they are; `fit` looks at them."""
        self.categorical_features = categorical_features
        self.dim = dim
        self.hidden = hidden
        self.knots = knots
        self.values = values
        self.min_count = min_count
        self.max_levels = max_levels
        self.unseen = unseen
        self.dropout = dropout
        self.input_dropout = input_dropout
        self.lr = lr
        self.weight_decay = weight_decay
        self.batch = batch
        self.epochs = epochs
        self.patience = patience
        self.metric = metric
        self.missing = missing
        self.validation_fraction = validation_fraction
        self.random_state = random_state


@final
class EmbeddingClassifier(ClassifierMixin, TablePredictor):
    """Tells classes by the columns of a table: a vector for each level, pieces of the numbers, a
    small network (docs/tables.md).

    The settings are those of `EmbeddingEncoder`, but for class_weight: "balanced", or a weight by
    class. classes_: in order. vectors_: rs.Vectors by column. model_: the whole model.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants every setting by name
        self,
        *,
        categorical_features: Any = "auto",
        dim: int | str = "rule",
        hidden: Any = (128, 64),
        knots: int = 32,
        values: int = 5,
        min_count: int = 2,
        max_levels: int | None = None,
        unseen: float = 0.01,
        dropout: float = 0.3,
        input_dropout: float = 0.1,
        lr: float = 2e-3,
        weight_decay: float = 0.01,
        batch: int | None = None,
        epochs: int | None = None,
        patience: int | None = None,
        metric: str | None = None,
        class_weight: Any = None,
        missing: Any = None,
        validation_fraction: float | None = 0.15,
        random_state: Any = None,
    ) -> None:
        """Settings as they are; `fit` looks at them."""
        super().__init__(
            categorical_features=categorical_features,
            dim=dim,
            hidden=hidden,
            knots=knots,
            values=values,
            min_count=min_count,
            max_levels=max_levels,
            unseen=unseen,
            dropout=dropout,
            input_dropout=input_dropout,
            lr=lr,
            weight_decay=weight_decay,
            batch=batch,
            epochs=epochs,
            patience=patience,
            metric=metric,
            missing=missing,
            validation_fraction=validation_fraction,
            random_state=random_state,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> EmbeddingClassifier:
        """Learn to tell the classes y [n] by X [n, columns]. Raises ValueError."""
        table = table_of(self, X, reset=True, least=2)
        classes, places = classes_of(self, y, len(table))
        weights = weights_of(sample_weight, len(table))
        if self.class_weight is not None:
            own = compute_sample_weight(self.class_weight, classes[places])
            weights = own if weights is None else own * weights
        if weights is not None:
            there = np.unique(places[weights > 0])
            classes, places = (
                classes[there],
                np.searchsorted(there, places).clip(max=len(there) - 1),
            )
        require_two(classes)
        names = named(classes, spellings(self.missing) if self.missing is not None else ())
        target = np.array(names, object)[places]
        model = self._learn(table, self._categorical(table), target, weights, "classes")
        known = Tabular.of(model).answer.classes or ()
        self._order = np.array([known.index(name) for name in names])
        self._kept, self.classes_ = Kept.of(model), classes
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each of `classes_`, float64 [n, L], calibrated. Raises ValueError."""
        check_is_fitted(self)
        return np.asarray(self._answers(X)[:, self._order])

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest class of each row [n]. Raises ValueError."""
        found = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[found])


@final
class EmbeddingRegressor(RegressorMixin, TablePredictor):
    """Tells a number by the columns of a table, by least squares. The settings are those of
    `EmbeddingEncoder`. vectors_: rs.Vectors by column. model_: the whole model."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> EmbeddingRegressor:
        """Learn to tell the numbers y [n] by X [n, columns]. Raises ValueError."""
        table = table_of(self, X, reset=True, least=2)
        target = numbers_of(self, y, len(table))
        weights = weights_of(sample_weight, len(table))
        model = self._learn(table, self._categorical(table), target, weights, "number")
        self._kept = Kept.of(model)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """A number for each row, float64 [n]. Raises ValueError."""
        return self._answers(X)
