"""How a classifier learns from one text, in plain NumPy: the definition.

h = Σ_f (1/√n_f) Σ E[rows of family f]; a label's score is s = W h. Losses: "softmax" -Σ tₗ log pₗ
with t even over the text's labels; "ova" (one against all) and "ns" (a label against K drawn ones)
-Σ log σ(±s); "hs" the same along the path of each label in a Huffman tree, whose inner nodes the
rows of W are.
Rules: plain SGD, or Adagrad with one sum of squares a row (Duchi et al. 2011). Axes: `L` labels.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SOFTMAX, OVA, HS, NS = range(4)
LOSSES = {"softmax": SOFTMAX, "ova": OVA, "hs": HS, "ns": NS}
TINY = 1e-10
"""Added to a sum of squares."""
FIRST, SECOND, THIRD = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB


def place(at: int, n: int, key: int) -> int:
    """Which of n texts is the `at`-th in the order of `key`, a permutation: products with odd
    numbers and shifts keep whole numbers below a power of two apart; what falls beyond n goes
    round again."""
    bits = max(1, (n - 1).bit_length())
    mask, half = (1 << bits) - 1, (bits + 1) // 2
    while True:
        for shift, factor in ((0, FIRST), (21, SECOND), (42, THIRD)):
            at = ((at ^ (key >> shift)) * factor) & mask
            at ^= at >> half
        if at < n:
            return at


def learn_text(
    bags: Sequence[np.ndarray],
    nodes: np.ndarray,
    targets: np.ndarray,
    tables: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    *,
    softmax: bool,
    adagrad: bool,
    lr: float,
    weight: float = 1.0,
    decay: float = 0.0,
) -> float:
    """One step. bags: the rows of each family; nodes: rows of W that the loss looks at, `targets`
    what each should answer. tables: E float32 [R, D], W [L, D] and their sums of squares, [R] and
    [L], all changed in place. The loss before the step, in nats, times `weight`.
    """
    rows, heads, row_sums, head_sums = tables
    h = np.zeros(rows.shape[1], np.float64)
    for bag in bags:
        h += rows[bag].sum(axis=0) / np.sqrt(max(1, len(bag)))
    scores = heads[nodes].astype(np.float64) @ h
    if softmax:
        p = np.exp(scores - scores.max())
        p /= p.sum()
        loss = -(targets * np.log(np.maximum(p, 1e-30))).sum()
    else:
        p = 1 / (1 + np.exp(-scores))
        right = np.where(targets > 0, p, 1 - p)
        loss = -np.log(np.maximum(right, 1e-30)).sum()
    slopes = (p - targets) * weight
    gradient = (slopes[:, None] * heads[nodes]).sum(axis=0)
    for node, slope in zip(nodes.tolist(), slopes.tolist(), strict=True):
        _step(heads, head_sums, node, slope * h, adagrad=adagrad, lr=lr, decay=0.0)
    for bag in bags:
        for row in bag.tolist():
            change = gradient / np.sqrt(len(bag))
            _step(rows, row_sums, row, change, adagrad=adagrad, lr=lr, decay=decay)
    return float(loss * weight)


def _step(
    table: np.ndarray,
    sums: np.ndarray,
    row: int,
    change: np.ndarray,
    *,
    adagrad: bool,
    lr: float,
    decay: float,
) -> None:
    rate = lr
    if adagrad:
        sums[row] += (change**2).mean()
        rate = lr / np.sqrt(sums[row] + TINY)
    table[row] -= rate * change + lr * decay * table[row]
