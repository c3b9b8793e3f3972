"""Nested row operations in plain NumPy: the definition of right for `cpu_nested`.

Kusupati et al. 2022, "Matryoshka Representation Learning": the first m numbers of a vector are to
be a vector themselves, for each m of a list. The dot products of all these prefixes are running
sums over blocks of columns, so that a pair of rows is read once and costs one logistic function
more for each prefix. Shapes are those of `reference`; `g` holds P steps for each pair.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.reference import OUTPUT_BLOCK, log_loss_add, sigmoid


class Nested(NamedTuple):
    """`ends` int64 [P]: numbers in each prefix, ascending, the last one D; block p are the numbers
    that prefix p has and the one before has not.

    `own`, `carry` float32 [P] say how block p learns from what is wrong with prefix p and the
    longer ones: c_p = own_p · wrong_p + carry_p · c_{p+1}. All 1: the gradient of the sum of the
    losses.
    """

    ends: np.ndarray
    own: np.ndarray
    carry: np.ndarray


def running_dots(x: np.ndarray, y: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """x [n, S] · y [m, S]ᵀ over the first `ends` numbers, [P, n, m]."""
    starts = [0, *ends[:-1]]
    blocks = [x[:, lo:hi] @ y[:, lo:hi].T for lo, hi in zip(starts, ends, strict=True)]
    return np.cumsum(blocks, axis=0, dtype=np.float32)


def coefficients(wrong: np.ndarray, nested: Nested) -> np.ndarray:
    """c of each block from `wrong` [P, …], the same shape."""
    out = np.zeros_like(wrong)
    after = np.zeros_like(wrong[0])
    for p in range(len(wrong) - 1, -1, -1):
        after = nested.own[p] * wrong[p] + nested.carry[p] * after
        out[p] = after
    return out


def window_nested(
    inputs: np.ndarray,
    context: np.ndarray,
    n: int,
    outputs: np.ndarray,
    rows: np.ndarray,
    m: int,
    lr: float,
    nested: Nested,
    g: np.ndarray,
    loss: np.ndarray,
    frozen: np.ndarray | None = None,
) -> None:
    """`reference.window` with one positive, for every prefix at once; the loss is the longest's."""
    ends = nested.ends
    label = (np.arange(m) == 0).astype(np.float32)
    wrong = label - sigmoid(running_dots(inputs[context[:n]], outputs[rows[:m]], ends))
    log_loss_add(loss, 1 - np.abs(wrong[-1]).ravel())
    widths = np.diff(ends, prepend=0)
    step = np.float32(lr) * np.repeat(coefficients(wrong, nested), widths, axis=0)  # [D, n, m]
    dim = int(ends[-1])
    for start in range(0, m, OUTPUT_BLOCK):
        block = slice(start, min(start + OUTPUT_BLOCK, m))
        before = outputs[rows[block], :dim]
        for i in range(n):
            x = inputs[context[i], :dim].copy()
            if frozen is None or not frozen[context[i]]:
                inputs[context[i], :dim] += (step[:, i, block] * before.T).sum(axis=1)
            outputs[rows[block], :dim] += step[:, i, block].T * x


def predict_nested(
    table: np.ndarray,
    rows: np.ndarray,
    n: int,
    positives: int,
    h: np.ndarray,
    lr: float,
    nested: Nested,
    g: np.ndarray,
    loss: np.ndarray,
) -> None:
    """`reference.predict` for every prefix: g[j // 16, p, j % 16] = lr · c_p of row j."""
    label = (np.arange(n) < positives).astype(np.float32)
    wrong = label - sigmoid(running_dots(h[None], table[rows[:n]], nested.ends)[:, 0])
    log_loss_add(loss, 1 - np.abs(wrong[-1]))
    step = np.float32(lr) * coefficients(wrong, nested)
    for j in range(0, n, 16):
        stop = min(j + 16, n)
        for p in range(len(step)):
            at = (j // 16 * len(step) + p) * 16
            g[at : at + stop - j] = step[p, j:stop]


def learn_nested(
    table: np.ndarray,
    rows: np.ndarray,
    n: int,
    nested: Nested,
    g: np.ndarray,
    h: np.ndarray,
    gradient: np.ndarray,
) -> None:
    """`reference.learn` with a step for each block of numbers, as `predict_nested` left them."""
    gradient[:] = 0
    lo = 0
    for p, hi in enumerate(nested.ends):
        for j in range(n):
            step = g[(j // 16 * len(nested.ends) + p) * 16 + j % 16]
            gradient[lo:hi] += step * table[rows[j], lo:hi]
            table[rows[j], lo:hi] += step * h[lo:hi]
        lo = hi
