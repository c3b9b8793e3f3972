"""What each row operation means, in plain NumPy: slow, obvious and the definition of right.

The compiled twins in `cpu_rows` have the same names and signatures and are held to these by the
tests. `table` is float32 [R + 1, S]: rows padded with zeros from D to a stride S that is a
multiple of 16, and one spare row at the end that kernels may scribble on.
"""

from __future__ import annotations

import numpy as np

# Pairs of one window are worked in blocks of so many output rows; lists are padded to it.
OUTPUT_BLOCK = 6


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x), x held to ±30 so that a saturated pair still has a finite loss."""
    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def log_loss_add(loss: np.ndarray, p: np.ndarray) -> None:
    """Multiply probabilities into `loss`: float32 [32], sixteen mantissas, sixteen exponents.

    -Σ log p is kept as a running product, whose exponent is moved aside at each step: exact to
    float32 rounding, and no logarithm in the inner loop. `log_loss_take` reads it.
    """
    exponents = loss[16:].view(np.int32)
    for lane in range(len(p)):
        mantissa, exponent = np.frexp(np.float64(loss[lane % 16]) * np.float64(p[lane]))
        loss[lane % 16] = mantissa * 2
        exponents[lane % 16] += exponent - 1


def log_loss_take(loss: np.ndarray) -> float:
    """-Σ log p since the last call, in nats; the state is reset."""
    exponents = loss[16:].view(np.int32)
    total = -np.log(loss[:16].astype(np.float64)).sum() - np.log(2.0) * exponents.sum()
    loss[:16] = 1
    exponents[:] = 0
    return float(total)


def gather(table: np.ndarray, rows: np.ndarray, n: int, weight: float, h: np.ndarray) -> None:
    """h = weight · Σ table[rows[:n]]."""
    h[:] = np.float32(weight) * table[rows[:n]].sum(axis=0, dtype=np.float32)


def scatter(
    table: np.ndarray,
    rows: np.ndarray,
    n: int,
    gradient: np.ndarray,
    frozen: np.ndarray | None = None,
) -> None:
    """table[row] += gradient for each of rows[:n], a repeated row as often as it stands there.

    `frozen` uint8 [R]: where it is not 0 the row is left as it is. None: no row is frozen.
    """
    rows = rows[:n]
    np.add.at(table, rows if frozen is None else rows[frozen[rows] == 0], gradient)


def predict(
    table: np.ndarray,
    rows: np.ndarray,
    n: int,
    positives: int,
    h: np.ndarray,
    lr: float,
    negative_weight: float,
    g: np.ndarray,
    loss: np.ndarray,
) -> None:
    """g[j] = lr · (label_j - σ(table[rows[j]] · h)), labels 1 for the first `positives`.

    Negatives are weighted by `negative_weight`. `rows` and `g` reach to n rounded up to sixteen.
    """
    label = (np.arange(n) < positives).astype(np.float32)
    wrong = label - sigmoid(table[rows[:n]] @ h)
    log_loss_add(loss, 1 - np.abs(wrong))
    g[:n] = np.float32(lr) * wrong * np.where(label > 0, 1, np.float32(negative_weight))


def learn(
    table: np.ndarray, rows: np.ndarray, n: int, g: np.ndarray, h: np.ndarray, gradient: np.ndarray
) -> None:
    """gradient = Σ g[j] · table[rows[j]]; table[rows[j]] += g[j] · h; row after row."""
    gradient[:] = 0
    for j in range(n):
        gradient += g[j] * table[rows[j]]
        table[rows[j]] += g[j] * h


def window(
    inputs: np.ndarray,
    context: np.ndarray,
    n: int,
    outputs: np.ndarray,
    rows: np.ndarray,
    m: int,
    positives: int,
    lr: float,
    g: np.ndarray,
    loss: np.ndarray,
    frozen: np.ndarray | None = None,
) -> None:
    """One skip-gram window: `n` input rows against `m` output rows, `positives` of label 1 first.

    f = inputs[context] · outputs[rows]ᵀ,  G = lr · (label - σ(f));
    outputs[rows] += Gᵀ · inputs[context],  inputs[context] += G · outputs[rows] (as it was).

    All n·m probabilities are computed from the rows as they stood before the window; the
    update then walks the output rows in blocks of six. `rows` must hold no row twice; it is
    read up to m rounded up to six, `context` up to n rounded up to two. (Ji et al. 2016,
    "Parallelizing Word2Vec in Shared and Distributed Memory".) Input rows that are `frozen`, as
    in `scatter`, teach the output rows and learn nothing.
    """
    label = np.zeros(m, np.float32)
    label[:positives] = 1
    wrong = label - sigmoid(inputs[context[:n]] @ outputs[rows[:m]].T)
    log_loss_add(loss, 1 - np.abs(wrong).ravel())
    step = np.float32(lr) * wrong
    for start in range(0, m, OUTPUT_BLOCK):
        block = slice(start, min(start + OUTPUT_BLOCK, m))
        before = outputs[rows[block]]
        for i in range(n):
            x = inputs[context[i]].copy()
            if frozen is None or not frozen[context[i]]:
                inputs[context[i]] += step[i, block] @ before
            outputs[rows[block]] += np.outer(step[i, block], x)
