"""What may stand between the brackets, and what is said of what may not (case 32)."""

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.vectors.keys import IdRangeError, IdTypeError, parse


@pytest.mark.parametrize(
    ("key", "shape", "ids"),
    [
        (2, (), [2]),
        (np.int32(2), (), [2]),
        (np.array(2), (), [2]),
        ([], (0,), []),
        ([0, 2], (2,), [0, 2]),
        ((0, 2), (2,), [0, 2]),
        (range(2), (2,), [0, 1]),
        ([[0, 1], [2, 0]], (2, 2), [0, 1, 2, 0]),
        ([np.array([0, 1]), [2, 0]], (2, 2), [0, 1, 2, 0]),
        ([[[1]], [[2]]], (2, 1, 1), [1, 2]),
        ([[], []], (2, 0), []),
        (np.array([[2, 1]], np.uint64), (1, 2), [2, 1]),
        (np.array([2, 1], object), (2,), [2, 1]),
    ],
)
def test_ids(key, shape, ids) -> None:
    keys = parse(key, 3)
    assert keys.shape == shape and keys.ids is not None and keys.items is None
    assert keys.ids.tolist() == ids and keys.ids.dtype == np.int64


@pytest.mark.parametrize(
    ("key", "shape", "items"),
    [
        ("a", (), ["a"]),
        (b"a", (), [b"a"]),
        ("", (), [""]),
        (["a", b"b"], (2,), ["a", b"b"]),
        ([["a", "b"], ["c", "d"]], (2, 2), ["a", "b", "c", "d"]),
        (np.array(["a", "b"]), (2,), ["a", "b"]),
    ],
)
def test_items(key, shape, items) -> None:
    keys = parse(key, 3)
    assert keys.shape == shape and keys.items == items and keys.ids is None


@pytest.mark.parametrize(
    ("key", "value", "position"),
    [
        (3, "3", ""),
        (-1, "-1", ""),
        (10**30, str(10**30), ""),
        ([0, -1], "-1", "position 1"),
        ([[0, 1], [2, 3]], "3", "position (1, 1)"),
        (np.array([[0, 1], [2, -3]]), "-3", "position (1, 1)"),
        (np.array([2**63], np.uint64), str(2**63), "position 0"),
        (np.int64(-2), "-2", ""),
    ],
)
def test_out_of_range(key, value, position) -> None:
    with pytest.raises(IndexError) as raised:
        parse(key, 3)
    assert isinstance(raised.value, IdRangeError) and isinstance(raised.value, InputError)
    for part in (f"id {value}", position, "table of 3 items", "ids run from 0 to 2"):
        assert part in str(raised.value)


@pytest.mark.parametrize(
    ("key", "value", "position"),
    [
        (1.0, "1.0 (float)", ""),
        (float("nan"), "nan (float)", ""),
        (None, "None (NoneType)", ""),
        (True, "True (bool)", ""),
        ([0, None], "None", "position 1"),
        ([0, 1.5], "1.5", "position 1"),
        ([[0, 1], [float("nan"), 0]], "nan", "position (1, 0)"),
        (["a", 2], "2 (int)", "position 1"),
        (["a", None], "None", "position 1"),
        ([0, [1]], "0 (int)", "position 0"),
        (np.array([0.0, 1.0]), "0.0", "position 0"),
        (np.array([True]), "True", "position 0"),
        (np.array([]), "float64", ""),
        ({1}, "{1} (set)", ""),
        (slice(0, 2), "slice(0, 2, None)", ""),
    ],
)
def test_no_id(key, value, position) -> None:
    with pytest.raises(TypeError) as raised:
        parse(key, 3)
    assert isinstance(raised.value, IdTypeError) and isinstance(raised.value, InputError)
    for part in (value, position, "table of 3 items"):
        assert part in str(raised.value)


def test_irregular_lists() -> None:
    with pytest.raises(InputError, match="differ in length"):
        parse([[0, 1], [2]], 3)


def test_an_empty_table() -> None:
    with pytest.raises(IdRangeError, match="the table is empty"):
        parse(0, 0)
    assert parse([], 0).shape == (0,)
