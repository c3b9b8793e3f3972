"""One pass over pairs of users and items: BPR, WARP, sampled softmax on bags of rows.

The twin of `interactions_reference.learn_pairs`. Threads may run it on the same rows at once
without locks (Niu et al. 2011, "Hogwild!").
"""

from __future__ import annotations

import math

import numpy as np

from rowspace.kernels.cpu_windows import bits, mix
from rowspace.kernels.interactions_reference import (
    LEAST,
    MARGIN,
    REACH,
    SOFTMAX,
    TRIES,
    WARP,
    Draw,
    History,
    Learning,
    Pairs,
    Room,
    Side,
)
from rowspace.kernels.jit import kernel

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)


@kernel
def permuted(place: int, n: int, state: int) -> int:
    """Where `place` goes in a shuffle of 0 … n - 1."""
    width = 2
    while (1 << width) < n:
        width += 1
    low = np.uint64(width // 2)
    high_mask = (_ONE << np.uint64(width - width // 2)) - _ONE
    low_mask = (_ONE << low) - _ONE
    state = np.uint64(state)
    value = np.uint64(place)
    while True:
        left, right = value >> low, value & low_mask
        left ^= mix(state + _GOLDEN + right) & high_mask
        right ^= mix(state + np.uint64(2) * _GOLDEN + left) & low_mask
        left ^= mix(state + np.uint64(3) * _GOLDEN + right) & high_mask
        right ^= mix(state + np.uint64(4) * _GOLDEN + left) & low_mask
        value = (left << low) | right
        if value < np.uint64(n):
            return np.int64(value)


@kernel
def negatives(
    state: int, own: np.ndarray, chance: np.ndarray, alias: np.ndarray, out: np.ndarray
) -> int:
    """Up to len(out) items that are not among `own`, which ascend, into `out`; how many."""
    size = np.uint64(len(chance))
    found = 0
    for _ in range(2 * len(out) + TRIES):
        if found == len(out):
            break
        state += _GOLDEN
        drawn = mix(state)
        item = np.int32(((drawn >> np.uint64(32)) * size) >> np.uint64(32))
        if np.uint32(drawn) >= chance[item]:
            item = alias[item]
        at, end = 0, len(own)
        while at < end:
            middle = (at + end) >> 1
            if own[middle] < item:
                at = middle + 1
            else:
                end = middle
        if at == len(own) or own[at] != item:
            out[found] = item
            found += 1
    return found


@kernel
def others(state: int, items: np.ndarray, own: int, out: np.ndarray) -> int:
    """Up to len(out) of `items` but the one at place `own`, in turn from one that is drawn."""
    count = len(items) - 1
    if count == 0 or len(out) == 0:
        return 0
    upper = mix(state) >> np.uint64(32)
    turn = np.int64((upper * np.uint64(count)) >> np.uint64(32))
    size = min(len(out), count)
    for k in range(size):
        at = (turn + k) % count
        out[k] = items[at + (at >= own)]
    return size


@kernel
def _dot(a: np.ndarray, rows: np.ndarray, row: int) -> float:
    total = np.float32(0)
    for d in range(len(a)):
        total += a[d] * rows[row, d]
    return total


@kernel
def _add(out: np.ndarray, share: float, rows: np.ndarray, row: int) -> None:
    """out += share · rows[row]."""
    part = np.float32(share)
    for d in range(len(out)):
        out[d] += part * rows[row, d]


@kernel
def _move(
    rows: np.ndarray,
    sums: np.ndarray,
    row: int,
    share: float,
    factor: float,
    to: np.ndarray,
    by: Learning,
) -> None:
    """rows[row] += rate · share · (factor · to - l2 · row)."""
    pull = np.float32(share * factor)
    back = np.float32(share * by.l2)
    rate = np.float32(by.lr)
    if by.adagrad:
        total = np.float32(0)
        for d in range(len(to)):
            step = pull * to[d] - back * rows[row, d]
            total += step * step
        sums[row] += total / np.float32(by.dim)
        rate /= np.float32(math.sqrt(sums[row] + np.float32(LEAST)))
    pull *= rate
    keep = np.float32(1) - back * rate
    for d in range(len(to)):
        rows[row, d] = keep * rows[row, d] + pull * to[d]


@kernel
def _shift(
    biases: np.ndarray, sums: np.ndarray, row: int, share: float, step: float, by: Learning
) -> None:
    """biases[row] += rate · share · (step - l2 · bias)."""
    change = np.float32(share) * (np.float32(step) - np.float32(by.l2) * biases[row])
    rate = np.float32(by.lr)
    if by.adagrad:
        sums[row] += change * change
        rate /= np.float32(math.sqrt(sums[row] + np.float32(LEAST)))
    biases[row] += rate * change


@kernel
def gradients(scores: np.ndarray, m: int, loss: int, n_items: int, steps: np.ndarray) -> float:
    """What to add to each of m scores, the first of them the pair's; returns the loss."""
    best = scores[0]
    for j in range(m):
        steps[j] = np.float32(0)
        best = max(best, scores[j])
    if loss == SOFTMAX:
        total = np.float32(0)
        for j in range(m):
            steps[j] = np.exp(scores[j] - best)
            total += steps[j]
        first = steps[0] / total
        for j in range(m):
            steps[j] = -steps[j] / total
        steps[0] += np.float32(1)
        return -math.log(max(np.float64(first), math.exp(-REACH))) if first == first else math.nan
    if loss == WARP:
        for j in range(1, m):
            if scores[j] > scores[0] - np.float32(MARGIN):
                weight = math.log(1 + (n_items - 1) // j)
                steps[0], steps[j] = np.float32(weight), np.float32(-weight)
                return weight * (MARGIN - scores[0] + scores[j])
        return 0.0 if best == best else math.nan
    lost = 0.0
    for j in range(1, m):
        apart = scores[0] - scores[j]
        held = min(max(apart, np.float32(-REACH)), np.float32(REACH)) if apart == apart else apart
        power = np.exp(-held)
        wrong = power / (np.float32(1) + power) / np.float32(m - 1)
        steps[j] = -wrong
        steps[0] += wrong
        lost += math.log(1 + np.float64(power))
    return lost / (m - 1)


@kernel
def learn_pairs(
    first: int,
    last: int,
    epoch: int,
    pairs: Pairs,
    draw: Draw,
    users: Side,
    items: Side,
    history: History,
    learning: Learning,
    room: Room,
) -> None:
    """Places `first` to `last` of an epoch, one pair after the other.

    Arrays are taken out of their tuples first: a tuple handed on is counted array by array.
    """
    n_pairs = len(pairs.items)
    shuffle = bits(draw.states[0], epoch)
    h, moved, vectors = room.user, room.moved, room.vectors
    scores, steps, chosen, before = room.scores, room.steps, room.chosen, room.past
    noise, before = chosen[1:], before[: len(history.decays)]
    chance, alias = draw.chance, draw.alias
    pair_users, pair_items, known = pairs.users, pairs.items, pairs.known
    pair_weights, cuts = pairs.weights, pairs.offsets
    rows, sums, biases, bias_sums = items.rows, items.sums, items.biases, items.bias_sums
    ids, shares, offsets = items.ids, items.shares, items.offsets
    own_rows, own_sums = users.rows, users.sums
    own_ids, own_shares, own_offsets = users.ids, users.shares, users.offsets
    past_rows, past_sums, decays = history.rows, history.sums, history.decays
    for place in range(first, last):
        n = permuted(place, n_pairs, shuffle)
        position = epoch * n_pairs + place
        user = pair_users[n]
        first_own, stop_own = cuts[user], cuts[user + 1]
        state = bits(draw.states[1], position)
        m = 1 + negatives(state, known[first_own:stop_own], chance, alias, noise)
        if m == 1:
            continue
        chosen[0] = pair_items[n]
        if history.ordered:
            count = min(len(before), n - first_own)
            for k in range(count):
                before[k] = pair_items[n - 1 - k]
        else:
            mine = pair_items[first_own:stop_own]
            count = others(state, mine, n - first_own, before)
        h[:] = 0
        for f in range(own_offsets[user], own_offsets[user + 1]):
            _add(h, own_shares[f], own_rows, own_ids[f])
        whole = np.float32(0)
        for k in range(count):
            whole += decays[k]
        for k in range(count):
            _add(h, decays[k] / whole, past_rows, before[k])
        for j in range(m):
            start, stop = offsets[chosen[j]], offsets[chosen[j] + 1]
            score = np.float32(0)
            if stop - start == 1:  # read where it lies
                row = ids[start]
                score = shares[start] * (_dot(h, rows, row) + biases[row])
            else:
                vectors[j, :] = 0
                for f in range(start, stop):
                    _add(vectors[j], shares[f], rows, ids[f])
                    score += shares[f] * biases[ids[f]]
                score += _dot(h, vectors, j)
            scores[j] = score
        lost = gradients(scores, m, learning.loss, len(offsets) - 1, steps)
        weight = pair_weights[n]
        room.tally[0] += lost * weight
        room.tally[1] += 1
        if steps[0] == 0:
            continue
        moved[:] = 0
        for j in range(m):
            step = steps[j] * weight
            if step == 0:
                continue
            start, stop = offsets[chosen[j]], offsets[chosen[j] + 1]
            if stop - start == 1:
                _add(moved, step * shares[start], rows, ids[start])
            else:
                _add(moved, step, vectors, j)
            for f in range(start, stop):
                _move(rows, sums, ids[f], shares[f], step, h, learning)
                if learning.biased:
                    _shift(biases, bias_sums, ids[f], shares[f], step, learning)
        for f in range(own_offsets[user], own_offsets[user + 1]):
            _move(own_rows, own_sums, own_ids[f], own_shares[f], 1.0, moved, learning)
        for k in range(count):
            _move(past_rows, past_sums, before[k], decays[k] / whole, 1.0, moved, learning)
