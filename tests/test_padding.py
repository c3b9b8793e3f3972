"""Padding: held to a slow reference, to Keras where it is installed, and to its own way back."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rowspace as rs
from rowspace.padding import require_length

ENDS = st.sampled_from(["pre", "post"])
VECTORS = st.lists(st.lists(st.floats(-9, 9, width=32), min_size=3, max_size=3), max_size=5)


def reference(
    rows: list, maxlen: int | None, dtype: Any, padding: str, truncating: str, value: Any
) -> np.ndarray:
    """A row at a time, a place at a time."""
    width = max(map(len, rows), default=0) if maxlen is None else maxlen
    shape = next((np.shape(row)[1:] for row in rows if len(row)), ())
    out = np.full((len(rows), width, *shape), value, dtype)
    for b, row in enumerate(rows):
        over = max(0, len(row) - width)
        kept = row[over:] if truncating == "pre" else row[: len(row) - over]
        first = width - len(kept) if padding == "pre" else 0
        for place, step in enumerate(kept):
            out[b, first + place] = step
    return out


@pytest.mark.parametrize(
    ("step", "dtype", "value"),
    [
        (st.lists(st.integers(-(2**31), 2**31 - 1), max_size=6), "int32", 0),
        (st.lists(st.integers(0, 9), max_size=6).map(tuple), "int64", -1),
        (st.lists(st.integers(0, 9), max_size=6).map(np.array), "uint8", 3),
        (st.lists(st.floats(-9, 9), max_size=6), "float32", 0.5),
        (st.lists(st.text(max_size=3), max_size=6), object, "<pad>"),
        (VECTORS, "float32", 0.0),
        (VECTORS.map(np.array), "float64", 1.5),
    ],
    ids=["int32", "tuples", "arrays", "float32", "text", "vectors", "arrays of vectors"],
)
def test_the_same_as_place_by_place(step: Any, dtype: Any, value: Any) -> None:
    @given(st.lists(step, max_size=8), st.none() | st.integers(0, 8), ENDS, ENDS)
    def held(rows: list, maxlen: int | None, padding: str, truncating: str) -> None:
        found = rs.pad_sequences(rows, maxlen, dtype, padding, truncating, value)
        wanted = reference(rows, maxlen, dtype, padding, truncating, value)
        assert found.dtype == wanted.dtype and found.shape == wanted.shape
        assert (found == wanted).all()

    held()


def test_mixed_rows_are_taken_one_at_a_time() -> None:
    rows = [[1.9, 2], np.array([3.9]), (4,), range(2), np.array([5], np.uint8), []]
    assert rs.pad_sequences(rows).tolist() == [[1, 2], [0, 3], [0, 4], [0, 1], [0, 5], [0, 0]]


def test_ragged_is_padded_without_a_loop() -> None:
    bags = [[3], [], [1, 4, 5]]
    for how in ({}, {"maxlen": 2}, {"maxlen": 2, "truncating": "post", "padding": "post"}):
        found = rs.pad_sequences(rs.Ragged.of(bags), **how)
        assert (found == rs.pad_sequences(bags, **how)).all() and found.dtype == np.int32


def test_text_is_never_cut_to_one_character() -> None:
    """As NumPy makes of the bare type, and Keras with it."""
    found = rs.pad_sequences([["abc"], ["d", "e"]], dtype=str, value="pad")
    assert found.tolist() == [["pad", "abc"], ["d", "e"]]
    found = rs.pad_sequences([["abc"], ["d", "e"]], dtype="<U2", value="pad")
    assert found.tolist() == [["pa", "ab"], ["d", "e"]]


@pytest.mark.parametrize(
    ("how", "shape"),
    [({}, (0, 0)), ({"maxlen": 3}, (0, 3)), ({"maxlen": 0}, (0, 0))],
)
def test_nothing_to_pad(how: dict, shape: tuple) -> None:
    assert rs.pad_sequences([], **how).shape == shape
    assert rs.pad_sequences([[], []], **how).shape == (2, shape[1])


@pytest.mark.parametrize(
    ("sequences", "how", "named"),
    [
        (5, {}, "5 (int)"),
        (iter([[1]]), {}, "list of sequences"),
        ("abc", {}, "'abc'"),
        ([[1], 2], {}, "sequence 1 is 2"),
        ([[1], np.array(2)], {}, "sequence 1"),
        ([["a"], "bc"], {"dtype": object}, "sequence 1 is 'bc'"),
        ([[1], None], {}, "sequence 1 is None"),
        ([[1], [None]], {}, "sequence 1 holds"),
        ([[1], ["x"]], {}, "sequence 1 holds"),
        ([[1], [2**40]], {}, "sequence 1 holds"),
        ([[1.0], [float("nan")]], {}, "sequence 1 holds"),
        ([np.array([1.0]), np.array([float("nan")])], {}, "sequence 1 holds"),
        ([[1], [[2, 3]]], {}, "sequence 1"),
        ([[[1, 2]], [3]], {}, "sequence 1"),
        ([[[1, 2]], [[3]]], {}, "sequence 1"),
        ([[[1, 2], [3]]], {}, "sequence 0"),
        ([[1], {2}], {}, "sequence 1"),
        ([[1], [2, 3]], {"value": float("nan")}, "nan"),
        ([[1], [2, 3]], {"value": 2**40}, "int32"),
        ([[1], [2, 3]], {"value": -1, "dtype": "uint8"}, "uint8"),
    ],
)
def test_what_cannot_be_padded_is_named(sequences: Any, how: dict, named: str) -> None:
    with pytest.raises(rs.InputError) as caught:
        rs.pad_sequences(sequences, **how)
    assert named in caught.value.message


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ({"padding": "left"}, "padding must be 'pre' or 'post', not 'left'"),
        ({"truncating": None}, "truncating must be"),
        ({"padding": np.array(["pre"])}, "padding must be"),
        ({"maxlen": -1}, "maxlen must be a whole number from 0, not -1"),
        ({"maxlen": 2.0}, "maxlen"),
        ({"maxlen": True}, "maxlen"),
        ({"dtype": "int31"}, "int31"),
        ({"value": "pad"}, "int32 cannot hold the padding 'pad'"),
    ],
)
def test_settings_that_cannot_be_are_refused(how: dict, named: str) -> None:
    for sequences in ([], [[1], [2, 3]]):
        with pytest.raises(rs.SettingError) as caught:
            rs.pad_sequences(sequences, **how)
        assert named in caught.value.message


# Keras itself

_KERAS = """
import numpy as np, keras
import rowspace as rs

rng = np.random.default_rng(0)
lists = [rng.integers(0, 50, n).tolist() for n in (4, 0, 1, 7, 3)]
vectors = [rng.random((n, 2)).tolist() for n in (0, 3, 1, 5)]
text = [["a"], ["b", "cd"], [], ["e", "f", "ghi"]]
batches = [
    (lists, {}), (lists, {"dtype": "int64", "value": -1}), (lists, {"dtype": bool}),
    ([tuple(row) for row in lists], {"dtype": "uint8"}),
    ([np.array(row, np.int16) for row in lists], {"dtype": "float16", "value": 0.5}),
    ([np.array(row) for row in lists], {}), (np.arange(12).reshape(3, 4), {}),
    ([[1.7, -2.2], [True]], {}), ([["3"], ["4", "5"]], {}), ([[None], [1.5, 2]], {"dtype": "f4"}),
    (vectors, {"dtype": "float32"}), ([np.array(v) for v in vectors if v], {"dtype": "float64"}),
    (vectors, {"dtype": object}), (np.ones((2, 3, 4, 5)), {"dtype": "int8"}),
    (text, {"dtype": object, "value": "<pad>"}), (text, {"dtype": "<U2", "value": "<pad>"}),
    ([[b"x"], [b"yz", b"w"]], {"dtype": "S3", "value": b"-"}), ([[], []], {"maxlen": 2}),
]
compared = 0
for sequences, how in batches:
    for padding in ("pre", "post"):
        for truncating in ("pre", "post"):
            for maxlen in (None, 1, 2, 3, 9):
                more = {"maxlen": maxlen, **how, "padding": padding, "truncating": truncating}
                theirs = keras.utils.pad_sequences(sequences, **more)
                ours = rs.pad_sequences(sequences, **more)
                assert ours.dtype == theirs.dtype and ours.shape == theirs.shape, (sequences, more)
                equal = (ours == theirs) | ((ours != ours) & (theirs != theirs))
                assert equal.all(), (sequences, more)
                compared += 1
refused = [
    (3, {}), ([1, 2], {}), ([[1], 2], {}), ([[1], [[2]]], {}), ([[[1, 2]], [[3]]], {}),
    ([[1]], {"padding": "left"}), ([[1]], {"truncating": "left"}), ([[1]], {"value": "pad"}),
    ([["a"]], {}), ([[1]], {"maxlen": -1}), ([[1], [2, (3, 4)]], {"dtype": object, "maxlen": 1}),
]
for sequences, how in refused:
    for function in (keras.utils.pad_sequences, rs.pad_sequences):
        try:
            function(sequences, **how)
        except ValueError:
            compared += 1
print(compared)
"""


def test_the_results_and_errors_of_keras() -> None:
    """In a process of its own: Keras's back end is chosen once, and others may want another."""
    code = "import importlib.util as u; print(u.find_spec('keras') is not None)"
    if "True" not in run(code):
        pytest.skip("keras is not installed")
    assert int(run(_KERAS).split()[-1]) == 18 * 20 + 22


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "torch"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# Masks, lengths, and Ragged


@given(st.lists(st.lists(st.integers(1, 99), max_size=6), max_size=8), ENDS)
def test_ragged_to_padded_and_back(bags: list[list[int]], side: str) -> None:
    ragged = rs.Ragged.of(bags)
    padded = ragged.padded(side=side)
    assert (padded == reference(bags, None, "int64", side, "post", 0)).all()
    assert (rs.sequence_lengths(padded) == ragged.lengths).all()
    assert (rs.padding_mask(padded) == (padded != 0)).all()
    assert (rs.sequence_mask(ragged.lengths, padding=side) == (padded != 0)).all()
    again = rs.Ragged.from_padded(padded)
    assert (again.ids == ragged.ids).all() and (again.offsets == ragged.offsets).all()
    assert again.ids.dtype == ragged.ids.dtype and again.weights is None


@given(st.lists(st.lists(st.integers(0, 99), max_size=6), max_size=8), st.integers(0, 7), ENDS)
def test_longer_bags_are_cut(bags: list[list[int]], maxlen: int, cut: str) -> None:
    padded = rs.Ragged.of(bags).padded(maxlen, padding=-1, cut=cut)
    assert (padded == reference(bags, maxlen, "int64", "post", cut, -1)).all()


def test_weights_stay_beside_their_ids() -> None:
    ragged = rs.Ragged(np.array([3, 1, 2], np.int32), np.array([0, 2, 2, 3]), np.float32([5, 6, 7]))
    ids, weights = ragged.padded(side="pre"), ragged.padded_weights(side="pre")
    assert ids.dtype == np.int32 and ids.tolist() == [[3, 1], [0, 0], [0, 2]]
    assert weights.dtype == np.float32 and weights.tolist() == [[5, 6], [0, 0], [0, 7]]
    again = rs.Ragged.from_padded(ids, weights=weights)
    assert again.weights is not None and again.weights.tolist() == [5, 6, 7]
    assert rs.Ragged.of([[3], [1, 2]]).padded_weights().tolist() == [[1, 0], [1, 1]]
    with pytest.raises(rs.InputError, match="weights"):
        rs.Ragged.from_padded(ids, weights=weights[:, :1])


def test_an_id_that_would_be_taken_for_padding_is_named() -> None:
    with pytest.raises(rs.InputError, match="bag 2 holds it as its id 1") as caught:
        rs.Ragged.of([[5], [], [6, 0]]).padded()
    assert "padding=-1" in caught.value.hint
    assert rs.Ragged.of([[5], [], [6, 0]]).padded(padding=-1).tolist() == [
        [5, -1],
        [-1, -1],
        [6, 0],
    ]


@pytest.mark.parametrize("how", [{"side": "left"}, {"cut": 0}, {"maxlen": -2}])
def test_padded_refuses(how: dict) -> None:
    with pytest.raises(rs.SettingError, match=next(iter(how))):
        rs.Ragged.of([[1]]).padded(**how)


def test_padding_is_left_out_wherever_it_stands() -> None:
    ragged = rs.Ragged.from_padded([[7, 1, 7], [7, 7, 7], [2, 3, 4]], padding=7)
    assert [ragged[bag].tolist() for bag in range(3)] == [[1], [], [2, 3, 4]]
    assert rs.sequence_lengths([[7, 1, 7]], padding=7).tolist() == [1]
    assert rs.Ragged.from_padded(np.array([[0, 300]], np.uint16)).ids.dtype == np.int64
    assert len(rs.Ragged.from_padded([[], []])) == 2


@pytest.mark.parametrize(
    "batch", [[1, 2], [[1.5]], [[True]], [["a"]], [[1], [2, 3]], np.zeros((0, 2)), [[[1]]], None]
)
def test_no_padded_batch(batch: Any) -> None:
    for function in (rs.Ragged.from_padded, rs.sequence_lengths):
        with pytest.raises(rs.InputError):
            function(batch)


def test_masks_of_any_shape() -> None:
    assert rs.padding_mask([1, 0]).tolist() == [True, False]
    assert rs.padding_mask(np.zeros((2, 3, 4), np.int8), padding=-1).all()


def test_sequence_mask() -> None:
    assert rs.sequence_mask([1, 0, 3], 2).tolist() == [[True, False], [False, False], [True, True]]
    assert rs.sequence_mask([1], 2, padding="pre").tolist() == [[False, True]]
    assert rs.sequence_mask([]).shape == (0, 0)
    for wrong in ([-1], [1.5], [[1]], 3):
        with pytest.raises(rs.InputError):
            rs.sequence_mask(wrong)
    with pytest.raises(rs.SettingError, match="padding"):
        rs.sequence_mask([1], padding="left")


def test_input_length() -> None:
    require_length((5, 10), 10)
    require_length((5, 4, 3), (4, None))
    for shape, wanted in (((5, 9), 10), ((5,), 10), ((5, 10, 2), 10), ((5, 4, 3), (None, 2))):
        with pytest.raises(rs.InputError, match="input_length") as caught:
            require_length(shape, wanted)
        assert str(shape) in caught.value.message
    with pytest.raises(rs.SettingError, match="input_length"):
        require_length((5, 10), -1)
