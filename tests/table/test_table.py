"""The table: its shape, its alignment, its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace import random
from rowspace.errors import IdRangeError, IdTypeError, InputError, ResourceError, SettingError
from rowspace.memory import human
from rowspace.ragged import Ragged
from rowspace.table import SGD, Adagrad, Adam, AdamW, Table, available_memory, zeros
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


BAGS = Ragged(np.array([3, 0, 3, 5]), np.array([0, 2, 2, 4]), np.array([1, 2, 3, 4], np.float32))


@pytest.mark.parametrize("precision", ["float32", "float16", "bfloat16"])
def test_look_up_has_the_shape_of_the_ids(precision):
    table = Table.uniform(50, 10, seed=3, bound=0.5, precision=precision)
    exact = Table.uniform(50, 10, seed=3, bound=0.5).rows
    assert table[4].shape == (10,) and table[[]].shape == (0, 10)
    ids = np.random.default_rng(0).integers(0, 50, (4, 7))
    found = table[ids]
    assert found.shape == (4, 7, 10) and found.dtype == np.float32
    np.testing.assert_allclose(found, exact[ids], atol=2e-3)
    assert np.array_equal(found[1, 2], table[int(ids[1, 2])])
    found[:] = 9  # a copy
    assert table[ids].max() < 1
    with pytest.raises(IdRangeError, match=r"id 50 at position \(0, 1\) .* 50 rows"):
        table[[[1, 50]]]
    with pytest.raises(IdTypeError, match=r"0\.5"):
        table[0.5]


def test_pools():
    table = Table.uniform(6, 10, bound=1)
    w = table.rows
    np.testing.assert_allclose(table.pool(BAGS)[0], w[3] + 2 * w[0], rtol=1e-6)
    np.testing.assert_allclose(table.pool(BAGS, mean=True)[2], (3 * w[3] + 4 * w[5]) / 7, rtol=1e-5)
    assert (table.pool(BAGS)[1] == 0).all()
    with pytest.raises(IdRangeError, match=r"id 6 at position \(1, 0\)"):
        table.pool(Ragged.of([[1], [6]]))
    with pytest.raises(InputError, match="Ragged"):
        table.pool([[1]])


def test_a_step_sums_a_repeated_row_and_learns_it_once():
    table = Table(9, 4, Adagrad(lr=0.5))
    g = np.arange(24, dtype=np.float32).reshape(2, 3, 4) + 1
    table.step([[1, 2, 1], [1, 8, 2]], g)
    sums = {1: g[0, 0] + g[0, 2] + g[1, 0], 2: g[0, 1] + g[1, 2], 8: g[1, 1]}
    for row in range(9):
        wanted = -0.5 * np.sign(sums[row]) if row in sums else np.zeros(4)
        np.testing.assert_allclose(table[row], wanted, rtol=1e-6)
    assert table.steps == 1 and (table.data[-1] == 0).all()
    table.step(3, g[0, 0], lr=0.25)
    np.testing.assert_allclose(table[3], -0.25, rtol=1e-6)
    assert table.rule == Adagrad(lr=0.5) and table.steps == 2
    with pytest.raises(SettingError, match="lr"):
        table.step(3, g[0, 0], lr=-1)


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("weights", [BAGS.weights, None])
def test_a_step_of_bags_is_the_gradient_of_their_pool(mean, weights):
    bags = Ragged(BAGS.ids, BAGS.offsets, weights)
    table, target = Table.uniform(6, 5, SGD(lr=1), seed=1, bound=1), np.ones((3, 5))
    before, spread = table.rows.astype(float).copy(), 1e-3

    def loss(rows):
        probe = Table(6, 5)
        probe.rows[:] = rows
        return (probe.pool(bags, mean=mean).astype(float) * target).sum()

    table.step(bags, target, mean=mean)
    for row in range(6):
        moved = before.copy()
        moved[row, 2] += spread
        slope = (loss(moved) - loss(before)) / spread
        assert table.rows[row, 2] == pytest.approx(before[row, 2] - slope, abs=2e-3)


def test_it_learns_what_it_is_taught():
    draw = np.random.default_rng(0)
    target = draw.normal(size=(40, 8)).astype(np.float32)
    for rule in (SGD(lr=0.5), Adagrad(lr=0.5), Adam(lr=0.05)):
        table = Table.uniform(40, 8, rule)
        for _ in range(400):
            ids = draw.integers(0, 40, 10)
            table.step(ids, table[ids] - target[ids])
        assert np.abs(table.rows - target).max() < 0.1


def test_small_steps_of_halves_count():
    table = Table(20, 64, SGD(lr=1e-3), precision="bfloat16", seed=5)
    table.data[:, :64] = 0x3F80  # 1
    again = Table(20, 64, SGD(lr=1e-3), precision="bfloat16", seed=5)
    again.data[:] = table.data
    for _ in range(100):
        for one in (table, again):
            one.step(np.arange(20), np.ones((20, 64)))
    assert table[np.arange(20)].mean() == pytest.approx(0.9, abs=0.01)
    assert np.array_equal(table.rows, again.rows)


def test_untouched_rows_are_brought_up_to_date():
    table = Table.uniform(5, 4, AdamW(lr=0.1, weight_decay=0.5, untouched="catch-up"), bound=1)
    before = table.rows.copy()
    for _ in range(3):
        table.step(1, np.ones(4))
    assert np.array_equal(table.rows[2], before[2])
    table.flush()
    np.testing.assert_allclose(table.rows[2], before[2] * 0.95**3, rtol=1e-6)
    after = table.rows.copy()
    table.flush()
    assert np.array_equal(table.rows, after) and (table.data[-1] == 0).all()


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        (np.ones((2, 5)), r"the gradient is \(2, 5\), but these ids want \(2, 4\)"),
        (np.ones(8), r"\(8,\)"),
        (1.0, "want"),
        (None, "a gradient holds numbers, not object"),
        ([["a"] * 4] * 2, "a gradient holds numbers"),
        (np.ones((2, 4), complex), "a gradient holds numbers, not complex128"),
        ([[1], [1, 2]], "a gradient has one shape"),
    ],
)
def test_gradients_that_do_not_fit(gradient, said):
    table = Table.uniform(5, 4, SGD(lr=1))
    before = table.data.copy()
    with pytest.raises(InputError, match=said):
        table.step([1, 2], gradient)
    with pytest.raises(InputError):
        table.step(Ragged.of([[1], [2]]), gradient)
    assert np.array_equal(table.data, before) and table.steps == 0


def test_gradients_need_not_lie_together():
    table, other = Table(5, 4, SGD(lr=1)), Table(5, 4, SGD(lr=1))
    g = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
    table.step(np.arange(5)[::2], g.T[::2])
    other.step([0, 2, 4], np.ascontiguousarray(g.T[::2]))
    assert np.array_equal(table.rows, other.rows)
    table.step([1, 2], np.broadcast_to(np.ones(4, np.float32), (2, 4)))
    assert (table[1] == -1).all()


def test_what_a_table_cannot_be():
    for rows in (-1, 2.5, "3", None, True):
        with pytest.raises(SettingError, match="rows must be a whole number"):
            Table(rows, 4)
    for dim in (0, -1, 2.5, True, None, 1 << 21):
        with pytest.raises(SettingError, match="dim must be"):
            Table(3, dim)
    with pytest.raises(SettingError, match="precision must be one of float32, float16, bfloat16"):
        Table(3, 4, precision="int8")
    with pytest.raises(SettingError, match="rule must be a rule such as"):
        Table(3, 4, "adam")
    with pytest.raises(SettingError, match="no rule to learn by") as caught:
        Table(3, 4).step([1], np.ones((1, 4)))
    assert "SGD(lr=0.1)" in caught.value.hint
    assert len(Table(0, 4)) == 0 and Table(0, 4)[[]].shape == (0, 4)


@pytest.mark.skipif(available_memory() is None, reason="this system does not tell its free memory")
def test_what_does_not_fit_is_refused_before_it_is_begun():
    for rows in (2**31, 2**50):
        with pytest.raises(
            ResourceError, match=r"would take .*B \(.* rows of 512 numbers\)"
        ) as caught:
            Table(rows, 512)
        assert "lower dim" in caught.value.hint and "Table.mapped" in caught.value.hint


def test_states_that_do_not_fit_are_refused(monkeypatch):
    table = Table.uniform(100_000, 16, Adam(lr=0.1))
    monkeypatch.setattr("rowspace.table.memory.available_memory", lambda: 10_000_000)
    with pytest.raises(
        ResourceError, match=r"Adam would keep 12\.8 MB .* 10 MB of memory are free"
    ):
        table.step([1], np.ones((1, 16)))
    assert (table[1] != 0).any() and table.steps == 0
