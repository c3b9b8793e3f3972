"""Counting pairs: what the kernels count is what `cooccurrence_reference` says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.errors import ResourceError
from rowspace.kernels import cpu_cooccurrence as kernels
from rowspace.kernels.cooccurrence_reference import FINEST, count, units
from rowspace.training.glove_room import Room, dense, order


def test_weights_are_whole_and_exact_while_they_can_be():
    weights, scale = units(10, by_distance=True)
    assert scale == 2520 and [scale / w for w in weights[1:]] == list(range(1, 11))
    weights, scale = units(1000, by_distance=True)
    assert scale == FINEST and weights[1] == FINEST
    assert np.allclose(weights[1:] / scale, 1 / np.arange(1, 1001), atol=1e-6)
    weights, scale = units(7, by_distance=False)
    assert scale == 1 and weights[1:].tolist() == [1] * 7


def test_the_reference_on_a_sentence_done_by_hand():
    ids = np.array([0, 1, 0, -1, 1, 2, -1], np.int32)
    found = count(ids, 2, symmetric=True, by_distance=True)
    assert found == {(0, 1): 4, (1, 0): 4, (0, 0): 2, (1, 2): 2, (2, 1): 2}  # in halves
    found = count(ids, 2, symmetric=False, by_distance=False)
    assert found == {(0, 1): 1, (1, 0): 1, (0, 0): 1, (1, 2): 1}


@pytest.mark.parametrize("items", [1, 2, 3, 100, 70_000, 1 << 27])
def test_places_are_a_permutation_that_can_be_undone(items):
    made = order(items, 10, seed=3)
    rng = np.random.default_rng(0)
    pairs = {(0, 0), (items - 1, items - 1), (0, items - 1)}
    pairs |= {(int(a), int(b)) for a, b in rng.integers(0, items, (300, 2))}
    places = {pair: int(kernels.place_of(made, *pair)) for pair in pairs}
    assert len(set(places.values())) == len(pairs)
    for pair, place in places.items():
        assert 0 <= place < 1 << made.bits
        assert kernels.pair_at(made, np.uint64(place)) == pair


def test_places_look_drawn_at_random():
    """The pairs of one word do not lie together."""
    made = order(5000, 10, seed=1)
    places = np.array([int(kernels.place_of(made, 7, j)) for j in range(4096)]) / 2.0**made.bits
    assert np.abs(np.histogram(places, 16, (0, 1))[0] - 256).max() < 100
    assert abs(np.corrcoef(places[:-1], places[1:])[0, 1]) < 0.1


def test_too_many_words_for_64_bits():
    with pytest.raises(ResourceError, match="64 bits"):
        order(1 << 28, 1000, seed=0)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("cells", [1, 2, 50, 10**6])
def test_a_dense_block_has_its_cells_once(symmetric, cells):
    block = dense(40, cells, symmetric=symmetric)
    places = [
        int(block.first[i]) + j
        for i in range(len(block.limits))
        for j in range(i if symmetric else 0, block.limits[i])
    ]
    assert sorted(places) == list(range(len(block.cells)))
    assert 1 <= len(block.cells) <= max(cells, 40 if cells < 40 else cells)
    assert block.limits[0] >= 1


def counted(ids, window, *, symmetric, cells, room):
    """The kernels put to use by hand: X in units, by pair."""
    weights, _ = units(window, by_distance=True)
    made, top = order(int(ids.max(initial=0)) + 1, window, seed=0), 2
    block = dense(int(ids.max(initial=0)) + 1, cells, symmetric=symmetric)
    words, other = np.empty(room, np.uint64), np.empty(room, np.uint64)
    records, found, at = np.empty((64, 2), np.uint64), {}, 0

    def book(n):
        for place, total in records[:n].tolist():
            pair = kernels.pair_at(made, np.uint64(place))
            found[pair] = found.get(pair, 0) + total

    while at < len(ids):
        tops = np.zeros(1 << top, np.int64)
        at, n = kernels.count(ids, at, window, symmetric, weights, made, block, words, 0, tops, top)
        starts = np.concatenate([[0], np.cumsum(tops)])
        kernels.part_words(words, n, made, top, starts[:-1].copy(), other)
        width, turns = max(1, made.bits - top), 1
        kernels.sort_parts(
            other, words, starts, made.low, width, turns, np.empty(1 << width, np.int64)
        )
        got = 0
        assert (np.diff(words[:n] >> np.uint64(made.low)).astype(np.int64) >= 0).all()
        while got < n:
            got, m = kernels.sum_words(words, got, n, made.low, weights, records)
            book(m)
    item = 0
    records = np.empty((4096, 2), np.uint64)
    while item < len(block.limits):
        item, m = kernels.dense_records(block, symmetric, made, item, records)
        book(m)
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-1, 8), max_size=120),
    st.integers(1, 12),
    st.booleans(),
    st.sampled_from([1, 9, 100]),
    st.sampled_from([13, 40, 4000]),
)
def test_counts_are_those_of_the_reference(ids, window, symmetric, cells, room):
    ids = np.array(ids, np.int32)
    wanted = count(ids, window, symmetric=symmetric, by_distance=True)
    if symmetric:  # each pair once, the smaller id first; of one item alone in one direction
        wanted = {(i, j): x // (2 if i == j else 1) for (i, j), x in wanted.items() if i <= j}
    found = counted(ids, window, symmetric=symmetric, cells=cells, room=max(room, 2 * window))
    assert found == dict(wanted)


@pytest.mark.parametrize("same", [False, True])
def test_many_words_of_a_part_are_sorted_by_digits(same):
    """Parts longer than what is sorted by insertion; the most frequent word of all."""
    rng = np.random.default_rng(0)
    ids = np.zeros(3000, np.int32) if same else rng.integers(0, 30, 3000).astype(np.int32)
    ids[-1] = 29
    found = counted(ids, 3, symmetric=False, cells=1, room=9000)
    assert found == dict(count(ids, 3, symmetric=False, by_distance=True))


@pytest.mark.parametrize("passes", [1, 2, 3])
def test_records_are_sorted_and_summed(passes):
    made = order(64, 5, seed=0)
    rng = np.random.default_rng(1)
    records = np.empty((500, 2), np.uint64)
    records[:, 0], records[:, 1] = rng.integers(0, 1 << made.bits, 500), rng.integers(1, 99, 500)
    records[:, 0] //= np.uint64(40)  # some stand there often
    wanted: dict[int, int] = {}
    for place, total in records.tolist():
        wanted[place] = wanted.get(place, 0) + total
    other, width = np.empty_like(records), -(-made.bits // passes)
    kernels.sort_records(records, other, 500, width, passes, np.empty(1 << width, np.int64))
    items, sums = np.empty((500, 2), np.int32), np.empty(500, np.float32)
    n = kernels.finish(other if passes % 2 else records, 500, made, True, 2, items, sums)
    pairs = [kernels.pair_at(made, np.uint64(place)) for place in sorted(wanted)]
    assert items[:n].tolist() == [list(pair) for pair in pairs]
    halves = [
        wanted[p] / (1 if i == j else 2) for p, (i, j) in zip(sorted(wanted), pairs, strict=True)
    ]
    assert sums[:n].tolist() == halves


def test_memory_is_shared_out_within_its_limit():
    made = order(70_000, 10, seed=0)
    for memory in (1 << 20, 1 << 24, 1 << 30, 1 << 36):
        for threads in (1, 2, 16):
            room = Room.of(memory, threads, 10**10, made)
            each = 16 * room.words + 8 * room.cells + 16 * room.block + 4 * room.stretch
            assert threads * each <= memory + threads * (1 << 18), (memory, threads)
            assert room.words > 4096 and room.parts & (room.parts - 1) == 0
