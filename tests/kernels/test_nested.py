"""The compiled nested operations against their NumPy definitions, and these against gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rowspace.kernels import cpu_nested, nested_reference, reference
from rowspace.kernels.jit import kernel
from rowspace.kernels.nested_reference import Nested

ROWS, LR = 40, 0.05
LISTS = [
    (16,), (7,), (16, 32, 64), (1, 2, 3, 5, 8, 13), (20, 40, 80, 112), (16, 17, 47, 48, 49, 100),
]  # fmt: skip


@kernel
def _window(
    inputs: Any, context: Any, n: int, outputs: Any, rows: Any, m: int, nested: Any, g: Any,
    loss: Any,
) -> None:  # fmt: skip
    cpu_nested.window_nested(inputs, context, n, outputs, rows, m, LR, nested, g, loss)


@kernel
def _window_free(
    inputs: Any, context: Any, n: int, outputs: Any, rows: Any, m: int, nested: Any, g: Any,
    loss: Any, frozen: Any,
) -> None:  # fmt: skip
    cpu_nested.window_nested(inputs, context, n, outputs, rows, m, LR, nested, g, loss, frozen)


@kernel
def _predict(
    table: Any, rows: Any, n: int, positives: int, h: Any, nested: Any, g: Any, loss: Any
) -> None:
    cpu_nested.predict_nested(table, rows, n, positives, h, LR, nested, g, loss)


@kernel
def _learn(table: Any, rows: Any, n: int, nested: Any, g: Any, h: Any, gradient: Any) -> None:
    cpu_nested.learn_nested(table, rows, n, nested, g, h, gradient)


def of(ends: tuple[int, ...], seed: int = 0) -> Nested:
    """Prefixes that learn at odd rates."""
    rng = np.random.default_rng(seed)
    own, carry = rng.uniform(0.3, 1.5, (2, len(ends))).astype(np.float32)
    return Nested(np.array(ends, np.int64), own, carry)


def table(dim: int, seed: int, rows: int = ROWS) -> np.ndarray:
    """Rows padded with zeros to whole vectors, and the spare one."""
    values = np.zeros((rows + 1, -(-dim // 16) * 16), np.float32)
    values[:-1, :dim] = np.random.default_rng(seed).normal(0, 0.4, (rows, dim))
    return values


def fresh_loss() -> np.ndarray:
    loss = np.zeros(32, np.float32)
    loss[:16] = 1
    return loss


def spread(rng: np.random.Generator, n: int) -> np.ndarray:
    """`n` distinct rows, padded with the spare row."""
    rows = np.full(n + 16, ROWS, np.int32)
    rows[:n] = rng.permutation(ROWS)[:n]
    return rows


@pytest.mark.parametrize("ends", LISTS, ids=str)
@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("m", [1, 6, 11])
@pytest.mark.parametrize("freezing", [False, True], ids=["free", "frozen"])
def test_window(ends: tuple[int, ...], n: int, m: int, freezing: bool) -> None:
    rng = np.random.default_rng(n * 100 + m)
    context, rows = rng.integers(0, ROWS, n + 1).astype(np.int32), spread(rng, m)
    fast, slow = ([table(ends[-1], 1), table(ends[-1], 2)] for _ in range(2))
    loss, expected = fresh_loss(), fresh_loss()
    g = np.zeros((n + 2) * (m + 32) * len(ends), np.float32)
    frozen = (rng.random(ROWS) < 0.5).astype(np.uint8) if freezing else None
    rest = (context, n, fast[1], rows, m, of(ends), g, loss)
    _window(fast[0], *rest) if frozen is None else _window_free(fast[0], *rest, frozen)
    nested_reference.window_nested(
        slow[0], context, n, slow[1], rows, m, LR, of(ends), g, expected, frozen
    )
    for ours, right in zip(fast, slow, strict=True):
        np.testing.assert_allclose(ours[:-1], right[:-1], rtol=1e-4, atol=2e-6)
        assert (ours[:-1, ends[-1] :] == 0).all()
    told = reference.log_loss_take(loss)
    assert told == pytest.approx(reference.log_loss_take(expected), rel=1e-5)


@pytest.mark.parametrize("ends", LISTS, ids=str)
@pytest.mark.parametrize("n", [1, 4, 11, 17, 33])
def test_predict_and_learn(ends: tuple[int, ...], n: int) -> None:
    rng, dim = np.random.default_rng(n), ends[-1]
    rows, fast, slow = spread(rng, n), table(dim, 1), table(dim, 1)
    h = table(dim, 5, 1)[0]
    size = (n + 31) // 16 * 16 * len(ends)
    g, expected = np.zeros(size, np.float32), np.zeros(size, np.float32)
    loss, expected_loss = fresh_loss(), fresh_loss()
    positives = max(1, n // 3)
    _predict(fast, rows, n, positives, h, of(ends), g, loss)
    nested_reference.predict_nested(
        slow, rows, n, positives, h, LR, of(ends), expected, expected_loss
    )
    np.testing.assert_allclose(g, expected, rtol=1e-4, atol=1e-7)
    told = reference.log_loss_take(loss)
    assert told == pytest.approx(reference.log_loss_take(expected_loss), rel=1e-5)
    gradient, right = np.ones_like(h), np.ones_like(h)
    _learn(fast, rows, n, of(ends), expected, h, gradient)
    nested_reference.learn_nested(slow, rows, n, of(ends), expected, h, right)
    np.testing.assert_allclose(gradient, right, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(fast[:-1], slow[:-1], rtol=1e-5, atol=1e-6)


def test_one_prefix_is_a_plain_window() -> None:
    rng = np.random.default_rng(3)
    context, rows = rng.integers(0, ROWS, 5).astype(np.int32), spread(rng, 6)
    alone = Nested(np.array([100], np.int64), np.ones(1, np.float32), np.ones(1, np.float32))
    ours, plain = ([table(100, 1), table(100, 2)] for _ in range(2))
    for function, tables, more in (
        (nested_reference.window_nested, ours, (LR, alone)),
        (reference.window, plain, (1, LR)),
    ):
        function(tables[0], context, 5, tables[1], rows, 6, *more, np.zeros(0), fresh_loss())
    for one, other in zip(ours, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-7)


def test_steps_are_the_gradient_of_the_sum_of_losses() -> None:
    """Central differences of Σ over prefixes of -log σ(±u·v), in float64."""
    ends, dim, n, m = (3, 8, 20), 20, 3, 4
    rng = np.random.default_rng(7)
    x, y = rng.normal(0, 0.5, (n, dim)), rng.normal(0, 0.5, (m, dim))
    sign = np.where(np.arange(m) == 0, 1.0, -1.0)

    def loss(x: np.ndarray, y: np.ndarray) -> float:
        total = 0.0
        for end in ends:
            total += np.log1p(np.exp(-sign * (x[:, :end] @ y[:, :end].T))).sum()
        return total

    def numeric(at: np.ndarray) -> np.ndarray:
        out = np.zeros_like(at)
        for index in np.ndindex(at.shape):
            kept = at[index]
            ends_of = []
            for change in (1e-5, -1e-5):
                at[index] = kept + change
                ends_of.append(loss(x, y))
            at[index] = kept
            out[index] = (ends_of[0] - ends_of[1]) / 2e-5
        return out

    even = Nested(np.array(ends, np.int64), np.ones(3, np.float32), np.ones(3, np.float32))
    inputs, outputs = np.zeros((n + 1, 32), np.float32), np.zeros((m + 1, 32), np.float32)
    inputs[:n, :dim], outputs[:m, :dim] = x, y
    nested_reference.window_nested(
        inputs, np.arange(n), n, outputs, np.arange(m), m, 1e-3, even, np.zeros(0), fresh_loss()
    )
    # A step is -lr times the gradient where the rows do not move in between: lr is small.
    np.testing.assert_allclose((x - inputs[:n, :dim]) / 1e-3, numeric(x), rtol=0.02, atol=5e-3)
    np.testing.assert_allclose((y - outputs[:m, :dim]) / 1e-3, numeric(y), rtol=0.02, atol=5e-3)
