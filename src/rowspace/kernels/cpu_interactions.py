"""One pass over pairs of users and items: BPR, WARP, sampled softmax on bags of rows.

The twin of `interactions_reference.learn_pairs`. Threads may run it on the same rows at once
without locks (Niu et al. 2011, "Hogwild!").

Functions called for each row have loops and no branches: Numba counts the references to an array
on either side of a branch, by locked instructions that all threads wait for.
"""

from __future__ import annotations

import math

import numpy as np

from rowspace.kernels.cpu_draws import draw_item, others, permuted, place_of
from rowspace.kernels.cpu_rows import prefetch_row
from rowspace.kernels.cpu_windows import bits
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
_LINE = 16  # numbers in a cache line
_SOUGHT = 128  # items of a user that are asked for before a negative is looked up among them


@kernel
def _dot(a: np.ndarray, rows: np.ndarray, row: int) -> float:
    total = np.float32(0)
    for d in range(len(a)):
        total += a[d] * rows[row, d]
    return total


@kernel
def _clear(out: np.ndarray) -> None:
    for d in range(len(out)):
        out[d] = np.float32(0)


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
    pull: float,
    to: np.ndarray,
    back: float,
    by: Learning,
) -> None:
    """rows[row] += rate · (pull · to - back · row)."""
    rate = np.float32(by.lr)
    total = np.float32(0)
    for d in range(len(to) * by.adagrad):  # a loop that is not run instead of a branch
        step = pull * to[d] - back * rows[row, d]
        total += step * step
    sums[row] += total / np.float32(by.dim)
    under = np.sqrt(sums[row] + np.float32(LEAST))
    rate /= under if by.adagrad else np.float32(1)
    keep, pull = np.float32(1) - rate * back, rate * pull
    for d in range(len(to)):
        rows[row, d] = keep * rows[row, d] + pull * to[d]


@kernel
def _shift(
    biases: np.ndarray, sums: np.ndarray, row: int, part: float, step: float, by: Learning
) -> None:
    """biases[row] += rate · part · (step - l2 · bias)."""
    change = part * (step - np.float32(by.l2) * biases[row])
    sums[row] += change * change * np.float32(by.adagrad)
    under = np.sqrt(sums[row] + np.float32(LEAST))
    biases[row] += np.float32(by.lr) * change / (under if by.adagrad else np.float32(1))


@kernel
def softmax(scores: np.ndarray, m: int, steps: np.ndarray) -> float:
    """What to add to each of m scores, the first of them the pair's; returns the loss."""
    best = scores[0]
    for j in range(1, m):
        best = max(best, scores[j])
    total = np.float32(0)
    for j in range(m):
        steps[j] = np.exp(scores[j] - best)
        total += steps[j]
    chance = steps[0] / total
    for j in range(m):
        steps[j] = -steps[j] / total
    steps[0] += np.float32(1)
    return -math.log(max(np.float64(chance), math.exp(-REACH))) if chance == chance else math.nan


@kernel
def warp(scores: np.ndarray, m: int, n_items: int, steps: np.ndarray) -> float:
    """As `softmax`, for the first negative that comes within the margin."""
    for j in range(m):
        steps[j] = np.float32(0)
    at = m
    for j in range(m - 1, 0, -1):
        at = j if not scores[j] <= scores[0] - np.float32(MARGIN) else at
    if at == m:
        return 0.0
    weight = math.log(1 + (n_items - 1) // at)
    steps[0], steps[at] = np.float32(weight), np.float32(-weight)
    return weight * (MARGIN - scores[0] + scores[at])


@kernel
def bpr(scores: np.ndarray, m: int, steps: np.ndarray) -> float:
    """As `softmax`, for each negative by itself."""
    steps[0] = np.float32(0)
    lost = 0.0
    for j in range(1, m):
        apart = scores[0] - scores[j]
        apart = np.float32(-REACH) if apart < np.float32(-REACH) else apart
        apart = np.float32(REACH) if apart > np.float32(REACH) else apart
        power = np.exp(-apart)
        steps[j] = -power / (np.float32(1) + power) / np.float32(m - 1)
        steps[0] -= steps[j]
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
    shuffle, drawing = bits(draw.states[0], epoch), draw.states[1]
    h, moved, vectors, tally = room.user, room.moved, room.vectors, room.tally
    scores, steps, before = room.scores, room.steps, room.past[: len(history.decays)]
    rows, sums, biases, bias_sums = items.rows, items.sums, items.biases, items.bias_sums
    ids, shares, offsets = items.ids, items.shares, items.offsets
    own_rows, own_sums = users.rows, users.sums
    own_ids, own_shares, own_offsets = users.ids, users.shares, users.offsets
    past_rows, past_sums, decays = history.rows, history.sums, history.decays
    pair_users, pair_items, known = pairs.users, pairs.items, pairs.known
    pair_weights, cuts = pairs.weights, pairs.offsets
    ahead, found, chosen, n_pairs = room.ahead, room.found, room.chosen, len(pairs.items)
    chance, alias, wanted, slot = draw.chance, draw.alias, draw.negatives, len(ahead) - 1
    l2 = np.float32(learning.l2)
    # As rows of one number, so that they can be asked for too.
    user_lines, item_lines = pair_users.reshape(-1, 1), pair_items.reshape(-1, 1)
    weight_lines, known_lines = pair_weights.reshape(-1, 1), known.reshape(-1, 1)
    for place in range(first, last):
        slot += 1
        if slot == len(ahead):  # draw for some pairs at once: none waits for another's memory
            slot = 0
            some = min(len(ahead), last - place)
            for p in range(some):
                ahead[p] = permuted(place + p, n_pairs, shuffle)
                prefetch_row(user_lines, ahead[p])
                prefetch_row(item_lines, ahead[p])
                prefetch_row(weight_lines, ahead[p])
            for p in range(some):
                user = pair_users[ahead[p]]
                chosen[p, 0] = pair_items[ahead[p]]
                prefetch_row(rows, ids[offsets[chosen[p, 0]]])
                prefetch_row(own_rows, own_ids[own_offsets[user]])
                for at in range(cuts[user], min(cuts[user + 1], cuts[user] + _SOUGHT), _LINE):
                    prefetch_row(known_lines, at)
            for p in range(some):
                user = pair_users[ahead[p]]
                state = bits(drawing, epoch * n_pairs + place + p)
                count = 0
                for _ in range(2 * wanted + TRIES):
                    if count == wanted:
                        break
                    state += _GOLDEN
                    item = draw_item(state, chance, alias)
                    at = place_of(item, known, cuts[user], cuts[user + 1])
                    if at == cuts[user + 1] or known[at] != item:
                        count += 1
                        chosen[p, count] = item
                        prefetch_row(rows, ids[offsets[item]])
                found[p] = count
        n = ahead[slot]
        user = pair_users[n]
        m = 1 + found[slot]
        if m == 1:
            continue
        if history.ordered:
            count = min(len(before), n - cuts[user])
            for k in range(count):
                before[k] = pair_items[n - 1 - k]
        else:
            state = bits(drawing, epoch * n_pairs + place)
            count = others(state, pair_items[cuts[user] : cuts[user + 1]], n - cuts[user], before)
        for k in range(count):
            prefetch_row(past_rows, before[k])
        _clear(h)
        for f in range(own_offsets[user], own_offsets[user + 1]):
            _add(h, own_shares[f], own_rows, own_ids[f])
        whole = np.float32(0)
        for k in range(count):
            whole += decays[k]
        for k in range(count):
            _add(h, decays[k] / whole, past_rows, before[k])
        for j in range(m):
            start, stop = offsets[chosen[slot, j]], offsets[chosen[slot, j] + 1]
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
        if learning.loss == SOFTMAX:
            lost = softmax(scores, m, steps)
        elif learning.loss == WARP:
            lost = warp(scores, m, len(offsets) - 1, steps)
        else:
            lost = bpr(scores, m, steps)
        weight = pair_weights[n]
        tally[0] += lost * weight
        tally[1] += 1
        if steps[0] == 0:
            continue
        _clear(moved)
        for j in range(m):
            step = steps[j] * weight
            if step == 0:
                continue
            start, stop = offsets[chosen[slot, j]], offsets[chosen[slot, j] + 1]
            if stop - start == 1:
                _add(moved, step * shares[start], rows, ids[start])
            else:
                _add(moved, step, vectors, j)
            for f in range(start, stop):
                row, part = ids[f], shares[f]
                _move(rows, sums, row, part * step, h, part * l2, learning)
                if learning.biased:
                    _shift(biases, bias_sums, row, part, step, learning)
        for f in range(own_offsets[user], own_offsets[user + 1]):
            part = own_shares[f]
            _move(own_rows, own_sums, own_ids[f], part, moved, part * l2, learning)
        for k in range(count):
            part = decays[k] / whole
            _move(past_rows, past_sums, before[k], part, moved, part * l2, learning)
