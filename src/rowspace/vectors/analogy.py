"""Analogies: a is to b as c is to ?

add (Mikolov et al. 2013):     argmax_x cos(x, b) - cos(x, a) + cos(x, c)
mul (Levy and Goldberg 2014):  argmax_x s(x, b) * s(x, c) / (s(x, a) + eps),  s = (cos + 1) / 2

The words of the question are never the answer. Axes: `n` questions, `V` items, `D` dimensions.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from rowspace.errors import InputError
from rowspace.vectors.cosine import row_blocks, unit_rows
from rowspace.vectors.keys import parse
from rowspace.vectors.search import cosines, hide

Method: TypeAlias = Literal["add", "mul"]
METHODS = ("add", "mul")
EPSILON = np.float32(1e-6)


def require_method(method: str) -> None:
    """Raises InputError for a method there is not."""
    if method not in METHODS:
        raise InputError(f"there is no analogy method {method!r:.80}; there are add and mul")


def read_questions(triples: np.ndarray, size: int) -> np.ndarray:
    """Questions as ids int64 [n, 3], each below `size`. Raises InputError."""
    asked = np.asarray(triples)
    if asked.ndim != 2 or asked.shape[1] != 3 or asked.dtype.kind not in "iu":
        raise InputError(f"analogies are whole-number ids of shape (n, 3), not {asked.shape}")
    parse(asked, size)
    return asked.astype(np.int64, copy=False)


def product_scores(
    matrix: np.ndarray, inverse_norms: np.ndarray, positive: np.ndarray, negative: np.ndarray
) -> np.ndarray:
    """prod s(x, positive) / (prod s(x, negative) + eps) for every row x, float32 [V].

    `positive` and `negative` float32 [m, D], of length 1.
    """
    units = np.concatenate([positive, negative])
    out = np.empty(len(matrix), np.float32)
    blocks = row_blocks(matrix)
    for start in blocks:
        some = slice(start, start + blocks.step)
        shifted = (cosines(units, matrix[some], inverse_norms[some]) + 1) / 2
        above, below = shifted[: len(positive)], shifted[len(positive) :]
        out[some] = above.prod(axis=0) / (below.prod(axis=0) + EPSILON)
    return out


def solve(
    matrix: np.ndarray,
    triples: np.ndarray,
    *,
    method: Method,
    first: int,
    block: int = 256,
    apart: np.ndarray | None = None,
) -> np.ndarray:
    """The answers to many questions (a, b, c), ids int64 [n, 3], as ids int64 [n].

    Only the first `first` rows are candidates; the questions' own words may lie beyond. `apart`
    int64 [n, m] names more ids that are no answer (-1: none). -1 where no candidate is left. Ties
    go to the lowest id.
    """
    require_method(method)
    answers = np.full(len(triples), -1, np.int64)
    candidates = unit_rows(matrix[:first])
    for start in range(0, len(triples), block):
        some = triples[start : start + block]
        words, places = np.unique(some, return_inverse=True)
        a, b, c = places.reshape(some.shape).T
        units = unit_rows(matrix[words])
        if method == "add":
            scores = (units[b] - units[a] + units[c]) @ candidates.T
        else:
            shifted = units @ candidates.T
            shifted += 1
            shifted *= np.float32(0.5)
            scores = shifted[b]
            scores *= shifted[c]
            scores /= shifted[a] + EPSILON
        hide(scores, some)
        if apart is not None:
            hide(scores, apart[start : start + block])
        best = scores.argmax(axis=1)
        alone = scores[np.arange(len(some)), best] == -np.inf
        answers[start : start + block] = np.where(alone, -1, best)
    return answers
