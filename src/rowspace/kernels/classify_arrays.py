"""The arrays that a classifier's kernel is handed.

Axes: `B` texts, `F` families of rows a text, `L` labels, `S` the tables' stride.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Texts(NamedTuple):
    """Text t: rows of family f are ids[offsets[F t + f]:offsets[F t + f + 1]], labels
    labels[cuts[t]:cuts[t + 1]]; its gradients are multiplied by weights[t]."""

    ids: np.ndarray
    offsets: np.ndarray
    families: int
    labels: np.ndarray
    cuts: np.ndarray
    weights: np.ndarray


class Tables(NamedTuple):
    """rows float32 [R + 1, S], heads float32 [L + 1, S], and their sums of squares [R], [L].
    Where `frozen` uint8 [R] is not 0 a row stays as it is; of length 0: every row learns."""

    rows: np.ndarray
    heads: np.ndarray
    row_sums: np.ndarray
    head_sums: np.ndarray
    frozen: np.ndarray


class How(NamedTuple):
    """loss: `classify_reference.LOSSES`. dropout: the chance of a row to be left out of its bag.
    nodes, node_cuts, ones: the paths of hs (`tree_reference.paths`). chance, alias: Walker's table
    of ns, and how many `negative` labels are drawn. state uint64: where the draws start."""

    loss: int
    adagrad: bool
    dropout: float
    decay: float
    dim: int
    nodes: np.ndarray
    node_cuts: np.ndarray
    ones: np.ndarray
    chance: np.ndarray
    alias: np.ndarray
    negative: int
    state: int


class Walk(NamedTuple):
    """Positions in the run, epoch after epoch of all texts, each in its own order
    (`classify_reference.place`, by key uint64 + epoch): next int64 [>= 1], the first that no thread
    has taken, and `stop`. epoch: that of the first loss. The rate falls from lr to 0 at `whole`."""

    next: np.ndarray
    stop: int
    epoch: int
    whole: float
    lr: float
    key: int


class Scratch(NamedTuple):
    """What one thread needs: vectors [S], a text's rows, the labels looked at and their slopes.
    heads, sums: a copy of the labels' rows that the thread works on for `MERGED` texts, and base,
    base_sums, what it was copied from; of no rows where it works on the shared ones."""

    h: np.ndarray
    part: np.ndarray
    gradient: np.ndarray
    kept: np.ndarray
    ends: np.ndarray
    nodes: np.ndarray
    targets: np.ndarray
    slopes: np.ndarray
    steps: np.ndarray
    heads: np.ndarray
    base: np.ndarray
    sums: np.ndarray
    base_sums: np.ndarray


def scratch(
    stride: int,
    longest: int,
    families: int,
    most: int,
    ids: type,
    *,
    copied: int = 0,
) -> Scratch:
    """Room for texts of `longest` rows and losses that look at `most` labels; `copied`: how many
    labels' rows the thread has a copy of."""
    block = np.zeros((5, stride + 64), np.float32)  # apart, so that no two threads share a line
    return Scratch(
        block[1, :stride], block[2, :stride], block[3, :stride],
        np.zeros(longest + 64, ids), np.zeros(families + 64, np.int64),
        np.zeros(most + 64, np.int32), np.zeros(most + 64, np.float32),
        np.zeros(most + 64, np.float32), np.zeros(most + 64, np.float32),
        np.zeros((copied, stride), np.float32), np.zeros((copied, stride), np.float32),
        np.zeros(copied, np.float32), np.zeros(copied, np.float32),
    )  # fmt: skip
