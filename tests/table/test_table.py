"""The table: its shape, its alignment, its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace import random
from rowspace.errors import ResourceError, SettingError
from rowspace.table import Table, available_memory, zeros
from rowspace.table.memory import human
from rowspace.table.table import require_memory


@pytest.mark.parametrize("dim", [1, 15, 16, 17, 100, 1023])
def test_rows_are_padded_to_whole_vectors_and_aligned(dim: int) -> None:
    table = Table(7, dim)
    assert table.rows.shape == (7, dim) and len(table) == 7
    assert table.data.shape[0] == 8 and table.data.shape[1] % 16 == 0
    assert table.data.shape[1] - dim < 16
    assert table.data.ctypes.data % 64 == 0
    table.rows[:] = 1
    assert table.data[:, dim:].sum() == 0 and table.data[-1].sum() == 0


def test_numbers_are_a_function_of_seed_row_and_column() -> None:
    table = Table.uniform(50, 10, seed=3, bound=0.05)
    expected = random.uniform(
        3, random.Stream.ROWS, np.arange(500).reshape(50, 10), low=-0.05, high=0.05
    )
    np.testing.assert_allclose(table.rows, expected, atol=1e-8)
    assert abs(table.rows.mean()) < 0.01 and table.rows.std() > 0.02
    other = Table.uniform(50, 10, seed=4, bound=0.05)
    assert (other.rows != table.rows).any()


def test_out_of_range() -> None:
    with pytest.raises(SettingError, match="dim must be from 1"):
        Table(3, 0)
    with pytest.raises(ResourceError, match="no memory for a table of"):
        zeros(1 << 50, 16)


def test_a_table_that_cannot_fit_is_refused_with_its_size() -> None:
    free = available_memory()
    if free is None:
        pytest.skip("this system does not tell its free memory")
    require_memory(10, 100)
    with pytest.raises(ResourceError, match=r"would take .* of memory are free") as caught:
        require_memory(free // 100, 100)
    assert "buckets" in caught.value.hint


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (1500, "1.5 kB"), (2e9, "2 GB"), (3.2e15, "3.2e+03 TB")]
)
def test_sizes_for_people(size: float, text: str) -> None:
    assert human(size) == text
