"""`TextClassifier`: texts to classes."""

from __future__ import annotations

import warnings
from typing import Any, cast, final

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import check_is_fitted

from rowspace.sklearn.given import texts_of
from rowspace.sklearn.kept import Kept
from rowspace.sklearn.shared import clone_sharing
from rowspace.sklearn.targets import (
    classes_of,
    in_order,
    require_two,
    rows_of,
    seed_of,
    weights_of,
)
from rowspace.sklearn.threads import threads_of
from rowspace.training.classify import train_classifier
from rowspace.vectors import Model
from rowspace.vectors.predict import answers

SETTINGS = (
    "dim", "loss", "lr", "words", "minn", "maxn", "min_count", "dropout", "epochs", "patience",
    "metric", "tokenizer", "lower", "start",
)  # fmt: skip


@final
class TextClassifier(ClassifierMixin, BaseEstimator):
    """Tells classes by words, runs of words and n-grams of characters: `rs.train_classifier`.

    The settings are those of `objectives.Labels` and `training.classify.Run`. class_weight:
    "balanced", or a weight by class. start: the path or `rs.Vectors` that words start from.
    validation_fraction: of the rows, to choose the best epoch and to calibrate by; 0: none.
    n_jobs: threads; None: one, and then the same seed gives the same bits; -1: one a core.

    X is a column of texts [n], or columns [n, C] whose cells are joined by a space. Of a text with
    nothing known in it the classes' shares are the answer. classes_: in order. model_: the model.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants every setting by name
        self,
        *,
        dim: int = 32,
        loss: str = "softmax",
        lr: float = 0.05,
        words: int = 2,
        minn: int = 3,
        maxn: int = 5,
        min_count: int = 1,
        dropout: float = 0.0,
        epochs: int = 10,
        patience: int | None = None,
        metric: str | None = None,
        tokenizer: str = "marks",
        lower: bool = True,
        start: Any = None,
        class_weight: Any = None,
        validation_fraction: float = 0.1,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        """Settings as they are; `fit` looks at them."""
        self.dim = dim
        self.loss = loss
        self.lr = lr
        self.words = words
        self.minn = minn
        self.maxn = maxn
        self.min_count = min_count
        self.dropout = dropout
        self.epochs = epochs
        self.patience = patience
        self.metric = metric
        self.tokenizer = tokenizer
        self.lower = lower
        self.start = start
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.allow_nan = True
        tags.classifier_tags.poor_score = True  # on numbers: it reads them as words
        return tags

    def __sklearn_clone__(self) -> TextClassifier:
        return clone_sharing(self, "start")

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> TextClassifier:
        """Learn to tell the classes y [n] by the texts X. Raises ValueError."""
        texts = np.array(texts_of(self, X, reset=True), object)
        classes, places = classes_of(self, y, len(texts))
        weights = weights_of(sample_weight, len(texts))
        if self.class_weight is not None:
            own = compute_sample_weight(self.class_weight, classes[places])
            weights = own if weights is None else own * weights
        rows, left = rows_of(weights, len(texts))
        there = np.unique(places[rows])
        require_two(classes[there])
        kept = [texts[rows], places[rows], *([] if left is None else [left])]
        order = in_order(kept)
        labels = np.array([str(place) for place in kept[1].tolist()], object)
        data = {"text": kept[0][order], "label": labels[order]}
        if left is not None:
            data["weight"] = left[order] / left.mean()
        model = self._trained(data)
        names = [] if model.head is None else model.head.names
        self._places = np.searchsorted(there, [int(name) for name in names])
        self._shares = np.bincount(np.searchsorted(there, kept[1]), left) / len(kept[1])
        self._kept, self.classes_ = Kept.of(model), classes[there]
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each of `classes_`, float64 [n, L]. Raises ValueError."""
        check_is_fitted(self)
        texts, kept, begin = texts_of(self, X, reset=False), cast(Any, self._kept), 0
        out = np.zeros((len(texts), len(self.classes_)))
        cutting = kept.config.get("cutting")
        for found in answers(kept.vectors, kept.head, texts, -1, 0.0, cutting=cutting):
            rows = np.repeat(np.arange(begin, begin + len(found)), found.lengths)
            out[rows, self._places[found.ids]] = found.weights
            begin += len(found)
        sums = out.sum(axis=1, keepdims=True)
        shares = self._shares / self._shares.sum()
        return np.where(sums > 0, out / np.where(sums > 0, sums, 1.0), shares)

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest class of each text [n]. Raises ValueError."""
        found = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[found])

    @property
    def model_(self) -> Model:
        """The trained model; its labels are the places of `classes_`."""
        check_is_fitted(self)
        return self._kept.model()

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_kept")

    def _trained(self, data: dict[str, np.ndarray]) -> Model:
        threads = threads_of(self.n_jobs)
        return train_classifier(
            data,
            baselines=False,
            progress=_warned,
            weights="weight" if "weight" in data else None,
            valid=self.validation_fraction,
            threads=threads,
            deterministic=threads == 1,
            seed=seed_of(self.random_state),
            **{name: getattr(self, name) for name in SETTINGS},
        )


def _warned(event: dict[str, Any]) -> None:
    if event.get("type") == "warning":
        warnings.warn(str(event.get("message")), stacklevel=5)
