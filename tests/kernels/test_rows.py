"""The compiled row operations against their NumPy definitions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rowspace.kernels import cpu_rows, reference
from rowspace.kernels.jit import kernel

ROWS = 40


@kernel
def _gather(table: Any, rows: Any, n: int, weight: float, h: Any) -> None:
    cpu_rows.gather(table, rows, n, weight, h)


@kernel
def _scatter(table: Any, rows: Any, n: int, gradient: Any) -> None:
    cpu_rows.scatter(table, rows, n, gradient)


@kernel
def _scatter_free(table: Any, rows: Any, n: int, gradient: Any, frozen: Any) -> None:
    cpu_rows.scatter(table, rows, n, gradient, frozen)


@kernel
def _predict(table: Any, rows: Any, n: int, positives: int, h: Any, g: Any, loss: Any) -> None:
    cpu_rows.predict(table, rows, n, positives, h, 0.05, 2.5, g, loss)


@kernel
def _learn(table: Any, rows: Any, n: int, g: Any, h: Any, gradient: Any) -> None:
    cpu_rows.learn(table, rows, n, g, h, gradient)


@kernel
def _window(
    inputs: Any, context: Any, n: int, outputs: Any, rows: Any, m: int, positives: int, g: Any,
    loss: Any,
) -> None:  # fmt: skip
    cpu_rows.window(inputs, context, n, outputs, rows, m, positives, 0.05, g, loss)


@kernel
def _window_free(
    inputs: Any, context: Any, n: int, outputs: Any, rows: Any, m: int, g: Any, loss: Any,
    frozen: Any,
) -> None:  # fmt: skip
    cpu_rows.window(inputs, context, n, outputs, rows, m, 1, 0.05, g, loss, frozen)


def table(stride: int, seed: int = 0, scale: float = 0.3) -> np.ndarray:
    values = np.random.default_rng(seed).normal(0, scale, (ROWS + 1, stride)).astype(np.float32)
    values[-1] = 0
    return values


def fresh_loss() -> np.ndarray:
    loss = np.zeros(32, np.float32)
    loss[:16] = 1
    return loss


def spread(rng: np.random.Generator, n: int, dtype: type = np.int32) -> np.ndarray:
    """`n` distinct rows, padded with the spare row."""
    rows = np.full(n + 16, ROWS, dtype)
    rows[:n] = rng.permutation(ROWS)[:n]
    return rows


@pytest.mark.parametrize("stride", [16, 32, 48, 64, 112, 304, 1024])
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_gather_and_scatter(stride: int, dtype: type) -> None:
    rng = np.random.default_rng(stride)
    for n in (0, 1, 5, 17):
        rows = rng.integers(0, ROWS, max(n, 1)).astype(dtype)
        fast, slow = table(stride), table(stride)
        h, expected = np.ones(stride, np.float32), np.ones(stride, np.float32)
        _gather(fast, rows, n, 0.25, h)
        reference.gather(slow, rows, n, 0.25, expected)
        np.testing.assert_allclose(h, expected, rtol=1e-5, atol=1e-6)
        _scatter(fast, rows, n, h)
        reference.scatter(slow, rows, n, h)
        np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n", [1, 2, 4, 6, 11, 16, 17, 33])
@pytest.mark.parametrize("stride", [16, 112, 208])
def test_predict_and_learn(n: int, stride: int) -> None:
    rng = np.random.default_rng(n)
    rows = spread(rng, n)
    fast, slow = table(stride), table(stride)
    h = rng.normal(0, 0.5, stride).astype(np.float32)
    g, expected = np.zeros(64, np.float32), np.zeros(64, np.float32)
    loss, expected_loss = fresh_loss(), fresh_loss()
    positives = max(1, n // 3)
    _predict(fast, rows, n, positives, h, g, loss)
    reference.predict(slow, rows, n, positives, h, 0.05, 2.5, expected, expected_loss)
    np.testing.assert_allclose(g[:n], expected[:n], rtol=1e-4, atol=1e-7)
    assert (g[n : n + (-n) % 16] == 0).all()
    assert reference.log_loss_take(loss) == pytest.approx(
        reference.log_loss_take(expected_loss), rel=1e-5
    )
    gradient, expected_gradient = np.ones(stride, np.float32), np.ones(stride, np.float32)
    _learn(fast, rows, n, expected, h, gradient)
    reference.learn(slow, rows, n, expected, h, expected_gradient)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3, 6, 10])
@pytest.mark.parametrize("m", [1, 2, 6, 7, 16])
@pytest.mark.parametrize("stride", [16, 112])
@pytest.mark.parametrize("share", [None, 0.0, 0.6, 1.0])
def test_window(n: int, m: int, stride: int, share: float | None) -> None:
    rng = np.random.default_rng(n * 100 + m)
    positives = 1 if share is None else round(share * m)
    context, rows = rng.integers(0, ROWS, n + 1).astype(np.int32), spread(rng, m)
    inputs, outputs = (table(stride, 1), table(stride, 2)), (table(stride, 3), table(stride, 4))
    inputs, outputs = (inputs[0], inputs[0].copy()), (outputs[0], outputs[0].copy())
    loss, expected_loss = fresh_loss(), fresh_loss()
    g = np.zeros((n + 2) * (m + 32), np.float32)
    _window(inputs[0], context, n, outputs[0], rows, m, positives, g, loss)
    reference.window(
        inputs[1], context, n, outputs[1], rows, m, positives, 0.05, np.zeros_like(g), expected_loss
    )
    np.testing.assert_allclose(inputs[0], inputs[1], rtol=1e-4, atol=2e-6)
    np.testing.assert_allclose(outputs[0], outputs[1], rtol=1e-4, atol=2e-6)
    assert reference.log_loss_take(loss) == pytest.approx(
        reference.log_loss_take(expected_loss), rel=1e-5
    )


def some_frozen(share: float) -> np.ndarray:
    return (np.random.default_rng(8).random(ROWS) < share).astype(np.uint8)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_scatter_leaves_frozen_rows_alone(share: float, dtype: type) -> None:
    rng, frozen = np.random.default_rng(1), some_frozen(share)
    for n in (0, 1, 17):
        rows, gradient = rng.integers(0, ROWS, max(n, 1)).astype(dtype), np.ones(48, np.float32)
        fast, slow = table(48), table(48)
        _scatter_free(fast, rows, n, gradient, frozen)
        reference.scatter(slow, rows, n, gradient, frozen)
        np.testing.assert_allclose(fast, slow, rtol=1e-5, atol=1e-6)
        assert (fast[:-1][frozen != 0] == table(48)[:-1][frozen != 0]).all()
        moved = (fast != table(48)).any(axis=1)
        assert moved.sum() == len(set(rows[:n].tolist()) - set(np.flatnonzero(frozen).tolist()))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 6), (10, 7), (6, 16)])
def test_window_leaves_frozen_rows_alone(share: float, n: int, m: int) -> None:
    rng, frozen = np.random.default_rng(n), some_frozen(share)
    context, rows = rng.integers(0, 12, n + 1).astype(np.int32), spread(rng, m)
    inputs, outputs = (table(112, 1), table(112, 1)), (table(112, 3), table(112, 3))
    g, loss, expected_loss = np.zeros((n + 2) * (m + 32), np.float32), fresh_loss(), fresh_loss()
    _window_free(inputs[0], context, n, outputs[0], rows, m, g, loss, frozen)
    reference.window(
        inputs[1], context, n, outputs[1], rows, m, 1, 0.05, np.zeros_like(g), expected_loss, frozen
    )
    np.testing.assert_allclose(inputs[0], inputs[1], rtol=1e-4, atol=2e-6)
    np.testing.assert_allclose(outputs[0], outputs[1], rtol=1e-4, atol=2e-6)
    assert reference.log_loss_take(loss) == pytest.approx(
        reference.log_loss_take(expected_loss), rel=1e-5
    )
    before = table(112, 1)
    assert (inputs[0][:-1][frozen != 0] == before[:-1][frozen != 0]).all()
    free = set(context[:n].tolist()) - set(np.flatnonzero(frozen).tolist())
    assert (inputs[0] != before).any(axis=1).sum() == len(free)
    assert (outputs[0] != table(112, 3)).any(axis=1).sum() >= m


def test_saturated_pairs_have_a_finite_loss_and_nan_stays_nan() -> None:
    values = table(16)
    rows = spread(np.random.default_rng(0), 2)
    g, loss = np.zeros(16, np.float32), fresh_loss()
    values[rows[0]], values[rows[1]] = -1e4, 1e4
    _predict(values, rows, 2, 1, np.full(16, 1e4, np.float32), g, loss)
    assert 20 < reference.log_loss_take(loss) < 200
    assert g[:2] == pytest.approx([0.05, -0.125])
    values[rows[0], 3] = np.nan
    _predict(values, rows, 2, 1, np.ones(16, np.float32), g, loss)
    assert np.isnan(g[0])
    assert not np.isfinite(reference.log_loss_take(loss))
