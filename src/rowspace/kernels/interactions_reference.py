"""What one pass over pairs of users and items means, in plain NumPy: the definition of right.

A user is a bag of rows: its own, those of its features, and those of the items before. An item is
one too. Axes: `U` users, `V` items, `R` rows, `S` numbers in a row (zeros from D on), `N` pairs,
`K` negatives, `L` items of a history, `F` ids in all bags.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

BPR, WARP, SOFTMAX = 0, 1, 2
AHEAD = 64  # rows asked for before they are used
TRIES = 8  # drawn beside K, where one that is drawn is the user's own
LEAST = 1e-6  # added to a sum of squares before its root is taken
MARGIN = 1.0  # by which WARP wants the pair above the others
REACH = 30.0  # differences are held to it: a lost pair still has a finite loss
_WHOLE = 0xFFFF_FFFF_FFFF_FFFF
_GOLDEN = 0x9E3779B97F4A7C15


class Pairs(NamedTuple):
    """Pair n: `users[n]`, `items[n]`, int32 [N], `weights` float32 [N]; by user, then in order.

    `offsets` int64 [U + 1]: user u has the pairs from offsets[u] on; `known` int32 [N]: the same
    items, those of each user in ascending order.
    """

    users: np.ndarray
    items: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray
    known: np.ndarray


class Side(NamedTuple):
    """Rows that learn: `rows` float32 [R, S], `biases` float32 [R], and the sums of their squared
    gradients, `sums` and `bias_sums` float32 [R]. The bag of each user or item: `ids` int32 [F],
    `shares` float32 [F], `offsets` int64."""

    rows: np.ndarray
    sums: np.ndarray
    biases: np.ndarray
    bias_sums: np.ndarray
    ids: np.ndarray
    shares: np.ndarray
    offsets: np.ndarray


class History(NamedTuple):
    """Rows of items that a user came by: `rows` float32 [V, S], `sums` float32 [V].

    `decays` float32 [L]: what the item k places before counts. ordered: pairs of a user stand in
    order of time, and only those before count; else any L of the others, one as much as the next.
    """

    rows: np.ndarray
    sums: np.ndarray
    decays: np.ndarray
    ordered: bool


class Draw(NamedTuple):
    """`states` uint64 [2]: order of the pairs, negatives. `chance` uint32 [V], `alias` int32 [V]:
    Walker's alias table of what negatives are drawn by. negatives: K."""

    states: np.ndarray
    chance: np.ndarray
    alias: np.ndarray
    negatives: int


class Learning(NamedTuple):
    """loss: BPR, WARP or SOFTMAX. A gradient is averaged over `dim` numbers for Adagrad."""

    loss: int
    lr: float
    l2: float
    adagrad: bool
    biased: bool
    dim: int


class Room(NamedTuple):
    """What one thread needs: vectors [S], candidates [K + 1, S], what is drawn for P pairs ahead
    ([P, K + 1], and how many of them), and `tally` float64 [2]: the sum of the losses, how many
    pairs."""

    user: np.ndarray
    moved: np.ndarray
    vectors: np.ndarray
    scores: np.ndarray
    steps: np.ndarray
    chosen: np.ndarray
    found: np.ndarray
    ahead: np.ndarray
    past: np.ndarray
    tally: np.ndarray


def room(draw: Draw, history: History, stride: int) -> Room:
    """Room for one thread, whose arrays share no cache line with another's."""
    k = draw.negatives + 1
    ahead = max(1, min(16, AHEAD // k))
    floats = [stride, stride, k * stride, k, k]
    starts = np.cumsum([64, *(-(-size // 64) * 64 + 64 for size in floats)])
    block = np.zeros(starts[-1], np.float32)
    parts = [block[at : at + size] for at, size in zip(starts, floats, strict=False)]
    parts[2] = parts[2].reshape(k, stride)
    whole = np.zeros(ahead * k + 64, np.int32)[32 : 32 + ahead * k].reshape(ahead, k)
    places = np.zeros(2 * ahead + 32, np.int64)[16:]
    before = np.zeros(len(history.decays) + 64, np.int32)[32 : 33 + len(history.decays)]
    tally = np.zeros(32)[16:18]
    return Room(*parts, whole, places[:ahead], places[ahead : 2 * ahead], before, tally)


def mixed(z: int) -> int:
    """SplitMix64's output for a state, as `rowspace.random.mix`, on Python's numbers."""
    z &= _WHOLE
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _WHOLE
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _WHOLE
    return z ^ (z >> 31)


def permuted(place: int, n: int, state: int) -> int:
    """Where `place` goes in a shuffle of 0 … n - 1: a Feistel network of four half rounds over the
    next power of two, walked until it falls below n. No memory, any place by itself."""
    width = max(2, (n - 1).bit_length())
    low = width // 2
    high = width - low
    value = place
    while True:
        left, right = value >> low, value & ((1 << low) - 1)
        for key in (1, 3):
            left ^= mixed(state + key * _GOLDEN + right) & ((1 << high) - 1)
            right ^= mixed(state + (key + 1) * _GOLDEN + left) & ((1 << low) - 1)
        value = left << low | right
        if value < n:
            return value


def negatives(user: int, position: int, pairs: Pairs, draw: Draw) -> list[int]:
    """Up to K items drawn for a place in the run, none of them the user's own; they may repeat."""
    own = set(pairs.items[pairs.offsets[user] : pairs.offsets[user + 1]].tolist())
    state, size = bits_from(int(draw.states[1]), position), len(draw.chance)
    found: list[int] = []
    for _ in range(2 * draw.negatives + TRIES):
        if len(found) == draw.negatives:
            break
        state = (state + _GOLDEN) & _WHOLE
        drawn = mixed(state)
        item = ((drawn >> 32) * size) >> 32
        if drawn & 0xFFFF_FFFF >= int(draw.chance[item]):
            item = int(draw.alias[item])
        if item not in own:
            found.append(item)
    return found


def bits_from(state: int, position: int) -> int:
    """`rowspace.random.bits` of a stream whose state is worked out."""
    return mixed(state + (position + 1) * _GOLDEN)


def past(n: int, position: int, pairs: Pairs, draw: Draw, history: History) -> list[int]:
    """The items of pair n's history, the nearest first."""
    size = len(history.decays)
    first, stop = int(pairs.offsets[pairs.users[n]]), int(pairs.offsets[pairs.users[n] + 1])
    if history.ordered:
        return pairs.items[first:n][::-1][:size].tolist()
    others = [m for m in range(first, stop) if m != n]
    if not others:
        return []
    turn = (mixed(bits_from(int(draw.states[1]), position)) >> 32) * len(others) >> 32
    turned = others[turn:] + others[:turn]
    return pairs.items[turned[:size]].tolist()


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

    h = Σ shares · rows of the user + Σ decays · history rows / Σ decays;  s_i = h · q_i + b_i.
    BPR (Rendle et al. 2009): -ln σ(s_i - s_j), for each of K negatives j, their mean.
    WARP (Weston et al. 2011): the first of K negatives with s_j > s_i - 1 counts
    ln(1 + (V - 1) / how many were drawn) · (1 - s_i + s_j). SOFTMAX: -ln softmax of the pair among
    its negatives (Jean et al. 2015). A row moves by lr · share · (gradient - l2 · row), under
    Adagrad divided by the root of its summed mean squares (Duchi et al. 2011). An item drawn
    twice teaches as it is by then, where its bag is one row.
    """
    n_pairs = len(pairs.items)
    shuffle = bits_from(int(draw.states[0]), epoch)
    for place in range(first, last):
        n = permuted(place, n_pairs, shuffle)
        position = epoch * n_pairs + place
        user = int(pairs.users[n])
        chosen = [int(pairs.items[n]), *negatives(user, position, pairs, draw)]
        if len(chosen) == 1:
            continue
        before = past(n, position, pairs, draw, history)
        own, shares = bag(users, user)
        h = shares @ users.rows[own]
        decays = history.decays[: len(before)]
        decays = decays / decays.sum() if len(before) else decays
        h = (h + decays @ history.rows[before]).astype(np.float32) if before else h
        bags = [bag(items, item) for item in chosen]
        vectors = np.array([share @ items.rows[rows] for rows, share in bags], np.float32)
        scores = vectors @ h + np.array([share @ items.biases[rows] for rows, share in bags])
        steps, loss = gradients(scores, learning.loss, len(items.offsets) - 1)
        room.tally[:] += loss * float(pairs.weights[n]), 1
        if steps[0] == 0:
            continue
        steps = steps * pairs.weights[n]
        moved = np.zeros(len(h))
        for (rows, share), vector, step in zip(bags, vectors, steps, strict=True):
            moved += step * (share[0] * items.rows[rows[0]] if len(rows) == 1 else vector)
            for row, part in zip(rows, share, strict=True):
                if step:
                    _move(items.rows, items.sums, row, part, step * h, learning)
                if step and learning.biased:
                    _shift(items, row, part, step, learning)
        for row, part in zip(own, shares, strict=True):
            _move(users.rows, users.sums, row, part, moved, learning)
        for row, part in zip(before, decays, strict=True):
            _move(history.rows, history.sums, row, part, moved, learning)


def bag(side: Side, of: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a user or an item, and their shares."""
    where = slice(side.offsets[of], side.offsets[of + 1])
    return side.ids[where], side.shares[where]


def gradients(scores: np.ndarray, loss: int, n_items: int) -> tuple[np.ndarray, float]:
    """What to add to each score, and the loss; the first score is the pair's."""
    steps = np.zeros(len(scores))
    if loss == SOFTMAX:
        powers = np.exp(scores - scores.max())
        chance = powers / powers.sum()
        steps -= chance
        steps[0] += 1
        return steps, float(-np.log(max(chance[0], math.exp(-REACH))))
    if loss == WARP:
        for drawn, score in enumerate(scores[1:], 1):
            if score > scores[0] - MARGIN:
                weight = math.log(1 + (n_items - 1) // drawn)
                steps[0], steps[drawn] = weight, -weight
                return steps, float(weight * (MARGIN - scores[0] + score))
        return steps, 0.0
    apart = np.clip(scores[0] - scores[1:], -REACH, REACH)
    wrong = 1 / (1 + np.exp(apart)) / len(apart)
    steps[1:] = -wrong
    steps[0] = wrong.sum()
    return steps, float(np.log1p(np.exp(-apart)).mean())


def _move(
    rows: np.ndarray, sums: np.ndarray, row: int, share: float, to: np.ndarray, by: Learning
) -> None:
    step = share * (to - by.l2 * rows[row])
    rate = by.lr
    if by.adagrad:
        sums[row] += (step * step).sum() / by.dim
        rate /= math.sqrt(sums[row] + LEAST)
    rows[row] += rate * step


def _shift(items: Side, row: int, share: float, step: float, by: Learning) -> None:
    change = share * (step - by.l2 * items.biases[row])
    rate = by.lr
    if by.adagrad:
        items.bias_sums[row] += change * change
        rate /= math.sqrt(items.bias_sums[row] + LEAST)
    items.biases[row] += rate * change
