"""What a fit learns from besides X: targets, weights, the seed; and the order of the rows.

Weights that are whole stand for so many copies of a row, and rows are learned in an order of their
own, by what is in them. So a row of weight 2 is the same as the row twice, to the last bit, and
a row of weight 0 as none; the order in which rows are given does not count. Axes: `n` rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.utils import check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_consistent_length

from rowspace.corpus.cells import as_text
from rowspace.errors import InputError
from rowspace.training.table_columns import FEW
from rowspace.vectors.tabular import NO_TARGET

COPIES = 10
"""Whole weights are copies where these are at most so many times the rows, or a thousand; other
weights multiply the loss."""


def classes_of(estimator: Any, y: Any, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The classes in order, and each row's place among them, int64 [n]. Raises ValueError."""
    y = column_or_1d(_target(estimator, y, dtype=None), warn=True)
    check_consistent_length(np.empty(n), y)
    check_classification_targets(y)
    classes, places = np.unique(y, return_inverse=True)
    return classes, places.astype(np.int64)


def numbers_of(estimator: Any, y: Any, n: int) -> np.ndarray:
    """The numbers float64 [n]. Raises ValueError."""
    y = column_or_1d(_target(estimator, y, dtype=np.float64), warn=True)
    check_consistent_length(np.empty(n), y)
    return y


def are_numbers(y: Any) -> bool:
    """Whether targets are taken for numbers: not text, and not few whole ones."""
    values = np.asarray(y)
    if values.dtype.kind not in "iuf":
        return False
    distinct = np.unique(values)
    return len(distinct) > FEW or bool((distinct != np.round(distinct)).any())


def require_two(classes: np.ndarray) -> None:
    """Raises InputError for one class only."""
    if len(classes) < 2:
        raise InputError(
            f"y has one class only, {classes.tolist()[0]!r:.60}: nothing to tell apart",
            hint="give rows of two classes at least, whose weight is not zero",
        )


def named(classes: np.ndarray, missing: Iterable[str]) -> list[str]:
    """A text for each class: its own, unless two are alike or one stands for a missing cell."""
    names = [as_text(one).strip() for one in classes.tolist()]
    gone = {*NO_TARGET, *missing}
    if len(set(names)) == len(names) and not any(name.lower() in gone for name in names):
        return names
    return [f"class {at:06d}" for at in range(len(names))]


def weights_of(sample_weight: Any, n: int) -> np.ndarray | None:
    """The weights float64 [n], or None for none. Raises ValueError unless all are numbers from 0,
    not all of them zero."""
    if sample_weight is None:
        return None
    weights = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weights.ndim != 1:
        raise InputError(f"sample_weight must have one axis, not shape {weights.shape}")
    check_consistent_length(np.empty(n), weights)
    if (weights < 0).any():
        raise InputError(f"sample_weight must be from 0, not {weights.min():g}")
    if not weights.any():
        raise InputError("every sample_weight is zero: there is nothing to learn from")
    return weights


def rows_of(weights: np.ndarray | None, n: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Rows to learn from, int64 [m], and their weights where these are no copies."""
    if weights is None:
        return np.arange(n), None
    whole = bool((weights == np.round(weights)).all())
    if whole and weights.sum() <= max(1000, COPIES * n):
        return np.repeat(np.arange(n), weights.astype(np.int64)), None
    rows = np.flatnonzero(weights)
    return rows, weights[rows]


def in_order(columns: Iterable[np.ndarray], *beside: np.ndarray) -> np.ndarray:
    """The order of the rows by what is in them, int64 [n]: columns first to last, then `beside`."""
    keys = [_ranks(column) for column in (*columns, *beside)]
    return np.lexsort(keys[::-1])


def seed_of(random_state: Any) -> int:
    """A seed by scikit-learn's rules of `random_state`."""
    return int(check_random_state(random_state).randint(2**31 - 1))


def _ranks(column: np.ndarray) -> np.ndarray:
    if column.dtype != object:
        return column
    cells = [str(cell) if cell is not None else "" for cell in column.tolist()]
    place = {cell: at for at, cell in enumerate(sorted(set(cells)))}
    return np.array([place[cell] for cell in cells], np.int64)


def _target(estimator: Any, y: Any, dtype: Any) -> Any:
    if y is None:
        raise InputError(
            f"This {type(estimator).__name__} estimator requires y to be passed, "
            "but the target y is None."
        )
    return check_array(y, ensure_2d=False, dtype=dtype, input_name="y")
