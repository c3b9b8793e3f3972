"""`TextVectors`: a column of texts to vectors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, final

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from rowspace.corpus import Reading, tokenizer
from rowspace.errors import InputError, SettingError
from rowspace.files import load
from rowspace.objectives import SkipGram
from rowspace.sklearn.given import names_of, texts_of
from rowspace.sklearn.kept import Kept
from rowspace.sklearn.shared import clone_sharing
from rowspace.sklearn.targets import seed_of
from rowspace.sklearn.threads import threads_of
from rowspace.training import train
from rowspace.vectors import Model, Vectors
from rowspace.vectors import TextVectors as Pooled


@final
class TextVectors(TransformerMixin, BaseEstimator):
    """Every text becomes the mean of its words' vectors, plain or as SIF has it.

    SIF (Arora, Liang and Ma 2017): frequent words count less, and what all texts have in common is
    taken away.

    model: where the words' vectors come from: the path of any file rowspace reads, `rs.Vectors`
    or an `rs.Model`; None: skip-gram learns them from the texts at fit, by dim, window, epochs
    (None: 15, and of few words more, up to 50), min_count, tokenizer and lower. weighting: "sif"
    or "mean". a, components: see `rs.TextVectors.fit`. n_jobs: threads that learn the words; None:
    one, and then the same seed gives the same bits; -1: one a core.

    X is a column of texts [n], or columns [n, C] whose cells are joined by a space. A missing cell
    is an empty text, and a text without known words a vector of zeros. Output float32 [n, D].
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants every setting by name
        self,
        *,
        model: Any = None,
        weighting: str = "sif",
        a: float = 1e-3,
        components: int | None = None,
        dim: int = 100,
        window: int = 5,
        epochs: int | None = None,
        min_count: int = 1,
        tokenizer: str = "words",
        lower: bool = True,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        """Settings as they are; `fit` looks at them."""
        self.model = model
        self.weighting = weighting
        self.a = a
        self.components = components
        self.dim = dim
        self.window = window
        self.epochs = epochs
        self.min_count = min_count
        self.tokenizer = tokenizer
        self.lower = lower
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = []
        return tags

    def __sklearn_clone__(self) -> TextVectors:
        """A clone shares the model it was given: it is frozen, and may be large."""
        return clone_sharing(self, "model")

    def fit(self, X: Any, y: Any = None) -> TextVectors:
        """Learn the words, where no model is given, and what the texts have in common. Raises
        ValueError."""
        texts = texts_of(self, X, reset=True)
        source = self._trained(texts) if self.model is None else _opened(self.model)
        pooled = Pooled.fit(
            source, texts, weighting=self.weighting, a=self.a, components=self.components
        )
        self._kept = Kept.of(pooled.model())
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The texts' vectors, float32 [n, D]. Raises ValueError."""
        check_is_fitted(self)
        return Pooled.of(self._kept.model()).transform(texts_of(self, X, reset=False))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """A name for each number: column_0, column_1, …; text_0, … where X is no single named
        column."""
        check_is_fitted(self)
        names = names_of(self)
        if input_features is not None:
            given = [str(name).strip() for name in input_features]
            if len(given) != len(names):
                raise InputError(f"input_features must be {len(names)} names, not {len(given)}")
            if hasattr(self, "feature_names_in_") and given != names:
                raise InputError("input_features is not equal to feature_names_in_")
            names = given
        own = len(names) == 1 and (hasattr(self, "feature_names_in_") or input_features is not None)
        stem = names[0] if own else "text"
        return np.array([f"{stem}_{at}" for at in range(self._dim)], object)

    @property
    def model_(self) -> Model:
        """The words' vectors and how texts are made of them: `rowspace.save(…)` keeps it."""
        check_is_fitted(self)
        return self._kept.model()

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_kept")

    @property
    def _dim(self) -> int:
        return self._kept.model().vectors.dim

    def _trained(self, texts: list[str]) -> Model:
        cutter = tokenizer(Reading(tokenizer=self.tokenizer, lower=self.lower))
        tokens = [found for text in texts if (found := list(cutter.tokens(text)))]
        if not tokens:
            raise InputError("no text has a word in it")
        threads = threads_of(self.n_jobs)
        return train(
            SkipGram(dim=self.dim, window=self.window),
            tokens,
            epochs=_epochs(sum(map(len, tokens))) if self.epochs is None else self.epochs,
            min_count=self.min_count,
            tokenizer=self.tokenizer,
            lower=self.lower,
            threads=threads,
            deterministic=threads == 1,
            seed=seed_of(self.random_state),
        )


def _epochs(words: int) -> int:
    """About two million words in all, from 15 epochs to 50: skip-gram learns slowly from few."""
    return min(50, max(15, 2_000_000 // words))


def _opened(given: Any) -> Model | Vectors:
    if isinstance(given, (str, os.PathLike)):
        return load(Path(given))
    SettingError.unless(
        isinstance(given, (Model, Vectors)), "model", given, "a path, rs.Vectors or rs.Model"
    )
    return given
