"""Row ids are looked at before the backend sees them: where they are known, and as what they came.

Keras's backends differ in what they make of an id outside the table: torch counts a negative one
from the end, JAX answers NaN, TensorFlow zeros on some devices. Here it is an error on all.
"""

from __future__ import annotations

import sys
from typing import Any

import keras
import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.keys import IdTypeError, parse

# Whole numbers are told apart up to here, and no further.
EXACT = {"float16": 1 << 11, "bfloat16": 1 << 8, "float32": 1 << 24, "float64": 1 << 53}
# Classes that stand for a tensor whose numbers are not there yet.
STAND_INS = {"KerasTensor", "Tracer", "FakeTensor", "FunctionalTensor"}
# Sparse and ragged tensors: where their numbers are.
PARTS = {"RaggedTensor": "flat_values", "SparseTensor": "values", "BCOO": "data"}


def checked(inputs: Any, n_rows: int, *, padding: int | None = None) -> Any:
    """`inputs` as they are, lists as an array int64; looked at as far as they are known by now.

    padding: an id that need not be in the table, in arrays and tensors. Raises IdRangeError or
    IdTypeError with the value, its position and the size of the table. In a compiled graph only
    the type is known.
    """
    if isinstance(inputs, np.ndarray) and inputs.dtype.kind in "iu":
        _check(inputs, n_rows, padding)
        return inputs
    if keras.ops.is_tensor(inputs) or isinstance(inputs, keras.KerasTensor):
        _check_tensor(inputs, n_rows, padding)
        return inputs
    keys = parse(inputs, n_rows)
    return np.zeros(keys.shape, np.int64) if keys.ids is None else keys.ids.reshape(keys.shape)


def _check(ids: np.ndarray, n_rows: int, padding: int | None) -> None:
    parse(ids if padding is None else np.where(ids == padding, 0, ids), n_rows)


def _check_tensor(tensor: Any, n_rows: int, padding: int | None) -> None:
    kind = keras.backend.standardize_dtype(tensor.dtype)
    if kind == "string":
        raise InputError(
            "strings came to the embedding inside a model, which passes numbers on",
            hint="look them up first: rowspace.keras.Lookup(vocabulary)(strings)",
        )
    if kind in EXACT and n_rows - 1 > EXACT[kind]:
        raise IdTypeError(
            f"ids came as {kind}, in which whole numbers above {EXACT[kind]} run together, "
            f"for a table of {n_rows} rows",
            hint="begin the model with keras.Input(shape, dtype='int32')",
        )
    ids = known(tensor)
    if ids is None or ids.dtype.kind == "b":
        return
    if ids.dtype.kind not in "iu":
        ids = _whole(ids.astype(np.float64), n_rows)
    _check(ids, n_rows, padding)


def _whole(ids: np.ndarray, n_rows: int) -> np.ndarray:
    """Ids a model made floats of, as Keras's Sequential does, int64. Raises IdTypeError."""
    flat = ids.ravel()
    odd = ~np.isfinite(flat) | (flat != np.floor(flat))
    if odd.any():
        at = int(odd.argmax())
        position = tuple(int(i) for i in np.unravel_index(at, ids.shape))
        place = position[0] if len(position) == 1 else position
        raise IdTypeError(
            f"id {flat[at]} at position {place} is not a whole number, for the table of "
            f"{n_rows} rows"
        )
    return ids.astype(np.int64)


def known(tensor: Any) -> np.ndarray | None:
    """The numbers of a tensor; None while a graph is traced or a shape worked out."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.compiler.is_compiling():
        return None
    tensor = getattr(tensor, PARTS.get(type(tensor).__name__, ""), tensor)
    if STAND_INS & {kind.__name__ for kind in type(tensor).__mro__}:
        return None
    if getattr(tensor, "is_meta", False):
        return None
    if keras.backend.backend() == "tensorflow" and not hasattr(tensor, "numpy"):
        return None
    return np.asarray(keras.ops.convert_to_numpy(tensor))
