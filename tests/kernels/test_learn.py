"""Learning: every rule is what `layer_reference` says, and halves are rounded as it says."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest

from rowspace.kernels import cpu_learn
from rowspace.kernels import layer_reference as reference
from rowspace.kernels.layer_reference import Number, RuleCode

DIMS = [1, 5, 16, 17, 33, 300, 1023]
BITS = {"float32": np.float32, "float16": np.uint16, "bfloat16": np.int16}
R, SHIFT = 12, 8
FLOATS, ONES = np.float32, np.ones((1, 2), np.float32)
STATE = np.uint64(2**64 - 5)  # the row's number is added to it: it wraps
SETTINGS = {
    "plain": {},
    "l2": {Number.L2: 0.1},
    "shrunk": {Number.SHRINK: 0.9},
    "held": {Number.MAX_NORM: 0.5},
    "upwards": {Number.SCALE: -1},
    "nesterov": {Number.NESTEROV: 1},
    "all": {Number.L2: 0.1, Number.SHRINK: 0.9, Number.MAX_NORM: 0.7, Number.SCALE: -1},
}


def numbers(**settings) -> np.ndarray:
    out = np.zeros(Number.COUNT, FLOATS)
    out[Number.LR], out[Number.SHRINK], out[Number.SCALE] = 0.1, 1, 1
    out[Number.MOMENTUM], out[Number.EPS] = 0.8, 1e-8
    out[Number.BETA1], out[Number.BETA2] = 0.9, 0.99
    out[Number.REST1], out[Number.REST2] = 0.1, 0.01
    for name, value in settings.items():
        out[Number[name]] = value
    return out


def states(code: RuleCode, dim: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Both states, not zero any more."""
    draw, none = np.random.default_rng(seed), np.zeros((0, 1), FLOATS)
    if code == RuleCode.SGD:
        return none, none
    width = 1 if code == RuleCode.ROW_ADAGRAD else dim
    first, second = (draw.uniform(0.1, 1, (R, width)).astype(FLOATS) for _ in range(2))
    return first, second if code == RuleCode.ADAM else none


class Run:
    """The rows of a table, their gradients in order, and one call of the kernel."""

    def __init__(self, code, dim, kind="float32", seed=0, spare=0):
        draw = np.random.default_rng(seed)
        values = draw.normal(size=(R, dim + spare)).astype(FLOATS)
        self.code, self.dim = code, dim
        self.data = np.ascontiguousarray(reference.encoded(values, np.dtype(BITS[kind])))
        self.first, self.second = states(code, dim, seed)
        self.ids = np.sort(draw.integers(0, R, 20))  # some rows often, some never
        self.words = self.ids << SHIFT | np.arange(20)
        self.values = draw.normal(size=(20, dim)).astype(FLOATS)
        self.clock = None

    def learn(self, settings, *, own=False, step=1, corrections=ONES, decays=ONES, cuts=(0, 20),
              shrunk=None, bags=None, weights=None, skipped=None, padding=-1, words=None,
              values=None, state=STATE):  # fmt: skip
        words = self.words if words is None else words
        values = self.values if values is None else values
        shrunk = np.zeros(step + 1) if shrunk is None else shrunk
        for begin, end in itertools.pairwise(cuts):
            cpu_learn.learn(
                int(self.code), self.data, self.dim, self.first, self.second, self.clock, own,
                step, settings, np.ascontiguousarray(corrections, FLOATS),
                np.ascontiguousarray(decays, FLOATS), shrunk, words, begin, end, SHIFT, values,
                bags, weights, skipped, padding, state, np.empty((1, self.dim + 16), FLOATS),
            )  # fmt: skip

    def sums(self):
        out = np.zeros((R, self.dim), FLOATS)
        np.add.at(out, self.ids, self.values)
        return out

    def expected(self, settings, past=(1.0, 1.0, 1.0), bias=(1.0, 1.0), but=()):
        """The rows and states after one step, all of it float32."""
        w = reference.decoded(self.data).copy()
        first, second, g = self.first.copy(), self.second.copy(), self.sums()
        empty = np.zeros(0, FLOATS)
        for row in set(self.ids.tolist()) - set(but):
            reference.learn_row(
                int(self.code), w[row, : self.dim], g[row],
                first[row] if len(first) else empty, second[row] if len(second) else empty,
                settings, past, bias,
            )  # fmt: skip
        return w, first, second


def close(run, expected):
    for found, wanted in zip((run.data, run.first, run.second), expected, strict=True):
        np.testing.assert_allclose(reference.decoded(found), wanted, rtol=3e-5, atol=3e-6)


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("code", RuleCode)
@pytest.mark.parametrize("name", SETTINGS)
def test_every_rule_is_the_reference(code, dim, name):
    run = Run(code, dim, seed=dim, spare=dim % 3)
    settings = numbers(**{key.name: value for key, value in SETTINGS[name].items()})
    untouched = sorted(set(range(R)) - set(run.ids.tolist()))
    before, expected = run.data.copy(), run.expected(settings, bias=(0.3, 0.4))
    run.learn(settings, corrections=[[0.3, 0.4]])
    close(run, expected)
    assert np.array_equal(run.data[untouched], before[untouched])
    assert np.array_equal(run.data[:, dim:], before[:, dim:])
    if "MAX_NORM" in str(SETTINGS[name]):
        lengths = np.linalg.norm(run.data[run.ids, :dim], axis=1)
        assert lengths.max() < settings[Number.MAX_NORM] * (1 + 1e-5)


@pytest.mark.parametrize("code", RuleCode)
def test_what_was_missed_comes_first(code):
    run, settings, step = Run(code, 17), numbers(), 7
    run.clock = np.full(R, 4, np.int32)  # steps 5 and 6 were missed
    shrunk = np.cumsum([0.0, -0.3, 0, -0.1, -0.2, -0.05, -0.15, -9])
    past = (0.5, 0.25, float(np.exp(-0.2)))
    expected = run.expected(settings, past=past)
    run.learn(settings, step=step, decays=[[1, 1], [0.7, 0.5], [0.5, 0.25]], shrunk=shrunk)
    close(run, expected)
    assert (run.clock[run.ids] == 7).all() and (np.delete(run.clock, run.ids) == 4).all()


def test_a_gap_longer_than_the_powers_takes_the_last():
    run, settings = Run(RuleCode.ADAM, 5), numbers()
    run.clock = np.zeros(R, np.int32)
    expected = run.expected(settings, past=(0.5, 0.25, 1.0))
    run.learn(settings, step=100, decays=[[1, 1], [0.5, 0.25]])
    close(run, expected)


def test_a_clock_of_its_own_picks_the_correction():
    run, settings = Run(RuleCode.ADAM, 5), numbers()
    run.clock = np.zeros(R, np.int32)
    run.clock[::2] = 50  # beyond the table of corrections: the last
    even, odd = (run.expected(settings, bias=bias)[0] for bias in ((0.9, 0.8), (0.2, 0.1)))
    run.learn(settings, own=True, corrections=[[0.2, 0.1], [0.5, 0.4], [0.9, 0.8]])
    wanted = np.where(np.arange(R)[:, None] % 2 == 0, even, odd)
    np.testing.assert_allclose(run.data, wanted, rtol=3e-5, atol=3e-6)
    seen = np.isin(np.arange(R), run.ids)
    assert (run.clock == np.where(np.arange(R) % 2 == 0, 50, 0) + seen).all()


@pytest.mark.parametrize("code", RuleCode)
def test_rows_that_are_skipped_stay(code):
    run, settings = Run(code, 33), numbers()
    run.clock = np.zeros(R, np.int32)
    skipped = np.zeros(R, np.uint8)
    often = int(np.bincount(run.ids).argmax())
    skipped[often], padding = 1, int(run.ids[0] if run.ids[0] != often else run.ids[-1])
    expected = run.expected(settings, but=(often, padding))
    run.learn(settings, skipped=skipped, padding=padding)
    close(run, expected)
    assert run.clock[often] == 0 and run.clock[padding] == 0


@pytest.mark.parametrize("cuts", [(0, 20), (0, 1, 2, 3, 20), tuple(range(21)), (0, 13, 13, 20)])
def test_however_the_work_is_cut(cuts):
    whole, parts = Run(RuleCode.ADAM, 33, seed=3), Run(RuleCode.ADAM, 33, seed=3)
    whole.learn(numbers())
    parts.learn(numbers(), cuts=cuts)
    assert np.array_equal(whole.data, parts.data) and np.array_equal(whole.first, parts.first)


@pytest.mark.parametrize("kind", BITS)
@pytest.mark.parametrize("weighted", [False, True])
def test_gradients_of_bags(kind, weighted):
    """A contribution is weight · the gradient of its bag, which may itself be of halves."""
    run, draw = Run(RuleCode.SGD, 17), np.random.default_rng(5)
    bags = draw.integers(0, 4, 20)
    values = reference.encoded(draw.normal(size=(4, 17)).astype(FLOATS), np.dtype(BITS[kind]))
    weights = draw.normal(size=20).astype(FLOATS) if weighted else None
    factors = np.ones(20, FLOATS) if weights is None else weights
    run.values = reference.decoded(values)[bags] * factors[:, None]
    expected = run.expected(numbers())
    words = run.words if weighted else run.ids << SHIFT | bags
    run.learn(
        numbers(), words=words, values=np.ascontiguousarray(values),
        bags=bags if weighted else None, weights=weights,
    )  # fmt: skip
    close(run, expected)


def test_sums_are_added_in_their_order():
    words = np.array([3 << SHIFT | 0, 3 << SHIFT | 1, 3 << SHIFT | 2, 9 << SHIFT | 3])
    values = np.array([[1e8], [-1e8], [1.0], [5.0]], FLOATS)
    out = np.zeros((2, 1), FLOATS)
    starts = np.array([0, 3, 4])
    cpu_learn.sum_rows(1, words, starts, 0, 2, SHIFT, values, None, None, out)
    assert out.ravel().tolist() == [1, 5]
    turned = np.ascontiguousarray(values[[1, 2, 0, 3]])  # -1e8, then 1, which is lost
    cpu_learn.sum_rows(1, words, starts, 0, 2, SHIFT, turned, None, None, out)
    assert out.ravel().tolist() == [0, 5]


@pytest.mark.parametrize("dim", DIMS)
@pytest.mark.parametrize("code", RuleCode)
@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_halves_are_rounded_by_the_very_chances(kind, code, dim):
    run, whole = Run(code, dim, kind, seed=dim), Run(code, dim, kind, seed=dim)
    run.data[:, 0] //= 64  # some small ones, below float16's normal numbers too
    whole.data = reference.decoded(run.data).copy()
    run.learn(numbers())
    whole.learn(numbers())
    for row in set(run.ids.tolist()):
        random = reference.noise(int(STATE), row, dim)
        wanted = reference.rounded_by_chance(whole.data[row], random, run.data.dtype)
        assert np.array_equal(run.data[row], wanted)
    assert np.array_equal(run.first, whole.first)


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
@pytest.mark.parametrize("at", [1.0, -0.3, 300.5, 2.0**-14, 3e-5, -5.5e-6, 1e-9])
def test_rounding_is_right_in_the_mean(kind, at):
    """A step far below a half's resolution moves a row by that step on average."""
    dim, steps = 1023, 60
    run = Run(RuleCode.SGD, dim, kind)
    start = reference.decoded(reference.encoded(np.full(1, at, FLOATS), run.data.dtype))[0]
    nearest = np.spacing(np.float16(start)) if kind == "float16" else abs(start) * 2.0**-8
    run.data[:] = reference.encoded(np.full((R, dim), start, FLOATS), run.data.dtype)
    run.words, move = np.arange(R) << SHIFT, 0.03 * float(nearest)
    value = np.full((20, dim), -move / 0.1, FLOATS)
    for step in range(steps):
        state = np.uint64(reference.mix(np.uint64(1234567 + step)))
        run.learn(numbers(), cuts=(0, R), values=value, state=state)
    moved = (reference.decoded(run.data).astype(float) - float(start)).mean()
    assert moved == pytest.approx(steps * move, rel=0.05)


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_what_is_not_finite_stays_so(kind):
    for seed in range(30):
        run = Run(RuleCode.SGD, 17, kind)
        run.words = np.arange(3) << SHIFT | np.arange(3)
        run.values[:3] = -np.array([[np.inf], [-np.inf], [np.nan]])
        run.learn(numbers(), cuts=(0, 3), state=np.uint64(seed))
        found = reference.decoded(run.data[:3])
        assert (found[0] == np.inf).all() and (found[1] == -np.inf).all()
        assert np.isnan(found[2]).all()
        run.learn(numbers(), cuts=(0, 3), state=np.uint64(seed))
        assert not np.isfinite(reference.decoded(run.data[:3])).any()
    random = np.full(3, 0xFFFFFFFF, np.uint32)
    given = np.array([np.inf, -np.inf, np.nan], FLOATS)
    kept = reference.decoded(reference.rounded_by_chance(given, random, run.data.dtype))
    assert np.array_equal(kept, given, equal_nan=True)


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_what_a_half_can_hold_is_never_moved(kind):
    """Every finite half there is goes through a step of 0 unchanged, whatever the chances."""
    run = Run(RuleCode.SGD, 1 << 16, kind)
    run.data[0] = np.arange(1 << 16, dtype=np.uint16).view(run.data.dtype)
    values = reference.decoded(run.data[0])
    run.words, run.values = np.array([0]), np.zeros((1, 1 << 16), FLOATS)
    run.learn(numbers(), cuts=(0, 1))
    found, real = reference.decoded(run.data[0]), np.isfinite(values)
    assert np.array_equal(found[real], values[real])
    assert not np.isfinite(found[~real]).any()


PLAIN = """
import sys; sys.path.insert(0, sys.argv[1])
import numpy as np
import test_learn as here
from rowspace.kernels import cpu_learn
assert not hasattr(cpu_learn.learn, "py_func")
for code in here.RuleCode:
    here.test_every_rule_is_the_reference(code, 5, "all")
    here.test_what_was_missed_comes_first(code)
    here.test_rows_that_are_skipped_stay(code)
here.test_a_clock_of_its_own_picks_the_correction()
for kind in ("float16", "bfloat16"):
    here.test_gradients_of_bags(kind, True); here.test_gradients_of_bags(kind, False)
    here.test_halves_are_rounded_by_the_very_chances(kind, here.RuleCode.ADAM, 17)
here.test_sums_are_added_in_their_order()
print("the same")
"""


def test_plain_python_is_the_same():
    done = subprocess.run(
        [sys.executable, "-c", PLAIN, os.path.dirname(__file__)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "the same\n"
