"""The compiled twin of `classify_reference`: a stretch of texts, one step each.

Threads may run it on the same tables at once without locks (Niu et al. 2011, "Hogwild!"). Axes:
`B` texts, `F` families of rows a text, `L` labels, `S` the tables' stride.
"""

from __future__ import annotations

import numpy as np

from rowspace.kernels.classify_arrays import How, Scratch, Tables, Texts, scratch
from rowspace.kernels.classify_reference import HS, OVA, SOFTMAX, TINY
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


# Rows are named by their number: a view of one is counted by all threads, one after another.
@inlined
def dot_row(h: np.ndarray, rows: np.ndarray, row: int) -> float:
    """h · rows[row]."""
    total = np.float32(0)
    for d in range(len(h)):
        total += rows[row, d] * h[d]
    return total


@inlined
def step_head(
    heads: np.ndarray, row: int, slope: float, rate: float, h: np.ndarray, gradient: np.ndarray
) -> None:
    """gradient += slope · row, then row -= rate · h."""
    for d in range(len(h)):
        gradient[d] += slope * heads[row, d]
        heads[row, d] -= rate * h[d]


@inlined
def step_row(rows: np.ndarray, row: int, stay: float, rate: float, gradient: np.ndarray) -> None:
    """row = stay · row - rate · gradient."""
    for d in range(len(gradient)):
        rows[row, d] = rows[row, d] * stay - rate * gradient[d]


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
    h, slopes, targets, heads, loss = own.h, own.slopes, own.targets, tables.heads, 0.0
    high = np.float32(-np.inf)
    for i in range(n):
        score = dot_row(h, heads, own.nodes[i])
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
    h, gradient, heads, sums = own.h, own.gradient, tables.heads, tables.head_sums
    gradient[:] = 0
    squares = np.float32(0)
    for d in range(len(h)):
        squares += h[d] * h[d]
    squares /= np.float32(how.dim)
    for i in range(n):
        node, slope = own.nodes[i], own.slopes[i]
        rate = lr * slope
        if how.adagrad:
            sums[node] += slope * slope * squares
            rate /= np.sqrt(sums[node] + _TINY)
        step_head(heads, node, slope, rate, h, gradient)


@inlined
def _learn_rows(texts: Texts, tables: Tables, how: How, own: Scratch, lr: float) -> None:
    """Each kept row takes its step against `gradient`."""
    gradient, part, kept, begin = own.gradient, own.part, own.kept, 0
    rows, sums, frozen = tables.rows, tables.row_sums, tables.frozen
    some = len(frozen) > 0
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
                id = kept[at]
                if some and frozen[id]:
                    continue
                rate = lr * weight
                if how.adagrad:
                    sums[id] += share * squares
                    rate /= np.sqrt(sums[id] + _TINY)
                step_row(rows, id, stay, rate, gradient)
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


__all__ = ["How", "Scratch", "Tables", "Texts", "learn_texts", "scratch"]
