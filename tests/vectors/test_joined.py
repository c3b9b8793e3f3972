"""Rows of several kinds as one, and codes with finer rows beside them."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.vectors.int8 import as_int8
from rowspace.vectors.joined import JoinedRows, joined
from rowspace.vectors.quantize import Quantization, quantize
from rowspace.vectors.ranked import RankedRows

ROWS = np.random.default_rng(1).normal(size=(300, 6)).astype(np.float32)


def test_a_look_up_finds_each_row_in_its_part() -> None:
    parts = (ROWS[:5], as_int8(ROWS[5:20]), ROWS[20:].astype(np.float16))
    rows = JoinedRows(parts)
    whole = np.concatenate([np.asarray(part, np.float32) for part in parts])
    ids = np.array([[299, 0, 5], [19, 20, 4]])
    assert rows.shape == (300, 6) and np.array_equal(rows[ids], whole[ids])
    assert np.array_equal(rows[3:22], whole[3:22]) and np.array_equal(np.asarray(rows), whole)
    assert np.array_equal(rows[np.array([-1])], whole[-1:])
    with pytest.raises(IndexError, match="299"):
        rows[np.array([300])]


def test_what_cannot_be_joined() -> None:
    with pytest.raises(InputError, match="two parts"):
        JoinedRows((ROWS,))
    with pytest.raises(InputError, match="equally long"):
        JoinedRows((ROWS, ROWS[:, :3]))
    assert joined(ROWS, ROWS[:0]) is ROWS


def test_codes_with_finer_rows_answer_with_the_finer() -> None:
    codes = quantize(ROWS, Quantization(2))
    finer = as_int8(ROWS)
    rows = RankedRows(codes, finer)
    assert np.array_equal(rows[:], finer[:]) and rows.stored == codes.stored + finer.stored
    with pytest.raises(InputError, match="do not go with"):
        RankedRows(codes, as_int8(ROWS[:4]))
