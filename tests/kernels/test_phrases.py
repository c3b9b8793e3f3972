"""Phrases on ids: the compiled passes against their definition, whatever the tables' size."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_phrases, phrases_reference
from rowspace.kernels.phrases_reference import MOST

V, CONNECTORS = 9, 3
TEXT = st.lists(st.integers(-1, V - 1), max_size=80).map(lambda ids: np.array(ids, np.int32))
CONNECTOR = np.array([0] * (V - CONNECTORS) + list(range(1, CONNECTORS + 1)), np.int32)
BASE = CONNECTORS + 1


def code(inner: tuple[int, ...]) -> int:
    total = 0
    for item in inner:
        total = total * BASE + int(CONNECTOR[item])
    return total


def packed(candidate: tuple[int, ...]) -> tuple[int, int]:
    return candidate[0] << 32 | candidate[-1], code(candidate[1:-1])


def counted(ids: np.ndarray, frequent: np.ndarray, parts: int, size: int) -> Counter:
    found: Counter = Counter()
    for part in range(parts):
        table, taken, at = cpu_phrases.slots(size), np.zeros(1, np.int64), 0
        while at < len(ids):
            at = cpu_phrases.count_phrases(
                ids, at, CONNECTOR, frequent, BASE, part, parts, table, taken
            )
            if at < len(ids):  # full: it grows, as the caller does it
                there = table.values > 0
                rest = [array[there] for array in table]
                table = cpu_phrases.slots(2 * len(table.values))
                cpu_phrases.fill(*rest, table)
                taken[0] = there.sum()
        for ends, between, n in zip(*(a[table.values > 0].tolist() for a in table), strict=True):
            found[ends, between] += n
    return found


@settings(deadline=None)  # the first one compiles
@given(TEXT, st.integers(1, 4), st.sampled_from([4, 256]))
def test_counts_are_the_definitions(ids: np.ndarray, parts: int, size: int) -> None:
    frequent = (np.arange(V) != 2).astype(np.uint8)
    slow = phrases_reference.count_phrases(ids, CONNECTOR, frequent)
    wanted = Counter({packed(one): n for one, n in slow.items()})
    assert counted(ids, frequent, parts, size) == wanted


@settings(deadline=None)
@given(TEXT, st.integers(0, 5), st.integers(MOST + 2, 200))
def test_joining_is_the_definitions(ids: np.ndarray, seed: int, room: int) -> None:
    slow = phrases_reference.count_phrases(ids, CONNECTOR, np.ones(V, np.uint8))
    rng = np.random.default_rng(seed)
    phrases = {one: V + k for k, one in enumerate(sorted(slow)) if rng.random() < 0.6}
    table = cpu_phrases.slots(256)
    pairs = np.array([packed(one) for one in phrases], np.int64).reshape(-1, 2)
    cpu_phrases.fill(
        pairs[:, 0].copy(), pairs[:, 1].copy(), np.array([*phrases.values()], np.int64), table
    )
    heads = np.zeros(V, np.uint8)
    heads[[one[0] for one in phrases]] = 1
    out, used, at, found = np.empty(room, np.int32), np.zeros(1, np.int64), 0, [ids[:0]]
    while at < len(ids):
        at = cpu_phrases.join_phrases(ids, at, CONNECTOR, heads, BASE, table, out, used)
        found.append(out[: used[0]].copy())
    assert np.concatenate(found).tolist() == (
        phrases_reference.join_phrases(ids, CONNECTOR, phrases).tolist()
    )


@pytest.mark.parametrize("between", range(MOST + 3))
def test_so_many_connectors_and_no_more(between: int) -> None:
    ids = np.array([0, *[V - 1] * between, 1], np.int32)
    slow = phrases_reference.count_phrases(ids, CONNECTOR, np.ones(V, np.uint8))
    assert sum(slow.values()) == (between <= MOST)
    assert counted(ids, np.ones(V, np.uint8), 1, 16).total() == (between <= MOST)
