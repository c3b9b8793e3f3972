"""The network of a table while it learns: a `Table` of rows for each column, dense layers in NumPy.

One step on a mini-batch: look up, through the layers, back, AdamW on every dense weight and on the
rows the batch names. Axes: `B` cases of the batch, `C` columns, `L` answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import final

import numpy as np

from rowspace.objectives.columns import Columns
from rowspace.random import Stream, bits, uniform
from rowspace.table.learning import Batch, Limits, learn
from rowspace.table.lookup import look_up
from rowspace.table.rules import AdamW
from rowspace.table.states import slots_in_memory
from rowspace.table.table import Table, require_memory
from rowspace.vectors.table_columns import APART, Cells, Sheet

BETAS, EPS = (0.9, 0.999), 1e-8
BOUND = 0.17
"""Rows start evenly from within ± this: a deviation of 0.1."""


@final
class Network:
    """`tables`: rows of each column. `layers`: (weights [in, out], biases [out]), views of `dense`,
    float32: one vector, so that a step of AdamW is a few operations on it."""

    def __init__(
        self, sheet: Sheet, dims: Sequence[int], outputs: int, settings: Columns, seed: int
    ) -> None:
        self.sheet, self.settings, self.seed, self.steps = sheet, settings, seed, 0
        levels = [len(one.levels) for one in sheet.columns]
        for rows, dim in zip(levels, dims, strict=True):
            require_memory(3 * rows, dim, hint="raise min_count, set max_levels, or lower dim")
        seeds = [int(bits(seed, Stream.ROWS, at)) for at in range(len(levels))]
        self.rule = AdamW(lr=settings.lr, weight_decay=settings.weight_decay, betas=BETAS, eps=EPS)
        self.tables = [
            Table.uniform(rows, dim, self.rule, seed=one, bound=BOUND)
            for rows, dim, one in zip(levels, dims, seeds, strict=True)
        ]
        self.slots = [slots_in_memory(self.rule, len(one), one.dim) for one in self.tables]
        self.cuts = np.concatenate([[0], np.cumsum(dims)]).astype(np.int64)
        sizes = [int(self.cuts[-1]) + sheet.pieces, *settings.hidden, outputs]
        shapes = list(pairwise(sizes))
        self.dense = np.zeros(sum((a + 1) * b for a, b in shapes), np.float32)
        self.layers = _views(self.dense, shapes)
        self._draw()
        self._gradient = np.zeros_like(self.dense)
        self._gradients = _views(self._gradient, shapes)
        self._decays = np.zeros_like(self.dense)
        for weights, _ in _views(self._decays, shapes):
            weights[:] = 1
        self._first, self._second, self._room = (np.zeros_like(self.dense) for _ in range(3))

    def _draw(self) -> None:
        """Weights of variance 2 / inputs (He et al. 2015), 1 / inputs for the last; biases of 0."""
        at = 0
        for place, (weights, _) in enumerate(self.layers):
            gain = 1.0 if place == len(self.layers) - 1 else 2.0
            bound = (3 * gain / max(1, len(weights))) ** 0.5
            drawn = np.arange(at, at + weights.size)
            weights[:] = uniform(self.seed, Stream.LAYERS, drawn, low=-bound, high=bound).reshape(
                weights.shape
            )
            at += weights.size

    def inputs(self, cells: Cells) -> np.ndarray:
        """What goes into the first layer, float32 [B, in]."""
        width = int(self.cuts[-1])
        x = np.empty((len(cells.ids), width + self.sheet.pieces), np.float32)
        for at, table in enumerate(self.tables):
            found = np.empty((len(x), table.dim), np.float32)
            look_up(table.data, np.ascontiguousarray(cells.ids[:, at]), table.dim, out=found)
            x[:, self.cuts[at] : self.cuts[at + 1]] = found
        x[:, width:] = self.sheet.placed(cells.numbers)
        return x

    def step(self, cells: Cells, y: np.ndarray, weights: np.ndarray, lr: float) -> float:
        """Learn from a batch: y int64 [B] of classes, or float32 [B]; weights float32 [B]. The
        mean loss, in nats or in squares, comes back."""
        ids = self._hidden(cells.ids)
        x = self.inputs(Cells(ids, cells.numbers))
        with np.errstate(over="ignore", invalid="ignore"):
            kept = self._forward(x)
            loss, back = lost(kept[-1][0], y, weights)
            if not np.isfinite(loss):
                return float("nan")
            self._backward(kept, back)
            self.steps += 1
            self._learn_dense(lr)
            self._learn_rows(ids, back_of_rows=self._back, lr=lr)
        return loss

    def _hidden(self, ids: np.ndarray) -> np.ndarray:
        """The ids, some levels hidden behind the row of unseen ones."""
        share = self.settings.unseen
        if not share:
            return ids
        at = np.arange(ids.size, dtype=np.uint64) + np.uint64(self.steps) * np.uint64(ids.size)
        hide = uniform(self.seed, Stream.UNSEEN, at).reshape(ids.shape) < share
        return np.where(hide & (ids >= APART), 0, ids)

    def _forward(self, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """What goes into each layer and what was dropped of it; last of all the scores."""
        kept = []
        for at, (weights, biases) in enumerate(self.layers):
            share = self.settings.dropout if at else self.settings.input_dropout
            mask = self._mask(x.shape, share, at) if share else None
            if mask is not None:
                x *= mask
            kept.append((x, mask))
            x = x @ weights
            x += biases
            if at < len(self.layers) - 1:
                np.maximum(x, 0, out=x)
        return [*kept, (x, None)]

    def _mask(self, shape: tuple[int, ...], share: float, layer: int) -> np.ndarray:
        """0, or 1 / (1 - share), for each number: four to 64 random bits."""
        n = shape[0] * shape[1]
        words = -(-n // 4)
        begin = np.uint64((self.steps * 32 + layer) << 28)
        drawn = bits(self.seed, Stream.DROPOUT, np.arange(words, dtype=np.uint64) + begin)
        kept = drawn.view(np.uint16)[:n] >= round(share * 65536)
        return (kept * np.float32(1 / (1 - share))).reshape(shape)

    def _backward(self, kept: list[tuple[np.ndarray, np.ndarray | None]], back: np.ndarray) -> None:
        for at in range(len(self.layers) - 1, -1, -1):
            x, mask = kept[at]
            weights, biases = self._gradients[at]
            np.matmul(x.T, back, out=weights)
            back.sum(axis=0, out=biases)
            if at == 0:  # of the pieces of numbers nothing is wanted
                back = back @ self.layers[0][0][: self.cuts[-1]].T
                if mask is not None:
                    back *= mask[:, : self.cuts[-1]]
            else:
                back = back @ self.layers[at][0].T
                if mask is not None:
                    back *= mask
                back *= x > 0
        self._back = back

    def _learn_dense(self, lr: float) -> None:
        """AdamW (Loshchilov and Hutter 2019) on the layers; biases do not decay."""
        gradient, first, second, room = self._gradient, self._first, self._second, self._room
        first *= BETAS[0]
        np.multiply(gradient, 1 - BETAS[0], out=room)
        first += room
        np.multiply(gradient, gradient, out=room)
        room *= 1 - BETAS[1]
        second *= BETAS[1]
        second += room
        np.multiply(self._decays, lr * self.settings.weight_decay, out=room)
        room *= self.dense
        self.dense -= room
        np.sqrt(second, out=room)
        room *= (1 - BETAS[1] ** self.steps) ** -0.5
        room += EPS
        np.divide(first, room, out=room)
        room *= lr / (1 - BETAS[0] ** self.steps)
        self.dense -= room

    def _learn_rows(self, ids: np.ndarray, *, back_of_rows: np.ndarray, lr: float) -> None:
        rule = replace(self.rule, lr=lr)
        for at, (table, slots) in enumerate(zip(self.tables, self.slots, strict=True)):
            values = np.ascontiguousarray(back_of_rows[:, self.cuts[at] : self.cuts[at + 1]])
            batch = Batch(np.ascontiguousarray(ids[:, at]), values)
            learn(table.data[:-1], table.dim, rule, slots, batch, limits=Limits())

    def state(self) -> tuple[np.ndarray, list[np.ndarray]]:
        """A copy of everything that answers: dense weights, and rows of each column."""
        return self.dense.copy(), [np.array(one.rows) for one in self.tables]

    def restore(self, state: tuple[np.ndarray, list[np.ndarray]]) -> None:
        """Back to a `state`."""
        self.dense[:] = state[0]
        for table, rows in zip(self.tables, state[1], strict=True):
            table.rows[:] = rows

    @property
    def finite(self) -> bool:
        """Whether every number that answers is one."""
        rows = (np.isfinite(one.rows).all() for one in self.tables)
        return bool(np.isfinite(self.dense).all() and all(rows))


def lost(scores: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    """The loss of a batch and its gradient by the scores: Σ wᵢ lossᵢ / B, float32 [B, L].

    Classes: -log softmax(scores)[y]. A number: (score - y)² / 2.
    """
    share = weights / np.float32(len(y))
    if y.dtype.kind == "f":
        off = scores[:, 0] - y
        return float(off @ (off * share)) / 2, (off * share)[:, None]
    rows = np.arange(len(y))
    moved = scores - scores.max(axis=1, keepdims=True)
    powers = np.exp(moved)
    sums = powers.sum(axis=1)
    loss = float((np.log(sums) - moved[rows, y]) @ share)
    powers /= sums[:, None]
    powers[rows, y] -= 1
    powers *= share[:, None]
    return loss, powers


def _views(
    dense: np.ndarray, shapes: Sequence[tuple[int, int]]
) -> list[tuple[np.ndarray, np.ndarray]]:
    found, at = [], 0
    for rows, columns in shapes:
        middle, end = at + rows * columns, at + (rows + 1) * columns
        found.append((dense[at:middle].reshape(rows, columns), dense[middle:end]))
        at = end
    return found
