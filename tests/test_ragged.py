"""`Ragged`: round trips and what it refuses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.errors import InputError
from rowspace.ragged import Ragged


@given(st.lists(st.lists(st.integers(0, 2**40), max_size=5), max_size=20))
def test_bags_come_back(bags: list[list[int]]) -> None:
    ragged = Ragged.of(bags)
    assert len(ragged) == len(bags)
    assert [ragged[i].tolist() for i in range(len(bags))] == bags
    assert ragged.lengths.tolist() == [len(bag) for bag in bags]


def test_singles() -> None:
    ragged = Ragged.singles(np.array([5, 2, 2], np.int32))
    assert [ragged[i].tolist() for i in range(3)] == [[5], [2], [2]]


@pytest.mark.parametrize(
    ("ids", "offsets", "weights"),
    [
        (np.zeros(2, np.float32), np.array([0, 2]), None),
        (np.zeros(2, np.int64), np.array([0, 1]), None),
        (np.zeros(2, np.int64), np.array([1, 2]), None),
        (np.zeros(2, np.int64), np.array([0, 2, 1, 2]), None),
        (np.zeros(2, np.int64), np.array([], np.int64), None),
        (np.zeros(2, np.int64), np.array([0, 2]), np.ones(3, np.float32)),
    ],
)
def test_refuses(ids: np.ndarray, offsets: np.ndarray, weights: np.ndarray | None) -> None:
    with pytest.raises(InputError):
        Ragged(ids, offsets, weights)
