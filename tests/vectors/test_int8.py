"""int8 rows against the layer's own codes, and what cannot be coded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rowspace.errors import InputError
from rowspace.vectors.int8 import Int8Rows, as_int8

NUMBERS = st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False)
ROWS = arrays.arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 7)), elements=NUMBERS)


@given(ROWS)
def test_no_number_is_off_by_more_than_half_a_step(rows: np.ndarray) -> None:
    coded = as_int8(rows)
    assert coded.shape == rows.shape and coded.stored == rows.size + 4 * len(rows)
    steps = np.abs(rows).max(axis=1).astype(np.float64) / 127
    lost = np.abs(coded[:].astype(np.float64) - rows)
    small = coded.scales == 0  # zeros, or too small for a scale
    assert (lost <= (0.5 + 1e-4) * steps[:, None] + 1e-44)[~small].all()
    assert (steps[small] < 1e-38).all() and not coded[:][small].any()


def test_the_codes_are_those_of_the_layer() -> None:
    torch = pytest.importorskip("torch")
    from rowspace.nn.codes import encoded

    rows = np.random.default_rng(0).normal(size=(300, 17)).astype(np.float32)
    rows[3] = 0
    theirs, ours = encoded(torch.from_numpy(rows)), as_int8(rows)
    assert np.array_equal(ours.codes, theirs.codes.numpy())
    assert np.allclose(ours.scales, theirs.scales.numpy(), rtol=1e-6)


def test_look_ups_have_the_shape_of_their_ids() -> None:
    coded = as_int8(np.arange(12, dtype=np.float32).reshape(4, 3))
    assert coded[np.array([[0, 1], [2, 3]])].shape == (2, 2, 3)
    assert coded[1:3].dtype == np.float32 and len(coded[1:3]) == 2
    assert np.asarray(coded).shape == (4, 3)
    assert np.array_equal(Int8Rows.from_arrays(coded.arrays())[:], coded[:])


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_named(wrong: float) -> None:
    rows = np.ones((5, 2), np.float32)
    rows[3, 1] = wrong
    with pytest.raises(InputError, match="row 3"):
        as_int8(rows)


@pytest.mark.parametrize(
    ("codes", "scales"),
    [
        (np.zeros((2, 3), np.uint8), np.zeros(2, np.float32)),
        (np.zeros(6, np.int8), np.zeros(6, np.float32)),
        (np.zeros((2, 3), np.int8), np.zeros(3, np.float32)),
        (np.zeros((2, 3), np.int8), np.zeros(2)),
    ],
)
def test_codes_and_scales_must_go_together(codes: np.ndarray, scales: np.ndarray) -> None:
    with pytest.raises(InputError):
        Int8Rows(codes, scales)
