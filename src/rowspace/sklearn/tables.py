"""`TableEstimator`: what the estimators of tables share: settings, columns, learning."""

from __future__ import annotations

import warnings
from abc import ABC
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from rowspace.corpus.records import Records
from rowspace.errors import SettingError
from rowspace.objectives.columns import Columns
from rowspace.sklearn.given import table_of
from rowspace.sklearn.kept import Kept
from rowspace.sklearn.targets import in_order, rows_of, seed_of
from rowspace.training.table import train_table
from rowspace.training.table_columns import Chosen, kind_of
from rowspace.vectors import Model, Vectors
from rowspace.vectors.table_columns import spellings
from rowspace.vectors.tabular import Tabular

STEPS = 400
"""Steps that a training may go on without a better epoch, where these are more than four epochs."""
JUDGES = 20
"""Fewer rows than these do not judge a training: then all rows learn, and judge too."""
AUTO, ALL = "auto", "all"
SETTINGS = (
    "dim", "hidden", "knots", "values", "min_count", "max_levels", "unseen", "dropout",
    "input_dropout", "lr", "weight_decay", "batch", "epochs", "metric", "missing",
)  # fmt: skip


class TableEstimator(BaseEstimator, ABC):
    """An estimator around `train_table`; the settings are those of `objectives.Columns`."""

    _kept: Kept | None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags

    @property
    def model_(self) -> Model:
        """The trained model: `rowspace.save(estimator.model_, folder)` keeps it."""
        check_is_fitted(self)
        if self._kept is None:
            raise AttributeError("there is no model: no column is categorical")
        return self._kept.model()

    @property
    def vectors_(self) -> dict[str, Vectors]:
        """The vectors of each column's levels, by the column's name."""
        check_is_fitted(self)
        return {} if self._kept is None else dict(self._kept.parts)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_kept")

    def _categorical(self, table: Records) -> list[bool]:
        """Which columns are categories: as `categorical_features` says. Raises SettingError."""
        names, given = table.names, cast(Any, self).categorical_features
        if isinstance(given, str):
            SettingError.unless(
                given in (AUTO, ALL), "categorical_features", given,
                '"auto", "all", or a list of names, places or truth values',
            )  # fmt: skip
            if given == ALL:
                return [True] * len(names)
            chosen = Chosen((), (), (), spellings(cast(Any, self).missing))
            return [_category(table, name, chosen) for name in names]
        return _marked([] if given is None else given, names)

    def _learn(
        self,
        table: Records,
        categorical: Sequence[bool],
        target: np.ndarray,
        weights: np.ndarray | None,
        task: str,
    ) -> Model:
        """Train on the columns and the target (texts of classes, or numbers), without baselines."""
        rows, left = rows_of(weights, len(table))
        columns = [one[rows] for one in table.columns.values()]
        aim, beside = target[rows], [] if left is None else [left]
        order = in_order(columns, aim, *beside)
        names = dict(zip(table.names, columns, strict=True))
        goal, weigh = _free("target", names), _free("weights", names)
        whole = {**{name: one[order] for name, one in names.items()}, goal: aim[order]}
        if left is not None:
            whole[weigh] = left[order]
        data = replace(table, columns=whole)
        marked = list(zip(table.names, categorical, strict=True))
        settings = {name: getattr(self, name) for name in SETTINGS}
        settings["patience"] = self._patience(len(data))
        return train_table(
            data,
            goal,
            baselines=False,
            progress=_warned,
            category=[name for name, yes in marked if yes],
            number=[name for name, yes in marked if not yes],
            weights=None if left is None else weigh,
            task=task,
            valid=self._judges(data),
            seed=seed_of(cast(Any, self).random_state),
            **settings,
        )

    def _judges(self, data: Records) -> Any:
        share = cast(Any, self).validation_fraction
        if share is None:
            return data
        number = isinstance(share, (int, float)) and not isinstance(share, bool)
        SettingError.unless(
            number and 0 < share < 1, "validation_fraction", share, "above 0 and below 1, or None"
        )
        return share if share * len(data) >= JUDGES else data

    def _patience(self, rows: int) -> Any:
        own = cast(Any, self)
        if own.patience is not None:
            return own.patience
        steps = max(1, rows // Columns(batch=own.batch).batch_of(rows))
        return max(Columns().patience, -(-STEPS // steps))

    def _answers(self, x: Any) -> np.ndarray:
        """Probabilities float64 [n, L], or numbers float64 [n]."""
        check_is_fitted(self)
        return Tabular.of(self.model_).answers(table_of(self, x, reset=False))


def _category(table: Records, name: str, chosen: Chosen) -> bool:
    return table.columns[name].dtype == object or kind_of(table, name, chosen) == "category"


def _marked(given: Any, names: Sequence[str]) -> list[bool]:
    listed = list(given)
    if listed and all(isinstance(one, (bool, np.bool_)) for one in listed):
        fits = len(listed) == len(names)
        SettingError.unless(
            fits, "categorical_features", given, f"{len(names)} truth values, one a column"
        )
        return [bool(one) for one in listed]
    found = [False] * len(names)
    for one in listed:
        at = names.index(one.strip()) if isinstance(one, str) and one.strip() in names else one
        fits = isinstance(at, (int, np.integer)) and 0 <= int(at) < len(names)
        SettingError.unless(fits, "categorical_features", one, f"one of {list(names)!s:.200}")
        found[int(at)] = True
    return found


def _free(name: str, taken: dict[str, np.ndarray]) -> str:
    while name in taken:
        name += "_"
    return name


def _warned(event: dict[str, Any]) -> None:
    if event.get("type") == "warning":
        warnings.warn(str(event.get("message")), stacklevel=6)
