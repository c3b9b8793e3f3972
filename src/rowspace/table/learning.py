"""One exact step of the rows a batch names: gradients summed row by row, then the rule, once.

What a step costs depends on the batch and not on the table; every result is the same at any number
of threads. Axes: `N` contributions, `G` rows of the gradient (bags, or contributions themselves).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import log, log1p
from typing import final

import numpy as np

from rowspace.kernels import cpu_learn, cpu_sort
from rowspace.kernels.layer_reference import decoded, noise_from, rounded_by_chance
from rowspace.random import Stream, mix, state
from rowspace.table.lookup import as_numbers
from rowspace.table.room import room
from rowspace.table.rules import Rule
from rowspace.threads import get_threads, spread

_GRAIN = 1 << 15  # numbers a thread is worth waking for
_SORTED = 1 << 14  # words a thread is worth waking for
_NONE = np.zeros((0, 1), np.float32)
_WORDS = np.dtype(np.int64)
_FLUSHED = 1 << 14  # rows at once
_LONGEST = 1 << 18  # steps in a table of powers


@final
@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Gradients of rows: contribution i adds weights[i] · values[its bag] to row ids[i].

    ids int64 [N]; values [G, D] float32 or halves; offsets int64 [G + 1] of the bags, None where
    each contribution is a bag of its own; weights float32 [N], None where all are 1.
    """

    ids: np.ndarray
    values: np.ndarray
    offsets: np.ndarray | None = None
    weights: np.ndarray | None = None

    def bags(self) -> np.ndarray | None:
        """The bag of each contribution, int64 [N], where weights must be found by contribution."""
        if self.weights is None or self.offsets is None:
            return None
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


@final
@dataclass(slots=True, eq=False)
class Slots:
    """What a rule keeps for the rows of one table, and how many steps it has taken.

    arrays: the rule's states by name, float32 [R, D] or [R, 1]. clock: int32 [R], if it has one.
    shrunk: float64, the sum of the logarithms of weight decay up to each step, for "catch-up".
    noted: called with the number of each step and `shrunk` up to it, before any row changes.
    """

    arrays: dict[str, np.ndarray]
    clock: np.ndarray | None = None
    step: int = 0
    shrunk: np.ndarray = field(default_factory=lambda: np.zeros(2))
    noted: Callable[[int, float], None] | None = None

    def two(self) -> tuple[np.ndarray, np.ndarray]:
        """Both states as the kernels take them."""
        found = [*self.arrays.values(), _NONE, _NONE]
        return found[0], found[1]

    def tick(self, rule: Rule) -> None:
        """Begin a step: count it, and note what it takes off every row."""
        self.step += 1
        if rule.clocked and not rule.own_clock:
            if len(self.shrunk) <= self.step:
                self.shrunk = np.concatenate([self.shrunk, np.zeros(max(self.step, 64))])
            decay = rule.lr * rule.weight_decay if rule.owes_decay else 0.0
            lost = log1p(-min(decay, 1 - 1e-12))
            self.shrunk[self.step] = self.shrunk[self.step - 1] + lost
        if self.noted is not None:
            self.noted(self.step, float(self.shrunk[min(self.step, len(self.shrunk) - 1)]))


@final
@dataclass(frozen=True, slots=True)
class Limits:
    """max_norm: rows are held to this length (0: no limit). scale: of the gradients, -1 to go up.
    seed: of the rounding of halves. padding: a row that never learns, -1 for none."""

    max_norm: float = 0.0
    scale: float = 1.0
    seed: int = 0
    padding: int = -1


def sort(batch: Batch, n_rows: int) -> tuple[np.ndarray, int]:
    """Words int64 [N], `row << shift | contribution or bag`, in order; and the shift."""
    ids, n = batch.ids, len(batch.ids)
    offsets = None if batch.weights is not None else batch.offsets
    bags = n if offsets is None else len(offsets) - 1
    shift = max(1, (max(bags, 1) - 1).bit_length())
    words, other = room((n,), _WORDS), room((n,), _WORDS)
    bits = max(1, (n_rows - 1).bit_length())
    passes = -(-bits // cpu_sort.DIGIT)
    width = -(-bits // passes)
    parts = max(1, min(get_threads(), n // _SORTED))
    counts = np.empty((parts, 1 << width), np.int64)
    if parts == 1:
        cpu_sort.sort_alone(ids, offsets, bags, shift, passes, words, other, counts)
        return (words if passes % 2 == 0 else other), shift
    spread(
        lambda first, last: cpu_sort.pack(ids, offsets, first, last, shift, words),
        bags,
        _SORTED * bags // max(n, 1),
    )
    for turn in range(passes):
        _pass(words, other, shift + turn * width, counts)
        words, other = other, words
    return words, shift


def _pass(words: np.ndarray, out: np.ndarray, shift: int, counts: np.ndarray) -> None:
    n, parts = len(words), len(counts)

    def each(work: Callable[[int, int, np.ndarray], None]) -> None:
        def run(first: int, last: int) -> None:
            for part in range(first, last):
                begin, end = n * part // parts, n * (part + 1) // parts
                work(begin, end, counts[part])

        spread(run, parts, 1)

    each(lambda begin, end, own: cpu_sort.count_digits(words, begin, end, shift, own))
    cpu_sort.places_of(counts)
    each(lambda begin, end, own: cpu_sort.move(words, begin, end, shift, own, out))


def learn(
    data: np.ndarray,
    dim: int,
    rule: Rule,
    slots: Slots,
    batch: Batch,
    *,
    skipped: np.ndarray | None = None,
    limits: Limits | None = None,
) -> None:
    """One step: every row that `batch` names is read once and written once, in place.

    data [R, S] as `lookup` has it. skipped: uint8 [R], rows that stay as they are.
    """
    limits = Limits() if limits is None else limits
    slots.tick(rule)
    n = len(batch.ids)
    if n == 0:
        return
    words, shift = sort(batch, len(data))
    rows, values, bags = as_numbers(data), as_numbers(batch.values), batch.bags()
    first, second = slots.two()
    numbers = _numbers(rule, limits.max_norm, limits.scale)
    own = rule.own_clock
    bias = _biases(*rule.betas_kept) if own else np.array([rule.bias(slots.step)], np.float32)
    decays = _powers(*rule.betas_kept) if rule.clocked and not own else _ONES
    chance = np.uint64(0) if rows.dtype == np.float32 else _chance(limits.seed, slots.step)

    def part(begin: int, end: int) -> None:
        cpu_learn.learn(
            int(rule.code), rows, dim, first, second, slots.clock, own, slots.step, numbers, bias,
            decays, slots.shrunk, words, begin, end, shift, values, bags, batch.weights, skipped,
            limits.padding, chance, np.empty((1, dim + 16), np.float32),
        )  # fmt: skip

    spread(part, n, _GRAIN // max(dim, 1))


def _chance(seed: int, step: int) -> np.uint64:
    """What the rounding of a step starts from. Mixed, for the kernels add the row to it: row + step
    alone would give a row the chances its neighbour had a step before."""
    return np.uint64(mix(state(seed, Stream.ROUNDING) + np.uint64(step)))


def coalesce(batch: Batch, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a batch, int64 [U], ascending, and the sum of each one's gradients, float32
    [U, D]."""
    n, dim = len(batch.ids), batch.values.shape[1]
    words, shift = sort(batch, n_rows)
    rows, starts = np.empty(n, np.int64), np.empty(n + 1, np.int64)
    found = int(cpu_sort.distinct(words, shift, rows, starts))
    starts[found] = n
    out = room((found, dim), np.dtype(np.float32))
    values, bags = as_numbers(batch.values), batch.bags()
    spread(
        lambda first, last: cpu_learn.sum_rows(
            dim, words, starts, first, last, shift, values, bags, batch.weights, out
        ),
        found,
        _GRAIN // max(dim, 1),
    )
    return rows[:found].copy(), out


def flush(
    data: np.ndarray,
    dim: int,
    rule: Rule,
    slots: Slots,
    *,
    skipped: np.ndarray | None = None,
    limits: Limits | None = None,
) -> None:
    """Under "catch-up": give every row the fading and the weight decay it still misses.

    `skipped` rows stay as they are, and owe nothing any more.
    """
    if slots.clock is None or rule.own_clock:
        return
    decays = _powers(*rule.betas_kept)
    limits = Limits() if limits is None else limits
    chance = _chance(limits.seed, slots.step)
    for start in range(0, len(data), _FLUSHED):
        rows = np.arange(start, min(start + _FLUSHED, len(data)))
        before = np.minimum(slots.clock[rows], slots.step)
        late = (before < slots.step) & (rows != limits.padding)
        if skipped is not None:
            late &= skipped[rows] == 0
        slots.clock[rows] = slots.step
        rows, before = rows[late], before[late]
        missed = np.minimum(slots.step - before, len(decays) - 1)
        for kept, share in zip(slots.arrays.values(), decays[missed].T, strict=False):
            kept[rows] *= share[:, None]
        if rule.owes_decay and len(rows):
            lost = slots.shrunk[slots.step] - slots.shrunk[before]
            _shrink(as_numbers(data), dim, rows, np.exp(lost).astype(np.float32), chance)


def _shrink(
    data: np.ndarray, dim: int, rows: np.ndarray, shares: np.ndarray, chance: np.uint64
) -> None:
    shrunk = decoded(data[rows, :dim]) * shares[:, None]
    if data.dtype != np.float32:  # to the nearest, small decays would be lost
        with np.errstate(over="ignore"):
            first = mix(~chance + rows.astype(np.uint64)) >> np.uint64(32)
        random = noise_from(first.astype(np.uint32)[:, None], dim)
        data[rows, :dim] = rounded_by_chance(shrunk, random, data.dtype)
    else:
        data[rows, :dim] = shrunk


_ONES = np.ones((1, 2), np.float32)


def _long_enough(beta: float) -> int:
    """Steps after which a power of beta is nothing to a float32."""
    return 2 if beta < 1e-9 else min(_LONGEST, int(log(1e-9) / log(beta)) + 2) if beta < 1 else 2


@lru_cache(maxsize=64)
def _numbers(rule: Rule, max_norm: float, scale: float) -> np.ndarray:
    return rule.numbers(max_norm=max_norm, scale=scale)


@lru_cache(maxsize=8)
def _powers(first: float, second: float) -> np.ndarray:
    steps = np.arange(max(_long_enough(first), _long_enough(second)))
    return np.stack([first**steps, second**steps], axis=1).astype(np.float32)


@lru_cache(maxsize=8)
def _biases(first: float, second: float) -> np.ndarray:
    """Adam's corrections of a row that has learned 1, 2, … times, float32 [T, 2]."""
    steps = np.arange(1, max(_long_enough(first), _long_enough(second)) + 1)
    pair = [1 - first**steps, np.sqrt(1 - second**steps)]
    return np.stack(pair, axis=1).astype(np.float32)
