"""GloVe's steps: compiled, they are what `glove_reference` says."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.kernels.cpu_glove import Learned, Rates, learn

V = 9
FLOATS = np.float32


def tables(stride, seed=0):
    rng = np.random.default_rng(seed)
    rows = [rng.normal(0, 0.3, (V + 1, stride)).astype(FLOATS) for _ in range(2)]
    sums = [rng.uniform(1, 50, (V + 1, stride)).astype(FLOATS) for _ in range(2)]
    return Learned(*rows, *sums)


def rates(stride, clip=100.0):
    rng = np.random.default_rng(9)
    return Rates(*rng.uniform(0, 0.1, (2, stride)).astype(FLOATS), clip)


def pairs(n, seed=1):
    rng = np.random.default_rng(seed)
    items = rng.integers(0, V, (n, 2)).astype(np.int32)
    return items, rng.normal(1, 2, n).astype(FLOATS), rng.random(n).astype(FLOATS)


@pytest.mark.parametrize("stride", [16, 32, 112])
@pytest.mark.parametrize(("clip", "scale"), [(100.0, 1.0), (0.01, 0.3)])
def test_a_pass_is_that_of_the_reference(stride, clip, scale):
    ours, theirs = tables(stride), tables(stride)
    items, logs, weights = pairs(200)
    losses = np.zeros(1), np.zeros(1)
    held = rates(stride, clip)
    n = learn(items, logs, weights, 200, ours, held, scale, losses[0])
    m = learn.py_func(items, logs, weights, 200, theirs, held, scale, losses[1])
    assert n == m == 200
    assert losses[0][0] == pytest.approx(losses[1][0], rel=1e-4)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-6)


def test_the_reference_goes_down_the_slope_of_the_loss():
    """Numbers of the gradient from differences of the loss, in float64."""
    from rowspace.kernels import glove_reference

    stride, weight, target = 16, 0.4, 0.7
    found, before = tables(stride), tables(stride)
    flat = Rates(np.ones(stride, FLOATS), np.ones(stride, FLOATS), 1e9)
    for sums in (found.input_sums, found.output_sums):
        sums[:] = 1
    glove_reference.meet(
        found.inputs, 2, found.outputs, 3, found.input_sums, found.output_sums,
        flat.inputs, flat.outputs, target, weight, flat.clip, 1.0, np.empty(1, FLOATS),
    )  # fmt: skip

    def loss(x, y):
        return 0.5 * weight * (x @ y - target) ** 2

    x, y = before.inputs[2].astype(float), before.outputs[3].astype(float)
    for d in range(stride):
        step = np.zeros(stride)
        step[d] = 1e-6
        slope = (loss(x + step, y) - loss(x - step, y)) / 2e-6
        assert before.inputs[2, d] - found.inputs[2, d] == pytest.approx(slope, abs=1e-5)
        assert found.input_sums[2, d] == pytest.approx(1 + slope**2, rel=1e-5)
        slope = (loss(x, y + step) - loss(x, y - step)) / 2e-6
        assert before.outputs[3, d] - found.outputs[3, d] == pytest.approx(slope, abs=1e-5)


def test_a_column_without_a_rate_stays_as_it_is():
    found, before = tables(16), tables(16)
    still = rates(16)
    still.inputs[5] = still.outputs[7] = 0
    learn(*pairs(50), 50, found, still, 1.0, np.zeros(1))
    assert (found.inputs[:, 5] == before.inputs[:, 5]).all()
    assert (found.outputs[:, 7] == before.outputs[:, 7]).all()
    assert (found.inputs[:, 7] != before.inputs[:, 7]).any()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_seen_in_the_loss(bad):
    found, loss = tables(16), np.zeros(1)
    found.inputs[4, 3] = bad
    items, logs, weights = pairs(100)
    learn(items, logs, weights, 100, found, rates(16), 1.0, loss)
    assert not np.isfinite(loss[0])
