"""What scikit-learn's callers give, as columns and as texts: arrays, lists, pandas, polars.

Missing cells are None, NaN and pandas' NA; infinite numbers are refused. Axes: `n` rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_array, validate_data

from rowspace.corpus.records import Records
from rowspace.corpus.records_frames import array_of, is_frame
from rowspace.errors import InputError


def table_of(estimator: Any, x: Any, *, reset: bool, least: int = 1) -> Records:
    """The columns of x [n, columns], named as `names_of` says. reset: at fit, which learns how
    many there are and what they are called; else they must be the same. Raises ValueError."""
    if is_frame(x) and not isinstance(x, np.ndarray):
        validate_data(estimator, x, reset=reset, skip_check_array=True)
        columns = [_checked(array_of(one, str(name)), name) for name, one in _series(x)]
        check_array(np.broadcast_to(0.0, (len(x), len(columns))), ensure_min_samples=least)
    else:
        whole = validate_data(
            estimator, x, reset=reset, dtype=None, ensure_all_finite="allow-nan",
            ensure_min_samples=least,
        )  # fmt: skip
        columns = [_checked(array_of(whole[:, at], str(at)), at) for at in range(whole.shape[1])]
    return Records(dict(zip(names_of(estimator), columns, strict=True)), "X")


def names_of(estimator: Any) -> list[str]:
    """The columns' names: those of the frame it was fitted on, white space around them left out,
    else x0, x1, …. Raises InputError for two of one name."""
    given = getattr(estimator, "feature_names_in_", [""] * estimator.n_features_in_)
    names = [str(name).strip() or f"x{at}" for at, name in enumerate(given)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"two columns are called {twice!r:.60}")
    return names


def texts_of(estimator: Any, x: Any, *, reset: bool) -> list[str]:
    """A text a row: x is a column of texts [n], or columns [n, C] whose cells are joined by a
    space. A missing cell is an empty text. Raises ValueError."""
    if isinstance(x, (str, bytes)):
        raise InputError("wanted a column of texts, came one text", hint="put it into [ ]")
    if not is_frame(x) and not hasattr(x, "shape"):
        x = list(x) if isinstance(x, (list, tuple)) and _are_texts(x) else np.asarray(x)
    if not isinstance(x, list) and len(x.shape) != 1:
        table = table_of(estimator, x, reset=reset)
        columns = [table.text(name) for name in table.names]
        return [" ".join(filter(None, row)) for row in zip(*columns, strict=True)]
    column = array_of(x, "of texts")
    if not len(column):
        raise InputError("wanted a column of texts, came one with 0 sample(s)")
    if column.dtype != object:
        raise InputError(
            f"wanted a column of texts, came one of {column.dtype}",
            hint="Reshape your data by X.reshape(-1, 1) if numbers are to be read as texts",
        )
    if reset:
        estimator.n_features_in_ = 1
        if hasattr(estimator, "feature_names_in_"):
            del estimator.feature_names_in_
    elif estimator.n_features_in_ != 1:
        raise InputError(f"wanted {estimator.n_features_in_} columns, as at fit, came one")
    return Records({"text": column}, "X").text("text")


def _are_texts(x: list[Any] | tuple[Any, ...]) -> bool:
    return all(one is None or isinstance(one, (str, float)) for one in x) and any(
        isinstance(one, str) for one in x
    )


def _series(frame: Any) -> list[tuple[Any, Any]]:
    """The columns of a frame with their names; of pandas by place, since two may share a name."""
    by_place = getattr(frame, "iloc", None)
    names = list(frame.columns)
    if by_place is not None:
        return [(name, by_place[:, at]) for at, name in enumerate(names)]
    return [(name, frame[name]) for name in names]


def _checked(column: np.ndarray, name: object) -> np.ndarray:
    """The column, if its numbers are finite or NaN."""
    if column.dtype.kind == "f" and np.isinf(column).any():
        row = int(np.argmax(np.isinf(column)))
        raise InputError(f"Input X contains infinity: column {name!r}, row {row}")
    return column
