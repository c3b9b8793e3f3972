"""The compiled twin of `classify_reference`: a walk through the texts, one step each.

Threads may run it on the same tables at once without locks (Niu et al. 2011, "Hogwild!"). Axes:
`B` texts, `F` families of rows a text, `L` labels, `S` the tables' stride.
"""

from __future__ import annotations

import numpy as np

from rowspace.kernels.classify_arrays import How, Scratch, Tables, Texts, Walk, scratch
from rowspace.kernels.classify_reference import FIRST, HS, NS, OVA, SECOND, SOFTMAX, THIRD, TINY
from rowspace.kernels.cpu_classify_rows import (
    clear,
    learn_nodes,
    pool_rows,
    prefetch,
    prefetch_rows,
    score_rows,
    softmax,
    square_of,
    step_rows,
    take,
)
from rowspace.kernels.cpu_windows import mix
from rowspace.kernels.jit import inlined, kernel

_TINY = np.float32(TINY)
_LOW = np.float32(1e-30)
_ONE = np.float32(1)
_HALF = np.uint64(32)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND, _THIRD = np.uint64(FIRST), np.uint64(SECOND), np.uint64(THIRD)
_KEY_2, _KEY_3 = np.uint64(21), np.uint64(42)
_TRIES = 8
AHEAD = 3
UNIT = 64
"""Texts that a thread takes at a time; then its copy of the labels' rows is merged."""


@inlined
def _place_of(position: int, n: int, half: int, mask: int, seed: int) -> int:
    """The text at a position of the run: `classify_reference.place` of its epoch's key."""
    key = mix(seed + np.uint64(position // n) * _GOLDEN)
    x = np.uint64(position % n)
    while True:
        x = ((x ^ key) * _FIRST) & mask
        x ^= x >> half
        x = ((x ^ (key >> _KEY_2)) * _SECOND) & mask
        x ^= x >> half
        x = ((x ^ (key >> _KEY_3)) * _THIRD) & mask
        x ^= x >> half
        if x < np.uint64(n):
            return np.int64(x)


@kernel
def path_nodes(
    labels: np.ndarray, begin: int, stop: int, path: np.ndarray, cuts: np.ndarray,
    ones: np.ndarray, nodes: np.ndarray, targets: np.ndarray,
) -> int:  # fmt: skip
    """The nodes on the ways to labels[begin:stop], and which side is right; how many."""
    n = 0
    for at in range(begin, stop):
        label = labels[at]
        first = cuts[label]
        for i in range(first, cuts[label + 1]):
            nodes[n], targets[n] = path[i], np.float32(1 if i - first < ones[label] else 0)
            n += 1
    return n


@kernel
def drawn_nodes(
    labels: np.ndarray, begin: int, stop: int, chance: np.ndarray, alias: np.ndarray,
    negative: int, size: int, state: int, nodes: np.ndarray, targets: np.ndarray,
) -> int:  # fmt: skip
    """Each of labels[begin:stop], and `negative` drawn ones that are none of them; how many."""
    n = 0
    for at in range(begin, stop):
        nodes[n], targets[n] = labels[at], _ONE
        n += 1
        for _ in range(negative):
            for _ in range(_TRIES):
                state = mix(state)
                drawn = np.int64(((state >> _HALF) * np.uint64(size)) >> _HALF)
                if (state & np.uint64(0xFFFFFFFF)) > chance[drawn]:
                    drawn = alias[drawn]
                taken = False
                for i in range(begin, stop):
                    taken = taken or labels[i] == drawn
                if not taken:
                    nodes[n], targets[n] = drawn, np.float32(0)
                    n += 1
                    break
    return n


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
    texts: Texts, walk: Walk, tables: Tables, how: How, own: Scratch, tally: np.ndarray
) -> None:
    """Learn texts of the walk, as many as other threads leave. tally float64 [E, 2]: to each
    epoch's are added the losses, in nats, and how many texts. Draws depend on a text's position in
    the run alone.
    """
    n, labels, every = len(texts.cuts) - 1, len(tables.head_sums), how.loss in (SOFTMAX, OVA)
    width = 1
    while (1 << width) < n:
        width += 1
    half, mask = np.uint64((width + 1) // 2), np.uint64((1 << width) - 1)
    families, offsets, all_ids, thinned = texts.families, texts.offsets, texts.ids, how.dropout > 0
    rows, row_sums, frozen = tables.rows, tables.row_sums, tables.frozen
    heads, head_sums = tables.heads, tables.head_sums
    h, gradient, slopes, steps = own.h, own.gradient, own.slopes, own.steps
    nodes, targets, kept, ends = own.nodes, own.targets, own.kept, own.ends
    label_ids, cuts, weights, upcoming = texts.labels, texts.cuts, texts.weights, walk.next
    coming, seed = np.zeros(AHEAD, np.int64), np.uint64(walk.key)
    least, dim = np.uint64(how.dropout * 4294967296.0), np.float32(how.dim)
    for i in range(labels if every else 0):
        nodes[i] = i
    if len(own.heads):
        take_copies(tables, own)
        heads, head_sums = own.heads, own.sums
    while True:
        first = take(upcoming, UNIT)
        if first >= walk.stop:
            break
        for i in range(AHEAD):
            coming[i] = _place_of(first + i, n, half, mask, seed)
        for position in range(first, min(first + UNIT, walk.stop)):
            t, ahead, far = coming[0], coming[1], coming[2]
            coming[0], coming[1] = ahead, far
            coming[2] = _place_of(position + AHEAD, n, half, mask, seed)
            prefetch(offsets, families * coming[2])
            prefetch(cuts, coming[2])
            prefetch(weights, coming[2])
            at = offsets[families * far]
            prefetch(label_ids, cuts[far])
            prefetch(all_ids, at)
            prefetch(all_ids, at + 16)
            prefetch_rows(rows, all_ids, offsets[families * ahead], offsets[families * (ahead + 1)])
            begin, stop, weight = cuts[t], cuts[t + 1], weights[t]
            tally[position // n - walk.epoch, 1] += 1
            if begin == stop:
                continue
            state = drawn = mix(np.uint64(how.state) + np.uint64(position) * _GOLDEN)
            rate = np.float32(walk.lr * (1 - position / walk.whole))
            count = 0
            for f in range(families):
                for at in range(offsets[families * t + f], offsets[families * t + f + 1]):
                    if thinned:
                        state = mix(state)
                        if (state >> _HALF) < least:
                            continue
                    kept[count] = all_ids[at]
                    count += 1
                ends[f + 1] = count
            clear(h)
            for f in range(families):
                if ends[f + 1] > ends[f]:
                    share = _ONE / np.sqrt(np.float32(ends[f + 1] - ends[f]))
                    pool_rows(rows, kept, ends[f], ends[f + 1], share, h)
            m = labels
            if how.loss == OVA:
                for i in range(labels):
                    targets[i] = 0
                for at in range(begin, stop):
                    targets[label_ids[at]] = 1
            elif how.loss == HS:
                m = path_nodes(
                    label_ids, begin, stop, how.nodes, how.node_cuts, how.ones, nodes, targets
                )
            elif how.loss == NS:
                m = drawn_nodes(
                    label_ids, begin, stop, how.chance, how.alias, how.negative, labels,
                    drawn ^ _GOLDEN, nodes, targets,
                )  # fmt: skip
            score_rows(heads, nodes, m, h, slopes)
            loss = 0.0
            if how.loss == SOFTMAX:
                softmax(slopes, m)
                one = _ONE / np.float32(stop - begin)
                for at in range(begin, stop):
                    p = slopes[label_ids[at]]
                    loss -= one * np.log(max(p, _LOW) if p == p else p)
                    slopes[label_ids[at]] = p - one
            else:
                for i in range(m):
                    p = _ONE / (_ONE + np.exp(-slopes[i]))
                    right = p if targets[i] > 0 else _ONE - p
                    loss -= np.log(max(right, _LOW) if right == right else right)
                    slopes[i] = p - targets[i]
            tally[position // n - walk.epoch, 0] += loss * weight
            if weight != _ONE:
                for i in range(m):
                    slopes[i] *= weight
            square = square_of(h) / dim
            if not how.adagrad:
                for i in range(m):
                    steps[i] = rate * slopes[i]
            elif every:  # without `nodes`, so that it goes by vectors
                for i in range(m):
                    head_sums[i] += slopes[i] * slopes[i] * square
                    steps[i] = rate * slopes[i] / np.sqrt(head_sums[i] + _TINY)
            else:
                for i in range(m):
                    head_sums[nodes[i]] += slopes[i] * slopes[i] * square
                    steps[i] = rate * slopes[i] / np.sqrt(head_sums[nodes[i]] + _TINY)
            learn_nodes(heads, nodes, m, slopes, steps, h, gradient)
            stay, square = _ONE - rate * np.float32(how.decay), square_of(gradient) / dim
            for f in range(families):
                if ends[f + 1] > ends[f]:
                    share = _ONE / np.float32(ends[f + 1] - ends[f])
                    step_rows(
                        rows, row_sums, frozen, kept, ends[f], ends[f + 1], gradient, how.adagrad,
                        share * square, rate * np.sqrt(share), stay, _TINY,
                    )  # fmt: skip
        if len(own.heads):
            _merge(tables, own)


__all__ = ["How", "Scratch", "Tables", "Texts", "Walk", "learn_texts", "scratch"]
