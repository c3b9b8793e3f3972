"""A step: summed in order, done once for each row, the same at any number of threads."""

from __future__ import annotations

import mmap
from dataclasses import replace

import numpy as np
import pytest

from rowspace.kernels import layer_reference as reference
from rowspace.table import SGD, Adagrad, Adam, AdamW, RowWiseAdagrad, get_threads, set_threads
from rowspace.table.learning import Batch, Limits, Slots, coalesce, flush, learn, sort
from rowspace.table.states import slots_in_memory

R, D = 500, 24
RULES = [
    SGD(lr=0.1), SGD(lr=0.1, momentum=0.9, weight_decay=0.01), Adagrad(lr=0.1, initial=0.1),
    RowWiseAdagrad(lr=0.1), Adam(lr=0.1), AdamW(lr=0.1), Adam(lr=0.1, untouched="own-clock"),
    AdamW(lr=0.1, untouched="catch-up"), SGD(lr=0.1, momentum=0.9, untouched="catch-up"),
    Adam(lr=0.1, untouched="catch-up"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def threads():
    before = get_threads()
    yield
    set_threads(before)


def batch(seed: int = 0, n: int = 3000, bagged: bool = False, weighted: bool = False) -> Batch:
    draw = np.random.default_rng(seed)
    ids = np.minimum(draw.zipf(1.05, n) - 1, R - 1).astype(np.int64)
    weights = draw.normal(size=n).astype(np.float32) if weighted else None
    if not bagged:
        return Batch(ids, draw.normal(size=(n, D)).astype(np.float32), None, weights)
    cuts = np.sort(draw.integers(0, n + 1, n // 5))
    offsets = np.concatenate([[0], cuts, [n]])  # with empty bags
    values = draw.normal(size=(len(offsets) - 1, D)).astype(np.float32)
    return Batch(ids, values, offsets, weights)


def contributions(one: Batch) -> np.ndarray:
    """The gradient of each id, float32 [N, D]."""
    values = one.values
    if one.offsets is not None:
        values = np.repeat(values, np.diff(one.offsets), axis=0)
    return values if one.weights is None else values * one.weights[:, None]


def start(seed: int = 9) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(R, D)).astype(np.float32)


@pytest.mark.parametrize("bagged", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n", [0, 1, 3000, 60_000])
def test_coalesced(bagged, weighted, n):
    one = batch(n=n, bagged=bagged, weighted=weighted)
    found = []
    for count in (1, 2, 3, 7):
        set_threads(count)
        found.append(coalesce(one, R))
    rows, sums = found[0]
    assert rows.dtype == np.int64 and np.array_equal(rows, np.unique(one.ids))
    expected = np.zeros((R, D))
    np.add.at(expected, one.ids, contributions(one))
    np.testing.assert_allclose(sums, expected[rows], rtol=1e-4, atol=2e-3 + n * 2e-7)
    for other in found[1:]:
        assert np.array_equal(rows, other[0]) and np.array_equal(sums, other[1])


def test_contributions_are_added_in_the_order_they_come():
    values = np.array([[1e8], [-1e8], [1.0]], np.float32)
    ids = np.array([4, 4, 4])
    assert coalesce(Batch(ids, values), 5)[1] == 1
    assert coalesce(Batch(ids, values[[0, 2, 1]]), 5)[1] == 0
    many = np.zeros((40_000, 1), np.float32)  # far apart, in parts that threads sort
    many[[7, 20_000, 39_000]] = values
    for count in (1, 2, 3):
        set_threads(count)
        assert coalesce(Batch(np.full(40_000, 4), many), 5)[1] == 1


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("bagged", [False, True])
def test_the_same_bits_at_any_number_of_threads(rule, bagged):
    found = []
    for count in (1, 2, 3, 7):
        set_threads(count)
        data, slots = start(), slots_in_memory(rule, R, D)
        for seed in range(3):
            learn(data, D, rule, slots, batch(seed, 20_000, bagged, weighted=bagged))
        found.append([data, *slots.arrays.values()])
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other, strict=True))


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_learning_is_a_loop_over_the_rows(rule):
    data, slots = start(), slots_in_memory(rule, R, D)
    skipped = np.zeros(R, np.uint8)
    skipped[[2, 77]] = 1
    limits = Limits(max_norm=6.0, scale=-1.0, padding=0)
    w, states = data.copy(), [a.copy() for a in slots.arrays.values()]
    last, own = np.zeros(R, int), np.zeros(R, int)
    numbers = rule.numbers(max_norm=6.0, scale=-1.0)
    for step in range(1, 6):
        one = batch(step, 300, bagged=step % 2 == 0, weighted=step == 3)
        learn(data, D, rule, slots, one, skipped=skipped, limits=limits)
        sums = np.zeros((R, D), np.float32)
        np.add.at(sums, one.ids, contributions(one))
        for row in np.unique(one.ids):
            if skipped[row] or row == 0:
                continue
            own[row] += 1
            gap = step - 1 - last[row] if rule.clocked and not rule.own_clock else 0
            past = (*(beta**gap for beta in rule.betas_kept), 1.0)
            if rule.owes_decay:
                past = (*past[:2], (1 - rule.lr * rule.weight_decay) ** gap)
            first, second = [one[row] for one in [*states, *[np.zeros((R, 0))] * 2][:2]]
            bias = rule.bias(int(own[row]) if rule.own_clock else step)
            reference.learn_row(
                int(rule.code), w[row], sums[row], first, second, numbers, past, bias
            )  # fmt: skip
            last[row] = step
    np.testing.assert_allclose(data, w, rtol=1e-4, atol=1e-4)
    for kept, wanted in zip(slots.arrays.values(), states, strict=True):
        np.testing.assert_allclose(kept, wanted, rtol=1e-4, atol=1e-4)
    assert slots.step == 5


def test_a_row_of_a_clock_of_its_own_learns_as_if_alone():
    rule, draw = Adam(lr=0.1, untouched="own-clock"), np.random.default_rng(0)
    data, slots = start(), slots_in_memory(rule, R, D)
    alone, kept = start(), slots_in_memory(Adam(lr=0.1), R, D)
    for _ in range(20):
        g = draw.normal(size=(1, D)).astype(np.float32)
        for _ in range(int(draw.integers(1, 5))):  # steps that do not name row 3
            learn(data, D, rule, slots, Batch(np.array([8]), g))
        learn(data, D, rule, slots, Batch(np.array([3]), g))
        learn(alone, D, Adam(lr=0.1), kept, Batch(np.array([3]), g))
    assert np.array_equal(data[3], alone[3])
    assert slots.clock[3] == 20 and slots.clock[5] == 0


@pytest.mark.parametrize("kind", [SGD, AdamW])
def test_decay_that_was_missed_is_made_up_for_under_changing_rates(kind):
    draw, rates = np.random.default_rng(0), [0.1, 0.5, 0.0, 0.3, 0.2, 0.01]
    rule = kind(lr=1, weight_decay=0.2, untouched="catch-up")
    data, slots = start(), slots_in_memory(rule, R, D)
    before = data.copy()
    for rate in rates[:-1]:
        g = draw.normal(size=(1, D)).astype(np.float32)
        learn(data, D, replace(rule, lr=rate), slots, Batch(np.array([8]), g))
    assert np.array_equal(data[3], before[3])
    owed = np.prod([1 - rate * 0.2 for rate in rates])
    nothing = np.zeros((1, D), np.float32)
    learn(data, D, replace(rule, lr=rates[-1]), slots, Batch(np.array([3]), nothing))
    np.testing.assert_allclose(data[3], before[3] * owed, rtol=1e-6)
    flush(data, D, rule, slots)
    np.testing.assert_allclose(data[100], before[100] * owed, rtol=1e-6)
    np.testing.assert_allclose(data[3], before[3] * owed, rtol=1e-6)
    assert (slots.clock == 6).all()
    after = data.copy()
    flush(data, D, rule, slots)
    assert np.array_equal(after, data)


@pytest.mark.parametrize("rule", RULES[7:], ids=str)
def test_momenta_fade_by_the_steps_missed(rule):
    g, other = np.ones((1, D), np.float32), np.array([8])
    data, slots = start(), slots_in_memory(rule, R, D)
    learn(data, D, rule, slots, Batch(np.array([3]), g))
    kept = [one[3].copy() for one in slots.arrays.values()]
    for _ in range(10):
        learn(data, D, rule, slots, Batch(other, g))
    assert all(np.array_equal(a, b[3]) for a, b in zip(kept, slots.arrays.values(), strict=True))
    flush(data, D, rule, slots)
    for one, now, beta in zip(kept, slots.arrays.values(), rule.betas_kept, strict=False):
        np.testing.assert_allclose(now[3], one * beta**10, rtol=1e-5)
    again = [one.copy() for one in slots.arrays.values()]
    flush(data, D, rule, slots)
    assert all(np.array_equal(a, b) for a, b in zip(again, slots.arrays.values(), strict=True))


def test_a_flush_before_or_not_comes_to_the_same():
    rule, g = AdamW(lr=0.1, untouched="catch-up"), np.ones((1, D), np.float32)
    found = []
    for flushed in (False, True):
        data, slots = start(), slots_in_memory(rule, R, D)
        for ids in ([3], [8], [8], [3], [5]):
            if flushed:
                flush(data, D, rule, slots)
            learn(data, D, rule, slots, Batch(np.array(ids), g))
        flush(data, D, rule, slots)
        found.append(data)
    np.testing.assert_allclose(*found, rtol=1e-5)


def test_rows_that_do_not_learn_are_not_flushed_and_owe_nothing():
    rule, g = SGD(lr=0.1, weight_decay=0.5, untouched="catch-up"), np.ones((1, D), np.float32)
    data, slots = start(), slots_in_memory(rule, R, D)
    before, skipped = data.copy(), np.zeros(R, np.uint8)
    skipped[4] = 1
    for _ in range(3):
        learn(data, D, rule, slots, Batch(np.array([8]), g), skipped=skipped)
    flush(data, D, rule, slots, skipped=skipped, limits=Limits(padding=6))
    assert np.array_equal(data[[4, 6]], before[[4, 6]])
    np.testing.assert_allclose(data[5], before[5] * 0.95**3, rtol=1e-6)
    learn(data, D, replace(rule, weight_decay=0.0), slots, Batch(np.array([4]), g))
    np.testing.assert_allclose(data[4], before[4] - 0.1, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_small_steps_and_small_decays_of_halves_count_on_average(kind):
    bits = {"float16": np.uint16, "bfloat16": np.int16}[kind]
    ones = reference.encoded(np.ones((R, D), np.float32), np.dtype(bits))
    data = ones.view(np.float16) if kind == "float16" else ones
    rule = SGD(lr=1e-3, weight_decay=0.1, untouched="catch-up")
    slots, every = slots_in_memory(rule, R, D), np.arange(R)
    g = np.full((R, D), -0.3, np.float32)
    for step in range(50):
        learn(data, D, rule, slots, Batch(every[:250], g[:250]), limits=Limits(seed=7))
        if step % 10 == 9:
            flush(data, D, rule, slots, limits=Limits(seed=7))
    values = reference.decoded(ones)
    assert values[:250].mean() == pytest.approx(1 + 50 * (3e-4 - 1e-4), abs=8e-4)
    assert values[250:].mean() == pytest.approx((1 - 1e-4) ** 50, abs=8e-4)


def test_long_runs_of_steps_keep_account():
    rule, slots = AdamW(lr=0.1, weight_decay=0.1, untouched="catch-up"), Slots({})
    for _ in range(1000):
        slots.tick(rule)
    assert slots.step == 1000
    assert slots.shrunk[1000] == pytest.approx(1000 * np.log(0.99))
    told = []
    slots.noted = lambda step, shrunk: told.append((step, shrunk))
    slots.tick(rule)
    assert told == [(1001, slots.shrunk[1001])]


def lazily(rows: int) -> np.ndarray:
    """Rows of one number, none of which takes memory until it is written."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | getattr(mmap, "MAP_NORESERVE", 0)
    try:
        return np.frombuffer(mmap.mmap(-1, rows * 4, flags=flags), np.float32).reshape(rows, 1)
    except OSError as error:
        pytest.skip(f"no such address space: {error}")


@pytest.mark.parametrize("rule", [SGD(lr=0.5), Adagrad(lr=0.5)], ids=["SGD", "Adagrad"])
def test_rows_at_and_beyond_two_to_the_31(rule):
    rows = 2**31 + 50
    data = lazily(rows)
    slots = Slots({name: lazily(rows) for name in rule.states})
    draw = np.random.default_rng(0)
    ids = np.concatenate([[0, 2**31 - 1, 2**31, rows - 1], draw.integers(0, rows, 96)])
    ids = np.tile(ids, 300)  # enough for threads to sort
    g = np.ones((len(ids), 1), np.float32)
    for count in (1, 3):
        set_threads(count)
        words, shift = sort(Batch(ids, g), rows)
        assert np.array_equal(words >> shift, np.sort(ids))
        learn(data, 1, rule, slots, Batch(ids, g))
    found, sums = coalesce(Batch(ids, g), rows)
    assert np.array_equal(found, np.unique(ids)) and (sums == 300).all()
    expected = -300.0 if rule.code == 0 else -0.5 - 0.5 / 2**0.5
    np.testing.assert_allclose(data[found], expected, rtol=1e-5)
    assert data[1] == 0 and data[2**31 - 2] == 0
