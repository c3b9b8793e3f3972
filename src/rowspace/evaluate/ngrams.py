"""Units foretold by counting: how often each run of units occurs in the training text.

Interpolated Kneser-Ney smoothing with three discounts of each order (Chen and Goodman 1999):

    p_k(x | c) = max(0, N(cx) - D(N(cx))) / N(c·) + γ(c) p_{k-1}(x | c'),   p_0 = 1 / V

N counts occurrences at the highest order and different predecessors below it; c' is c without its
first unit. Everything is sorting: a run of k units at each place of both texts gets a number, the
same for equal runs. Axes: `n` places of the training text, `m` of the other, `V` units there are.
"""

from __future__ import annotations

import time

import numpy as np

from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.bits import Costs, judge

MOST = 10_000_000
"""Units counted: of a longer text the last."""
NAMES = {1: "unigram", 2: "bigram"}


def ngram_costs(
    train: np.ndarray, test: np.ndarray, size: int, order: int
) -> tuple[np.ndarray, int]:
    """What each unit of `test` costs in nats by n-grams of `train`, float64 [m], and how many
    n-grams were counted. Both are ids below `size`; the context of the first units of `test` is
    the end of `train`."""
    n = len(train)
    whole = np.concatenate([train, test]).astype(np.int64)
    # runs[k][i]: the number of the run of k units that ends at i; from i = k - 1 on it is one.
    runs = [np.zeros(len(whole), np.int64)]
    for _ in range(order):
        before = np.concatenate([[0], runs[-1][:-1]])
        # The context (k - 1 units that end before i) and the unit at i are one number.
        runs.append(np.unique(before * size + whole, return_inverse=True)[1])
    p, grams = np.full(len(test), 1 / size), 0
    for k in range(1, order + 1):
        counts = _counts(runs, n, k, order)
        contexts = np.concatenate([[0], runs[k - 1][:-1]])
        first = np.zeros(len(counts), np.int64)
        first[runs[k][k - 1 : n]] = contexts[k - 1 : n]
        grams += int(np.count_nonzero(counts))
        p = _interpolated(counts, first, runs[k][n:], contexts[n:], p)
    return -np.log(p), grams


def _counts(runs: list[np.ndarray], n: int, k: int, order: int) -> np.ndarray:
    """How often each run of k units occurs in the training text; below the highest order, after
    how many different units."""
    size = int(runs[k].max()) + 1
    if k == order:
        return np.bincount(runs[k][k - 1 : n], minlength=size)
    _, places = np.unique(runs[k + 1][k:n], return_index=True)
    return np.bincount(runs[k][k:n][places], minlength=size)


def _interpolated(
    counts: np.ndarray, first: np.ndarray, grams: np.ndarray, contexts: np.ndarray, p: np.ndarray
) -> np.ndarray:
    """p_k of the test's n-grams, of which p_{k-1} is given. first: the context of each n-gram."""
    there = np.flatnonzero(counts)
    classes = np.minimum(counts, 3)
    discounts = _discounts(np.bincount(np.minimum(counts[there], 5), minlength=6))
    size = int(max(first.max(), contexts.max())) + 1
    total = np.bincount(first[there], counts[there], minlength=size)
    given = np.bincount(first[there], discounts[classes[there]], minlength=size)
    seen, held = total[contexts] > 0, np.maximum(total[contexts], 1)
    own = np.maximum(counts[grams] - discounts[classes[grams]], 0) / held
    return np.where(seen, own + given[contexts] / held * p, p)


def _discounts(of: np.ndarray) -> np.ndarray:
    """D for counts of 0, 1, 2 and from 3 on, float64 [4]; `of` [6]: how many n-grams there are of
    counts 0 to 4, and of more."""
    one, two, three, four = (float(max(1, count)) for count in of[1:5])
    y = one / (one + 2 * two)
    found = np.array([0, 1 - 2 * y * two / one, 2 - 3 * y * three / two, 3 - 4 * y * four / three])
    return np.clip(found, [0, 0.1, 0.1, 0.1], [0, 0.95, 1.95, 2.95])


def ngram_baselines(
    train: np.ndarray,
    test: np.ndarray,
    size: int,
    *,
    costs: Costs,
    orders: tuple[int, ...],
    seed: int = 0,
) -> list[Baseline]:
    """The scores of n-grams of `orders` on what `costs` was measured on: `test` without its first
    unit. Lengths and what is known are those of `costs`."""
    found, train = [], train[-MOST:]
    for order in orders:
        began = time.perf_counter()
        nats, grams = ngram_costs(train, test, size, order)
        beside = Costs(nats[1:], costs.characters, costs.octets, costs.known)
        found.append(
            Baseline(
                NAMES.get(order, f"{order}-grams, Kneser-Ney"),
                judge(beside, seed=seed),
                grams * 8,
                time.perf_counter() - began,
                {"order": order, "n-grams": grams},
            )
        )
    return found
