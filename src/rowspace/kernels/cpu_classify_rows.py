"""The row operations of a classifier, as vector code (`classify_ir`): what its training spends its
time in.

Each function says in NumPy what it does, and has a compiled overload, so a kernel that calls it
runs either way. Rows, h, gradients are whole vectors long; slots beyond `n` may be scribbled on.
"""

# ruff: noqa: PLW0108 - Numba wants a Python function, not the intrinsic itself

from __future__ import annotations

import numpy as np
from numba.core import types
from numba.extending import intrinsic, overload

from rowspace.kernels import classify_ir as emitted

# A call would pass each array as seven numbers on the stack.
_INSIDE = {"forceinline": True}


def pool_rows(
    rows: np.ndarray, ids: np.ndarray, first: int, stop: int, weight: float, h: np.ndarray
) -> None:
    """h += weight · Σ rows[ids[first:stop]]."""
    h += np.float32(weight) * rows[ids[first:stop]].sum(axis=0)


def prefetch(array: np.ndarray, at: int) -> None:
    """Ask for the line that array[at] lies in, soon to be read."""


def prefetch_rows(rows: np.ndarray, ids: np.ndarray, first: int, stop: int) -> None:
    """Ask for the rows ids[first:stop], soon to be written; it changes nothing but the time."""


def step_rows(
    rows: np.ndarray, sums: np.ndarray, frozen: np.ndarray, ids: np.ndarray, first: int, stop: int,
    gradient: np.ndarray, adagrad: bool, square: float, rate: float, stay: float, tiny: float,
) -> None:  # fmt: skip
    """Of each row i of ids[first:stop] that `frozen` does not name, sums[i] += square, then
    rows[i] = stay · rows[i] - rate / √(sums[i] + tiny) · gradient; without `adagrad` neither sum
    nor root. No row stands there twice."""
    at = ids[first:stop]
    if len(frozen):
        at = at[frozen[at] == 0]
    rates = np.full(len(at), rate, np.float32)
    if adagrad:
        sums[at] += np.float32(square)
        rates /= np.sqrt(sums[at] + np.float32(tiny))
    rows[at] = np.float32(stay) * rows[at] - rates[:, None] * gradient


def score_rows(
    rows: np.ndarray, nodes: np.ndarray, n: int, h: np.ndarray, scores: np.ndarray
) -> None:
    """scores[i] = rows[nodes[i]] · h."""
    scores[:n] = rows[nodes[:n]] @ h


def softmax(scores: np.ndarray, n: int) -> None:
    """scores[:n] become their shares, which sum to 1; NaN if one of them is."""
    shares = np.exp(scores[:n] - scores[:n].max())
    scores[:n] = shares / shares.sum()


def learn_nodes(
    rows: np.ndarray, nodes: np.ndarray, n: int, slopes: np.ndarray, steps: np.ndarray,
    h: np.ndarray, gradient: np.ndarray,
) -> None:  # fmt: skip
    """gradient = Σ slopes[i] · rows[nodes[i]], and each row goes by -steps[i] · h."""
    gradient[:] = 0
    for i in range(n):
        gradient += slopes[i] * rows[nodes[i]]
        rows[nodes[i]] -= steps[i] * h


def square_of(x: np.ndarray) -> float:
    """x · x."""
    return float(x @ x)


def clear(x: np.ndarray) -> None:
    """x = 0."""
    x[:] = 0


def take(counter: np.ndarray, amount: int) -> int:
    """counter[0], and it grows by `amount`: no two threads are told the same."""
    found = int(counter[0])
    counter[0] += amount
    return found


@intrinsic
def _pool(typing, rows, ids, first, stop, weight, h):
    return emitted.lower(emitted.emit_pool, types.void, rows, ids, first, stop, weight, h)


@intrinsic
def _ask(typing, array, at):
    return emitted.lower(emitted.emit_ask, types.void, array, at)


@intrinsic
def _prefetch(typing, rows, ids, first, stop):
    return emitted.lower(emitted.emit_prefetch, types.void, rows, ids, first, stop)


@intrinsic
def _step(
    typing, rows, sums, frozen, ids, first, stop, gradient, adagrad, square, rate, stay, tiny
):
    return emitted.lower(
        emitted.emit_step, types.void,
        rows, sums, frozen, ids, first, stop, gradient, adagrad, square, rate, stay, tiny,
    )  # fmt: skip


@intrinsic
def _score(typing, rows, nodes, n, h, scores):
    return emitted.lower(emitted.emit_score, types.void, rows, nodes, n, h, scores)


@intrinsic
def _softmax(typing, scores, n):
    return emitted.lower(emitted.emit_softmax, types.void, scores, n)


@intrinsic
def _learn(typing, rows, nodes, n, slopes, steps, h, gradient):
    return emitted.lower(emitted.emit_learn, types.void, rows, nodes, n, slopes, steps, h, gradient)


@intrinsic
def _square(typing, x):
    return emitted.lower(emitted.emit_square, types.float32, x)


@intrinsic
def _clear(typing, x):
    return emitted.lower(emitted.emit_clear, types.void, x)


@intrinsic
def _take(typing, counter, amount):
    return emitted.lower(emitted.emit_take, types.int64, counter, amount)


@overload(pool_rows, jit_options=_INSIDE)
def _(rows, ids, first, stop, weight, h):
    return lambda rows, ids, first, stop, weight, h: _pool(rows, ids, first, stop, weight, h)


@overload(prefetch, jit_options=_INSIDE)
def _(array, at):
    return lambda array, at: _ask(array, at)


@overload(prefetch_rows, jit_options=_INSIDE)
def _(rows, ids, first, stop):
    return lambda rows, ids, first, stop: _prefetch(rows, ids, first, stop)


@overload(step_rows, jit_options=_INSIDE)
def _(rows, sums, frozen, ids, first, stop, gradient, adagrad, square, rate, stay, tiny):
    def compiled(
        rows, sums, frozen, ids, first, stop, gradient, adagrad, square, rate, stay, tiny
    ):  # fmt: skip
        _step(
            rows, sums, frozen, ids, first, stop, gradient, np.int64(adagrad), square, rate, stay,
            tiny,
        )  # fmt: skip

    return compiled


@overload(score_rows, jit_options=_INSIDE)
def _(rows, nodes, n, h, scores):
    return lambda rows, nodes, n, h, scores: _score(rows, nodes, n, h, scores)


@overload(softmax, jit_options=_INSIDE)
def _(scores, n):
    return lambda scores, n: _softmax(scores, n)


@overload(learn_nodes, jit_options=_INSIDE)
def _(rows, nodes, n, slopes, steps, h, gradient):
    return lambda rows, nodes, n, slopes, steps, h, gradient: _learn(
        rows, nodes, n, slopes, steps, h, gradient
    )


@overload(square_of, jit_options=_INSIDE)
def _(x):
    return lambda x: _square(x)


@overload(clear, jit_options=_INSIDE)
def _(x):
    return lambda x: _clear(x)


@overload(take, jit_options=_INSIDE)
def _(counter, amount):
    return lambda counter, amount: _take(counter, amount)
