"""The compiled twin of `classify_reference`: a stretch of texts, one step each.

Threads may run it on the same tables at once without locks (Niu et al. 2011, "Hogwild!"). Axes:
`B` texts, `F` families of rows a text, `L` labels, `S` the tables' stride.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rowspace.kernels.classify_reference import HS, NS, OVA, SOFTMAX, TINY
from rowspace.kernels.cpu_rows import gather, prefetch_row, scatter
from rowspace.kernels.cpu_windows import mix
from rowspace.kernels.jit import inlined, kernel

_TINY = np.float32(TINY)
_LOW = np.float32(1e-30)
_HALF = np.uint64(32)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_TRIES = 8
MERGED = 64
"""Texts between two merges of a thread's copy of the labels' rows."""


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
        np.zeros(most + 64, np.float32),
        np.zeros((copied, stride), np.float32), np.zeros((copied, stride), np.float32),
        np.zeros(copied, np.float32), np.zeros(copied, np.float32),
    )  # fmt: skip


@inlined
def _targets(texts: Texts, t: int, how: How, labels: int, own: Scratch, state: int) -> int:
    """What the loss looks at for text t: nodes and targets; how many."""
    nodes, targets = own.nodes, own.targets
    first, stop = texts.cuts[t], texts.cuts[t + 1]
    if how.loss == SOFTMAX or how.loss == OVA:
        for label in range(labels):
            nodes[label], targets[label] = label, np.float32(0)
        one = np.float32(1) if how.loss == OVA else np.float32(1) / np.float32(stop - first)
        for at in range(first, stop):
            targets[texts.labels[at]] = one
        return labels
    n = 0
    if how.loss == HS:
        for at in range(first, stop):
            label = texts.labels[at]
            begin = how.node_cuts[label]
            for i in range(begin, how.node_cuts[label + 1]):
                nodes[n] = how.nodes[i]
                targets[n] = np.float32(1 if i - begin < how.ones[label] else 0)
                n += 1
        return n
    for at in range(first, stop):
        nodes[n], targets[n] = texts.labels[at], np.float32(1)
        n += 1
        for _ in range(how.negative):
            for _ in range(_TRIES):
                state = mix(state)
                drawn = np.int64(((state >> _HALF) * np.uint64(labels)) >> _HALF)
                if (state & np.uint64(0xFFFFFFFF)) > how.chance[drawn]:
                    drawn = how.alias[drawn]
                taken = False
                for i in range(first, stop):
                    taken = taken or texts.labels[i] == drawn
                if not taken:
                    nodes[n], targets[n] = drawn, np.float32(0)
                    n += 1
                    break
    return n


@inlined
def _pool(texts: Texts, t: int, tables: Tables, how: How, own: Scratch, state: int) -> None:
    """h, with the rows that stay in `kept`, those of family f up to ends[f]."""
    own.h[:] = 0
    n = 0
    least = np.uint64(how.dropout * 4294967296.0)
    for f in range(texts.families):
        begin = n
        for at in range(
            texts.offsets[texts.families * t + f], texts.offsets[texts.families * t + f + 1]
        ):
            if how.dropout > 0:
                state = mix(state)
                if (state >> _HALF) < least:
                    continue
            own.kept[n] = texts.ids[at]
            n += 1
        own.ends[f] = n
        if n > begin:
            weight = np.float32(1) / np.sqrt(np.float32(n - begin))
            gather(tables.rows, own.kept[begin:n], n - begin, weight, own.part)
            for d in range(len(own.h)):
                own.h[d] += own.part[d]


@inlined
def _slopes(tables: Tables, n: int, how: How, own: Scratch, weight: float) -> float:
    """p - target of each node looked at, times weight; the loss."""
    h, slopes, targets, loss = own.h, own.slopes, own.targets, 0.0
    high = np.float32(-np.inf)
    for i in range(n):
        row, score = tables.heads[own.nodes[i]], np.float32(0)
        for d in range(len(h)):
            score += row[d] * h[d]
        slopes[i] = score
        high = max(high, score)
    if how.loss == SOFTMAX:
        total = np.float32(0)
        for i in range(n):
            slopes[i] = np.exp(slopes[i] - high)
            total += slopes[i]
        for i in range(n):
            p = slopes[i] / total
            if targets[i] > 0:
                loss -= targets[i] * np.log(max(p, _LOW) if p == p else p)
            slopes[i] = (p - targets[i]) * weight
        return loss * weight
    for i in range(n):
        p = np.float32(1) / (np.float32(1) + np.exp(-slopes[i]))
        right = p if targets[i] > 0 else np.float32(1) - p
        loss -= np.log(max(right, _LOW) if right == right else right)
        slopes[i] = (p - targets[i]) * weight
    return loss * weight


@inlined
def _learn_heads(tables: Tables, n: int, how: How, own: Scratch, lr: float) -> None:
    """The labels' rows move; what the text's rows are to move by is left in `gradient`."""
    h, gradient = own.h, own.gradient
    gradient[:] = 0
    squares = np.float32(0)
    for d in range(len(h)):
        squares += h[d] * h[d]
    squares /= np.float32(how.dim)
    for i in range(n):
        node, slope = own.nodes[i], own.slopes[i]
        rate = lr * slope
        if how.adagrad:
            tables.head_sums[node] += slope * slope * squares
            rate /= np.sqrt(tables.head_sums[node] + _TINY)
        row = tables.heads[node]
        for d in range(len(h)):
            gradient[d] += slope * row[d]
            row[d] -= rate * h[d]


@inlined
def _learn_rows(texts: Texts, tables: Tables, how: How, own: Scratch, lr: float) -> None:
    """Each kept row takes its step against `gradient`."""
    gradient, part, begin = own.gradient, own.part, 0
    squares = np.float32(0)
    for d in range(len(gradient)):
        squares += gradient[d] * gradient[d]
    squares /= np.float32(how.dim)
    for f in range(texts.families):
        n = own.ends[f] - begin
        if n > 0:
            share = np.float32(1) / np.float32(n)
            weight = np.sqrt(share)
            if not how.adagrad and how.decay == 0 and len(tables.frozen) == 0:
                for d in range(len(gradient)):
                    part[d] = -lr * weight * gradient[d]
                scatter(tables.rows, own.kept[begin : own.ends[f]], n, part)
                begin = own.ends[f]
                continue
            stay = np.float32(1) - lr * np.float32(how.decay)
            for at in range(begin, own.ends[f]):
                id = own.kept[at]
                if len(tables.frozen) and tables.frozen[id]:
                    continue
                rate = lr * weight
                if how.adagrad:
                    tables.row_sums[id] += share * squares
                    rate /= np.sqrt(tables.row_sums[id] + _TINY)
                row = tables.rows[id]
                for d in range(len(gradient)):
                    row[d] = row[d] * stay - rate * gradient[d]
        begin = own.ends[f]


@inlined
def _merge_row(shared: np.ndarray, mine: np.ndarray, base: np.ndarray) -> None:
    for d in range(len(shared)):
        value = shared[d] + (mine[d] - base[d])
        shared[d] = value
        mine[d] = value
        base[d] = value


@kernel
def _merge(tables: Tables, own: Scratch) -> None:
    """What the copies have learned goes to the shared rows, and what others have learned to the
    copies. Threads that write the same few rows at every text would wait for each other's lines.
    """
    for i in range(len(own.heads)):
        _merge_row(tables.heads[i], own.heads[i], own.base[i])
    _merge_row(tables.head_sums[: len(own.sums)], own.sums, own.base_sums)


@kernel
def take_copies(tables: Tables, own: Scratch) -> None:
    """The copies as the shared rows are."""
    for i in range(len(own.heads)):
        own.heads[i], own.base[i] = tables.heads[i], tables.heads[i]
        own.sums[i] = own.base_sums[i] = tables.head_sums[i]


@kernel
def learn_texts(
    texts: Texts,
    order: np.ndarray,
    first: int,
    position: int,
    tables: Tables,
    how: How,
    lr: float,
    own: Scratch,
) -> float:
    """Learn the texts `order` int64, one after another; the sum of their losses in nats.

    position: how many texts the run has seen before order[0]: draws depend on it alone. first: how
    many labels there are.
    """
    total, rate = 0.0, np.float32(lr)
    near = tables
    if len(own.heads):
        take_copies(tables, own)
        near = Tables(tables.rows, own.heads, tables.row_sums, own.sums, tables.frozen)
    for k in range(len(order)):
        t = order[k]
        if len(own.heads) and k % MERGED == MERGED - 1:
            _merge(tables, own)
        if k + 1 < len(order):
            ahead = texts.families * order[k + 1]
            for at in range(texts.offsets[ahead], texts.offsets[ahead + texts.families]):
                prefetch_row(tables.rows, texts.ids[at])
        if texts.cuts[t + 1] == texts.cuts[t]:
            continue
        state = mix(np.uint64(how.state) + np.uint64(position + k) * _GOLDEN)
        weight = np.float32(texts.weights[t])
        _pool(texts, t, near, how, own, state)
        n = _targets(texts, t, how, first, own, state ^ _GOLDEN)
        total += _slopes(near, n, how, own, weight)
        _learn_heads(near, n, how, own, rate)
        _learn_rows(texts, near, how, own, rate)
    if len(own.heads):
        _merge(tables, own)
    return total


@kernel
def pool_texts(
    texts_ids: np.ndarray,
    offsets: np.ndarray,
    families: int,
    rows: np.ndarray,
    first: int,
    last: int,
    out: np.ndarray,
) -> None:
    """out[t] = h of texts `first` to `last`, float32 [B, S]."""
    for t in range(first, last):
        for f in range(families):
            begin, stop = offsets[families * t + f], offsets[families * t + f + 1]
            weight = np.float32(1) / np.sqrt(np.float32(max(1, stop - begin)))
            for at in range(begin, stop):
                row = rows[texts_ids[at]]
                for d in range(out.shape[1]):
                    out[t, d] += weight * row[d]


__all__ = ["HS", "NS", "OVA", "SOFTMAX", "How", "Scratch", "Tables", "Texts", "learn_texts"]
