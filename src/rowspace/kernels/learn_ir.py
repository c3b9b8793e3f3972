"""The instructions of one update of one row: `layer_reference.learn_row`, rule by rule."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from typing import Any

from llvmlite import ir
from numba.core import cgutils

from rowspace.kernels.layer_ir import LINE, columns, item, row_at
from rowspace.kernels.layer_reference import Number, RuleCode
from rowspace.kernels.number_ir import SIZE, load, noise, prefetch, sqrt, store, total
from rowspace.kernels.vector_ir import F32, I32, I64, accumulators, constant, fma, splat

_WIDTHS = (1,)


class _Row:
    """The row under work: its numbers, its two states and the settings, as vectors."""

    def __init__(self, b: Any, values: tuple) -> None:
        (self.data, row, self.dim, g, at, self.first, self.second, numbers,
         past_first, past_second, past_row, bias_first, bias_second, chance) = values  # fmt: skip
        self.b = b
        self.g = row_at(b, g, at)
        self.w = row_at(b, self.data, row)
        self.m = row_at(b, self.first, row)
        self.v = row_at(b, self.second, row)
        self.number = {name: item(b, numbers, I64(int(name))) for name in Number}
        self.number.pop(Number.COUNT, None)
        self.past = [past_first, past_second, past_row]
        self.bias = [bias_first, bias_second]
        self.chance = None if chance is None else b.trunc(chance, I32)

    def setting(self, name: Number) -> Any:
        return splat(self.b, self.number[name])

    def gradient(self, d: Any, mask: Any) -> tuple[Any, Any]:
        """The row as it is after what it missed and its decay, and its gradient."""
        b = self.b
        w = b.fmul(load(b, self.data.kind, self.w, d, mask), splat(b, self.past[2]))
        g = b.fmul(load(b, "f32", self.g, d, mask), self.setting(Number.SCALE))
        g = fma(b, self.setting(Number.L2), w, g)
        return b.fmul(w, self.setting(Number.SHRINK)), g

    def state(self, which: int, d: Any, mask: Any) -> Any:
        pointer = self.m if which == 0 else self.v
        return self.b.fmul(load(self.b, "f32", pointer, d, mask), splat(self.b, self.past[which]))

    def keep(self, which: int, value: Any, d: Any, mask: Any) -> None:
        store(self.b, "f32", value, self.m if which == 0 else self.v, d, mask)

    def finish(self, w: Any, d: Any, mask: Any) -> None:
        random = None if self.chance is None else noise(self.b, self.chance, d)
        store(self.b, self.data.kind, w, self.w, d, mask, random)


def _sgd(b: Any, r: _Row, d: Any, mask: Any) -> Any:
    w, g = r.gradient(d, mask)
    return b.fsub(w, b.fmul(r.setting(Number.LR), g))


def _momentum(b: Any, r: _Row, d: Any, mask: Any) -> Any:
    w, g = r.gradient(d, mask)
    momentum = r.setting(Number.MOMENTUM)
    m = fma(b, momentum, r.state(0, d, mask), g)
    r.keep(0, m, d, mask)
    nesterov = b.fcmp_ordered("!=", r.setting(Number.NESTEROV), constant(0))
    step = b.select(nesterov, fma(b, momentum, m, g), m)
    return b.fsub(w, b.fmul(r.setting(Number.LR), step))


def _adagrad(b: Any, r: _Row, d: Any, mask: Any) -> Any:
    w, g = r.gradient(d, mask)
    m = fma(b, g, g, r.state(0, d, mask))
    r.keep(0, m, d, mask)
    root = b.fadd(sqrt(b, m), r.setting(Number.EPS))
    return b.fsub(w, b.fdiv(b.fmul(r.setting(Number.LR), g), root))


def _adam(b: Any, r: _Row, d: Any, mask: Any) -> Any:
    w, g = r.gradient(d, mask)
    m = r.state(0, d, mask)
    m = fma(b, r.setting(Number.REST1), b.fsub(g, m), m)
    share = b.fmul(r.setting(Number.REST2), b.fmul(g, g))
    v = fma(b, r.setting(Number.BETA2), r.state(1, d, mask), share)
    r.keep(0, m, d, mask)
    r.keep(1, v, d, mask)
    root = b.fadd(b.fdiv(sqrt(b, v), splat(b, r.bias[1])), r.setting(Number.EPS))
    rate = splat(b, b.fdiv(r.number[Number.LR], r.bias[0]))
    return b.fsub(w, b.fmul(rate, b.fdiv(m, root)))


def _row_adagrad(b: Any, r: _Row) -> Callable[[Any, Any], Any]:
    (squares,) = accumulators(b, 1)

    def add(d: Any, width: int, mask: Any) -> None:
        g = r.gradient(d, mask)[1]
        b.store(fma(b, g, g, b.load(squares)), squares)

    columns(b, r.dim, _WIDTHS, add)
    mean = b.fmul(total(b, b.load(squares)), b.fdiv(F32(1), b.sitofp(r.dim, F32)))
    state = b.fadd(b.fmul(b.load(r.m), r.past[0]), mean)
    b.store(state, r.m)
    root = b.fadd(sqrt(b, state), r.number[Number.EPS])
    rate = splat(b, b.fdiv(r.number[Number.LR], root))

    def step(d: Any, mask: Any) -> Any:
        w, g = r.gradient(d, mask)
        return b.fsub(w, b.fmul(rate, g))

    return step


_RULES = {
    RuleCode.SGD: _sgd,
    RuleCode.MOMENTUM: _momentum,
    RuleCode.ADAGRAD: _adagrad,
    RuleCode.ADAM: _adam,
}


def emit_learn(b: Any, code: Any, *values: Any) -> None:
    """One update of data[row]: the rule by `code`, then the longest length a row may have."""
    r = _Row(b, values)

    def learn(step: Callable[[Any, Any], Any]) -> None:
        def body(d: Any, width: int, mask: Any) -> None:
            r.finish(step(d, mask), d, mask)

        columns(b, r.dim, _WIDTHS, body)

    end = b.append_basic_block("learned")
    switch = b.switch(code, end)
    for rule in RuleCode:
        with _case(b, switch, int(rule), end):
            if rule == RuleCode.ROW_ADAGRAD:
                learn(_row_adagrad(b, r))
            else:
                learn(partial(_RULES[rule], b, r))
    b.position_at_end(end)
    with b.if_then(b.fcmp_ordered(">", r.number[Number.MAX_NORM], F32(0)), likely=False):
        _hold(b, r)


@contextmanager
def _case(b: Any, switch: Any, value: int, end: Any) -> Any:
    block = b.append_basic_block(f"rule{value}")
    switch.add_case(ir.Constant(ir.IntType(64), value), block)
    b.position_at_end(block)
    yield
    b.branch(end)


def _hold(b: Any, r: _Row) -> None:
    """Bring a row that has become longer than it may be back to that length."""
    most = r.number[Number.MAX_NORM]
    (squares,) = accumulators(b, 1)

    def add(d: Any, width: int, mask: Any) -> None:
        w = load(b, r.data.kind, r.w, d, mask)
        b.store(fma(b, w, w, b.load(squares)), squares)

    columns(b, r.dim, _WIDTHS, add)
    length = sqrt(b, total(b, b.load(squares)))
    with b.if_then(b.fcmp_ordered(">", length, most)):
        factor = splat(b, b.fdiv(most, length))

        def scale(d: Any, width: int, mask: Any) -> None:
            w = load(b, r.data.kind, r.w, d, mask)
            store(b, r.data.kind, b.fmul(w, factor), r.w, d, mask)

        columns(b, r.dim, _WIDTHS, scale)


def emit_prefetch(b: Any, array: Any, row: Any, dim: Any) -> None:
    """Ask for a row that is soon to be written."""
    pointer = row_at(b, array, row)
    step = I64(LINE // SIZE[array.kind])
    with cgutils.for_range_slice(b, I64(0), dim, step, I64) as (d, _):
        prefetch(b, pointer, d)
