"""Look-up and pooling over arrays, the same at any number of threads; ids looked at before."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import IdRangeError, IdTypeError, InputError
from rowspace.kernels import layer_reference as reference
from rowspace.ragged import Ragged
from rowspace.table import get_threads, set_threads
from rowspace.table.ids import first_outside, read_bags, read_ids
from rowspace.table.lookup import look_up, pool_bags, pool_max

R, D = 900, 70


@pytest.fixture(autouse=True)
def threads():
    before = get_threads()
    yield
    set_threads(before)


def rows(kind: str) -> np.ndarray:
    draw = np.random.default_rng(0)
    if kind == "int8":
        return draw.integers(-128, 128, (R, D)).astype(np.int8)
    values = draw.normal(size=(R, D)).astype(np.float32)
    if kind == "bfloat16":
        return reference.encoded(values, np.dtype(np.int16))
    return values.astype(kind)


def batch() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(1)
    lengths = draw.integers(0, 40, 800)
    lengths[::5] = 0
    ids = np.minimum(draw.zipf(1.2, lengths.sum()) - 1, R - 1).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return ids, offsets, draw.normal(size=len(ids)).astype(np.float32)


def meant(data: np.ndarray) -> np.ndarray:
    return reference.decoded(data.view(np.uint16) if data.dtype == np.float16 else data)


@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_rows_looked_up(kind):
    data, (ids, _, _) = rows(kind), batch()
    for count in (1, 3):
        set_threads(count)
        found = look_up(data, ids, D)
        assert found.dtype == data.dtype and np.array_equal(found, data[ids])
        out = np.empty((len(ids), D - 3), np.float32)
        assert look_up(data, ids, D - 3, out=out) is out
        assert np.array_equal(out, meant(data)[ids, : D - 3])
    assert look_up(data, ids[:0], D).shape == (0, D)


def test_a_large_result_goes_past_the_caches():
    data = np.random.default_rng(0).normal(size=(50, 256)).astype(np.float32)
    ids = np.random.default_rng(1).integers(0, 50, 33_000)
    memory = np.empty(33_000 * 256 + 16, np.float32)
    start = (-memory.ctypes.data % 64) // 4
    out = memory[start : start + 33_000 * 256].reshape(33_000, 256)
    assert out.nbytes > 1 << 25
    set_threads(2)
    assert np.array_equal(look_up(data, ids, 256, out=out), data[ids])


@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16", "int8"])
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_pools_are_the_reference_at_any_number_of_threads(kind, mean, weighted):
    data, (ids, offsets, weights) = rows(kind), batch()
    weights = np.abs(weights) if weighted else None
    scales = np.linspace(0.01, 0.1, R, dtype=np.float32) if kind == "int8" else None
    wide = np.empty((len(offsets) - 1, D), np.float32)
    found = []
    for count in (1, 2, 3, 7):
        set_threads(count)
        given = {"weights": weights, "scales": scales, "mean": mean, "padding": 2}
        found.append(pool_bags(data, ids, offsets, D, **given))
        pool_bags(data, ids, offsets, D, **given, out=wide)
    assert all(np.array_equal(one.view(np.uint8), found[0].view(np.uint8)) for one in found)
    bits = data.view(np.uint16) if kind == "float16" else data
    expected = reference.pool(bits, D, ids, offsets, weights, scales, mean, 2)
    np.testing.assert_allclose(wide, expected, rtol=1e-4, atol=1e-4)
    assert (wide[::5] == 0).all()
    if kind != "int8":
        assert found[0].dtype == data.dtype


def test_int8_rows_times_their_scales():
    data, scales = rows("int8"), np.linspace(0.01, 0.1, R, dtype=np.float32)
    ids = np.array([5, 899, 5])
    assert np.array_equal(look_up(data, ids, D, scales=scales), data[ids] * scales[ids, None])


@pytest.mark.parametrize("kind", ["float32", "float16", "bfloat16"])
def test_the_greatest(kind):
    data, (ids, offsets, _) = rows(kind), batch()
    found = []
    for count in (1, 3):
        set_threads(count)
        found.append(pool_max(data, ids, offsets, D, padding=0))
    (best, winners), other = found
    assert np.array_equal(best, other[0]) and np.array_equal(winners, other[1])
    values = meant(data)
    for b in range(len(offsets) - 1):
        places = np.arange(offsets[b], offsets[b + 1])
        places = places[ids[places] != 0]
        if not len(places):
            assert (winners[b] == -1).all() and (meant(best[b]) == 0).all()
            continue
        bag = values[ids[places]]
        assert np.array_equal(meant(best[b]), bag.max(axis=0))
        assert np.array_equal(winners[b], places[bag.argmax(axis=0)])


def test_ids_of_any_shape():
    for given, shape in [
        (3, ()), ([1, 2], (2,)), ([[1], [2]], (2, 1)), ([], (0,)), ([[], []], (2, 0)),
        (np.zeros((2, 3, 1), np.uint8), (2, 3, 1)), (np.int32(5), ()), ((7, 8), (2,)),
        (np.zeros((0, 4), np.int64), (0, 4)), (np.arange(10)[::3], (4,)),
    ]:  # fmt: skip
        ids, found = read_ids(given, 10)
        assert found == shape and ids.dtype == np.int64 and ids.flags.c_contiguous
        assert np.array_equal(ids.reshape(shape), np.asarray(given))
    assert first_outside(np.array([1, 2, 10]), 10) == 2


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        (10, IdRangeError, "id 10 is outside the table of 10 rows"),
        ([[1, 2], [3, -4]], IdRangeError, r"id -4 at position \(1, 1\) .* 10 rows"),
        ([1, 2**31], IdRangeError, "id 2147483648 at position 1 "),
        ([1, 2**64], IdRangeError, "id 18446744073709551616 at position 1 "),
        (np.array([1, 2**63], np.uint64), IdRangeError, "id 9223372036854775808 at position 1 "),
        ([1, 2.5], IdTypeError, r"2.5 \(float\) at position 1 is not a whole number"),
        ([1.0, 2.0], IdTypeError, r"1.0 \(float\) at position 0"),
        ([1, float("nan")], IdTypeError, "nan .* at position 1 .* table of 10 rows"),
        ([1, None], IdTypeError, "None .* at position 1"),
        (None, IdTypeError, "None"),
        (["a"], IdTypeError, "'a'"),
        (True, IdTypeError, "True"),
        (np.array([1j]), IdTypeError, "1j"),
        (np.zeros(0, np.float32), IdTypeError, "an empty float32 array"),
        ([[1], [2, 3]], InputError, "ids have one shape"),
    ],
)
def test_what_is_no_id(given, error, said):
    with pytest.raises(error, match=said):
        read_ids(given, 10)


def test_ids_of_bags():
    bags = Ragged(np.array([1, 2, 3], np.int32), np.array([0, 0, 2, 3]), np.ones(3))
    ids, offsets, weights = read_bags(bags, 4)
    assert ids.dtype == offsets.dtype == np.int64 and weights.dtype == np.float32
    with pytest.raises(IdRangeError, match=r"id 2 at position \(1, 1\) .* 2 rows"):
        read_bags(bags, 2)
    with pytest.raises(InputError, match="as a Ragged, not as list"):
        read_bags([[1], [2]], 4)
