"""Look-up and pooling: every kernel is what `layer_reference` says, whatever the shape."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from rowspace.kernels import cpu_layer
from rowspace.kernels import layer_reference as reference

DIMS = [1, 5, 16, 17, 33, 300, 1023]
KINDS = ["float32", "float16", "bfloat16", "int8"]
R = 40


def table(kind: str, dim: int, seed: int = 0) -> np.ndarray:
    """Rows [R, S] as kernels know them, some wider than dim: what is there must not be met."""
    draw = np.random.default_rng(seed)
    stride = dim + seed % 3
    if kind == "int8":
        data = draw.integers(-128, 128, (R, stride)).astype(np.int8)
    else:
        values = draw.normal(size=(R, stride)).astype(np.float32)
        bits = {"float32": np.float32, "float16": np.uint16, "bfloat16": np.int16}[kind]
        data = np.ascontiguousarray(reference.encoded(values, np.dtype(bits)))
    data[:, dim:] = np.nan if kind == "float32" else 0x7E7F if kind != "int8" else -1
    return data


BAGS = {
    "usual": [3, 0, 7, 1, 25],
    "all empty": [0, 0, 0],
    "no bags": [],
    "one row": [1],
    "singles": [1] * 9,
    "one long": [300],
}


def batch(name: str, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(BAGS[name], dtype=np.int64)]).astype(np.int64)
    n = int(offsets[-1])
    ids = np.minimum(draw.zipf(1.3, n) - 1, R - 1).astype(np.int64)  # with many repeated
    return ids, offsets, draw.normal(size=n).astype(np.float32)


def pooled(data, dim, ids, offsets, *, weights=None, scales=None, mean=False, padding=None):
    out = np.full((len(offsets) - 1, dim + 2), 7, np.float32)
    cpu_layer.pool(
        data, dim, ids, offsets, 0, len(out), weights, scales, mean, padding, out
    )  # fmt: skip
    assert (out[:, dim:] == 7).all()
    return out[:, :dim]


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("kind", KINDS)
def test_pooling_is_the_reference(kind, dim):
    for seed, name in enumerate(BAGS):
        data = table(kind, dim, seed)
        ids, offsets, weights = batch(name, seed)
        scales = np.random.default_rng(9).uniform(0.01, 0.1, R).astype(np.float32)
        for given in ({}, {"weights": weights}, {"padding": 0}, {"scales": scales}):
            for mean in (False, True):
                every = {"weights": None, "scales": None, "padding": None, **given}
                expected = reference.pool(
                    data, dim, ids, offsets, every["weights"], every["scales"], mean,
                    -1 if every["padding"] is None else 0,
                )  # fmt: skip
                found = pooled(data, dim, ids, offsets, mean=mean, **every)
                size = np.abs(expected).max(initial=1)
                np.testing.assert_allclose(found, expected, rtol=2e-4, atol=2e-5 * size)


def test_pooling_everything_at_once():
    data = table("int8", 33)
    ids, offsets, weights = batch("usual")
    weights = np.abs(weights)
    scales = np.random.default_rng(9).uniform(0.01, 0.1, R).astype(np.float32)
    expected = reference.pool(data, 33, ids, offsets, weights, scales, True, 0)
    found = pooled(
        data, 33, ids, offsets, weights=weights, scales=scales, mean=True, padding=0
    )  # fmt: skip
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_mean_with_nothing_to_divide_by_is_zero():
    data, ids = table("float32", 5), np.array([2, 3, 0, 0])
    offsets, weights = np.array([0, 2, 4]), np.array([1, -1, 1, 1], np.float32)
    found = pooled(data, 5, ids, offsets, weights=weights, mean=True, padding=0)
    assert (found == 0).all()


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_sums_of_halves_are_float32_and_rounded_once(kind):
    data = table(kind, 17)
    ids, offsets = np.arange(R), np.array([0, R])
    out = np.zeros((1, 17), data.dtype)
    cpu_layer.pool(data, 17, ids, offsets, 0, 1, None, None, False, None, out)
    whole = pooled(data, 17, ids, offsets)
    assert np.array_equal(out, reference.encoded(whole.copy(), data.dtype))


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [0, 1, 50])
def test_rows_are_copied(kind, dim, n):
    data = table(kind, dim)
    ids = np.random.default_rng(2).integers(0, R, n)
    wide = np.zeros((n, dim), np.float32)
    cpu_layer.gather(data, dim, ids, 0, n, wide, False)
    assert np.array_equal(wide, reference.decoded(data[ids][:, :dim]))
    if kind != "int8":
        out = np.zeros((n, dim), data.dtype)
        cpu_layer.gather(data, dim, ids, 0, n, out, False)
        assert np.array_equal(out, data[ids][:, :dim])


def test_rows_are_copied_past_the_caches():
    data = np.random.default_rng(0).normal(size=(R, 48)).astype(np.float32)
    memory = np.zeros(50 * 48 + 16, np.float32)
    first = (-memory.ctypes.data % 64) // 4
    out = memory[first : first + 50 * 48].reshape(50, 48)
    ids = np.random.default_rng(2).integers(0, R, 50)
    cpu_layer.gather(data, 48, ids, 0, 50, out, True)
    assert np.array_equal(out, data[ids])


def test_the_greatest_and_where_it_was():
    data = table("float32", 7)
    data[5, 3] = np.nan
    ids, offsets, _ = batch("usual")
    ids[-1] = 5
    out, winners = np.zeros((5, 7), np.float32), np.zeros((5, 7), np.int64)
    cpu_layer.pool_max(data, 7, ids, offsets, 0, 5, 1, out, winners)
    for b in range(5):
        places = [i for i in range(offsets[b], offsets[b + 1]) if ids[i] != 1]
        for d in range(7):
            column = data[ids[places], d]
            if not places:
                assert out[b, d] == 0 and winners[b, d] == -1
                continue
            at = int(column.argmax())  # the first, and NaN before all
            assert winners[b, d] == places[at]
            assert np.array_equal(out[b, d], column[at], equal_nan=True)


def test_the_first_id_outside():
    ids = np.array([0, 5, 9, 10, -1, 2**40])
    assert cpu_layer.first_outside(ids, 10) == 3
    assert cpu_layer.first_outside(ids, 11) == 4
    assert cpu_layer.first_outside(ids[:3], 10) == -1
    assert cpu_layer.first_outside(ids[5:], 10) == 0
    assert cpu_layer.first_outside(ids[:0], 0) == -1


def test_rows_that_do_not_lie_together_are_refused():
    data = np.zeros((R, 20), np.float32)
    with pytest.raises(TypeError, match="one after another"):
        cpu_layer.gather(data[:, :5], 5, np.arange(3), 0, 3, np.zeros((3, 5), np.float32), False)


PLAIN = """
import sys; sys.path.insert(0, sys.argv[1])
import numpy as np
import test_layer as here
from rowspace.kernels import cpu_layer
assert not hasattr(cpu_layer.pool, "py_func")
here.DIMS = [5]
for kind in here.KINDS:
    here.test_pooling_is_the_reference(kind, 5)
    here.test_rows_are_copied(kind, 17, 4)
here.test_the_greatest_and_where_it_was(); here.test_the_first_id_outside()
here.test_rows_are_copied_past_the_caches(); here.test_pooling_everything_at_once()
print("the same")
"""


def plainly(code: str, *arguments: str) -> str:
    """What a program prints without a compiler."""
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", code, *arguments],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_plain_python_is_the_same():
    assert plainly(PLAIN, os.path.dirname(__file__)) == "the same\n"
