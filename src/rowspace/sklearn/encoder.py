"""`EmbeddingEncoder`: categorical columns to learned vectors."""

from __future__ import annotations

from typing import Any, final

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from rowspace.corpus.records import Records
from rowspace.errors import InputError, SettingError
from rowspace.sklearn.given import names_of, table_of
from rowspace.sklearn.kept import Kept
from rowspace.sklearn.tables import TableEstimator
from rowspace.sklearn.targets import (
    are_numbers,
    classes_of,
    named,
    numbers_of,
    require_two,
    weights_of,
)
from rowspace.vectors.table_columns import spellings
from rowspace.vectors.tabular import Tabular

TASKS = ("auto", "classes", "number")


@final
class EmbeddingEncoder(TransformerMixin, TableEstimator):
    """Every categorical column becomes the vectors of its levels, learned by telling y.

    A network on all columns learns y (Guo and Berkhahn 2016, "Entity embeddings of categorical
    variables"); what it learned of each level is the level's vector. Numbers help it learn, and
    pass through as they are. A rare or unseen level has the vector of unseen ones, a missing cell
    that of missing ones.

    categorical_features: "auto" (text, truth values, pandas' categories, and at most ten distinct
    whole numbers), "all", or names, places or truth values of columns. task: what y is, "classes"
    or "number"; "auto" takes text and at most ten whole numbers for classes. validation_fraction:
    of the rows, to say when to stop; None, or fewer than 20 rows of them: all rows learn and
    judge. patience: epochs without a better one after which training ends; None: 4, and of few rows
    more, since their epochs are short. missing: spellings of a missing cell. The others:
    `objectives.Columns`.

    vectors_: rs.Vectors by column. model_: the whole model. Output float32 [n, ΣD] where every
    column is categorical, else float64; names are column_0, column_1, ….
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants every setting by name
        self,
        *,
        categorical_features: Any = "auto",
        task: str = "auto",
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
        self.task = task
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

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> EmbeddingEncoder:
        """Learn the vectors of the levels of X's columns by telling y. Raises ValueError."""
        table = table_of(self, X, reset=True, least=2)
        task, target, weights = self._target(y, table, weights_of(sample_weight, len(table)))
        marked = self._categorical(table)
        kept = None
        if any(marked):
            kept = Kept.of(self._learn(table, marked, target, weights, task))
        self._kept, self._marked = kept, marked
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The columns, vectors in the places of categories. Raises ValueError."""
        check_is_fitted(self)
        table = table_of(self, X, reset=False)
        vectors = self._vectors(table)
        blocks = []
        for name, categorical in zip(table.names, self._marked, strict=True):
            if not categorical:
                blocks.append(table.numbers(name)[:, None])
            elif name in vectors:
                blocks.append(vectors[name])
        return np.concatenate([np.zeros((len(table), 0), np.float32), *blocks], axis=1)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """A name for each number that comes out: column_0, column_1, …; a number keeps its name."""
        check_is_fitted(self)
        names = names_of(self)
        if input_features is not None:
            given = [str(name).strip() for name in input_features]
            if len(given) != len(names):
                raise InputError(f"input_features must be {len(names)} names, not {len(given)}")
            if hasattr(self, "feature_names_in_") and given != names:
                raise InputError("input_features is not equal to feature_names_in_")
        else:
            given = names
        widths = self._widths()
        found: list[str] = []
        for name, shown, categorical in zip(names, given, self._marked, strict=True):
            numbered = [f"{shown}_{at}" for at in range(widths.get(name, 0))]
            found += numbered if categorical else [shown]
        return np.array(found, object)

    def _target(
        self, y: Any, table: Records, weights: np.ndarray | None
    ) -> tuple[str, np.ndarray, np.ndarray | None]:
        SettingError.unless(self.task in TASKS, "task", self.task, "one of " + ", ".join(TASKS))
        number = are_numbers(y) if self.task == "auto" else self.task == "number"
        if number:
            return "number", numbers_of(self, y, len(table)), weights
        classes, places = classes_of(self, y, len(table))
        require_two(classes[np.unique(places if weights is None else places[weights > 0])])
        names = named(classes, spellings(self.missing) if self.missing is not None else ())
        return "classes", np.array(names, object)[places], weights

    def _vectors(self, table: Records) -> dict[str, np.ndarray]:
        """The vectors of each categorical column that has some, float32 [n, D]."""
        if self._kept is None:
            return {}
        found = Tabular.of(self._kept.model())
        ids = found.sheet.cells(table).ids
        pairs = enumerate(zip(found.sheet.columns, found.rows, strict=True))
        return {c.name: rows[ids[:, at]] for at, (c, rows) in pairs if c.kind == "category"}

    def _widths(self) -> dict[str, int]:
        if self._kept is None:
            return {}
        found = Tabular.of(self._kept.model())
        pairs = zip(found.sheet.columns, found.rows, strict=True)
        return {column.name: rows.shape[1] for column, rows in pairs}
