"""The pass over pairs, held to its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_interactions, interactions_reference
from rowspace.kernels.interactions_reference import (
    BPR,
    SOFTMAX,
    WARP,
    Draw,
    History,
    Learning,
    Pairs,
    Room,
    Side,
    gradients,
    room,
)
from rowspace.objectives.sampling import noise
from rowspace.random import Stream, bits, state

V, U, D, S = 23, 7, 5, 16


def data(seed: int, *, features: bool, ordered: bool, length: int, negatives: int):
    random = np.random.default_rng(seed)
    bags = [random.permutation(V)[: random.integers(1, 9)] for _ in range(U)]
    bags[0] = np.arange(V)  # met everything: it has no negatives
    items = np.concatenate(bags).astype(np.int32)
    users = np.repeat(np.arange(U), [len(bag) for bag in bags]).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(bag) for bag in bags])]).astype(np.int64)
    weights = random.random(len(items)).astype(np.float32) + 0.5
    known = np.concatenate([np.sort(bag) for bag in bags]).astype(np.int32)
    pairs = Pairs(users, items, weights, offsets, known)
    chance, alias = noise(np.bincount(items, minlength=V), 0.5)
    states = [state(seed, one) for one in (Stream.SHUFFLE, Stream.NEGATIVES)]
    draw = Draw(np.array(states, np.uint64), chance, alias, negatives)

    def table(rows: int) -> np.ndarray:
        out = np.zeros((rows + 1, S), np.float32)
        out[:-1, :D] = random.standard_normal((rows, D)) / 2
        return out

    def side(size: int) -> Side:
        more = 4 if features else 0
        own = [[i, *(size + random.permutation(more)[: i % 3]).tolist()] for i in range(size)]
        shares = [[1.0, *[1 / max(1, len(bag) - 1)] * (len(bag) - 1)] for bag in own]
        ids = np.array([row for bag in own for row in bag], np.int32)
        flat = np.array([share for bag in shares for share in bag], np.float32)
        offsets = np.cumsum([0, *map(len, own)]).astype(np.int64)
        sums, bias_sums = (np.zeros(size + more + 1, np.float32) for _ in range(2))
        biases = random.standard_normal(size + more + 1).astype(np.float32)
        return Side(table(size + more), sums, biases, bias_sums, ids, flat, offsets)

    decays = (0.7 ** np.arange(length) + 0.02).astype(np.float32)
    history = History(table(V), np.zeros(V + 1, np.float32), decays, ordered)
    return pairs, draw, side(U), side(V), history


def copies(arrays):
    return type(arrays)(*(np.array(one) if isinstance(one, np.ndarray) else one for one in arrays))


def run(module, parts, learning, epochs: int) -> tuple[list[np.ndarray], Room]:
    pairs, draw, users, items, history = (copies(one) for one in parts)
    own = room(draw, history, S)
    for epoch in range(epochs):
        module.learn_pairs(
            0, len(pairs.items), epoch, pairs, draw, users, items, history, learning, own
        )
    arrays = [users.rows, users.sums, items.rows, items.biases, items.bias_sums, history.rows]
    return [one[:-1] for one in arrays], own


@pytest.mark.parametrize("loss", [BPR, WARP, SOFTMAX])
@pytest.mark.parametrize("adagrad", [False, True])
@pytest.mark.parametrize(
    ("features", "ordered", "length"),
    [(False, True, 0), (True, True, 3), (True, False, 4), (False, False, 2)],
)
def test_learns_as_the_definition_does(loss, adagrad, features, ordered, length):
    parts = data(3, features=features, ordered=ordered, length=length, negatives=4)
    learning = Learning(loss, 0.05, 0.01, adagrad, True, D)
    plain, tally = run(interactions_reference, parts, learning, 2)
    fast, tally_fast = run(cpu_interactions, parts, learning, 2)
    for one, other in zip(plain, fast, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-4)
    np.testing.assert_allclose(tally.tally, tally_fast.tally, rtol=1e-4)
    assert tally.tally[1] == 2 * (len(parts[0].items) - V)  # who met everything teaches nothing
    assert all(np.isfinite(one).all() for one in fast)
    assert (fast[0] != parts[2].rows[:-1]).any()


def test_without_bias_none_is_learned():
    parts = data(4, features=False, ordered=True, length=2, negatives=3)
    fast, _ = run(cpu_interactions, parts, Learning(SOFTMAX, 0.1, 0.0, True, False, D), 1)
    np.testing.assert_array_equal(fast[3], parts[3].biases[:-1])


@pytest.mark.parametrize("loss", [BPR, SOFTMAX])
def test_steps_are_the_slope_of_the_loss(loss):
    scores = np.random.default_rng(1).standard_normal(6)
    steps, _ = gradients(scores, loss, 100)
    for at in range(6):
        moved = scores.copy()
        moved[at] += 1e-5
        _, up = gradients(moved, loss, 100)
        moved[at] -= 2e-5
        _, down = gradients(moved, loss, 100)
        assert -(up - down) / 2e-5 == pytest.approx(steps[at], abs=1e-6)


def fast(scores: np.ndarray, loss: int) -> tuple[np.ndarray, float]:
    steps = np.full(len(scores), 7, np.float32)
    if loss == WARP:
        return steps, cpu_interactions.warp(scores, len(scores), 50, steps)
    kind = cpu_interactions.softmax if loss == SOFTMAX else cpu_interactions.bpr
    return steps, kind(scores, len(scores), steps)


@given(st.lists(st.floats(-40, 40, width=32), min_size=2, max_size=9), st.sampled_from([0, 1, 2]))
@settings(max_examples=80, deadline=None)
def test_gradients_agree_for_any_scores(scores, loss):
    given_scores = np.array(scores, np.float32)
    plain, value = gradients(given_scores, loss, 50)
    steps, found = fast(given_scores, loss)
    np.testing.assert_allclose(steps, plain, rtol=1e-4, atol=1e-6)
    assert found == pytest.approx(value, rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("loss", [BPR, WARP, SOFTMAX])
@pytest.mark.parametrize("at", [0, 1])
def test_a_score_that_is_no_number_shows(loss, at):
    scores = np.array([1, 0, 1], np.float32)
    scores[at] = np.nan
    assert np.isnan(fast(scores, loss)[1])


@given(st.integers(1, 700), st.integers(0, 2**63))
@settings(max_examples=60, deadline=None)
def test_a_shuffle_has_every_place_once(n, seed):
    key = int(bits(seed, Stream.SHUFFLE, 0))
    places = [cpu_interactions.permuted(at, n, np.uint64(key)) for at in range(n)]
    assert sorted(places) == list(range(n))
    few = range(0, n, max(1, n // 10))
    assert [places[at] for at in few] == [interactions_reference.permuted(at, n, key) for at in few]


def test_shuffles_differ_between_states():
    one, two = ([cpu_interactions.permuted(at, 100, np.uint64(k)) for at in range(100)]
                for k in (1, 2))  # fmt: skip
    assert one != two != list(range(100))


def test_negatives_are_never_the_users_own():
    pairs, draw = data(5, features=False, ordered=True, length=0, negatives=9)[:2]
    for user in range(U):
        own = set(pairs.known[pairs.offsets[user] : pairs.offsets[user + 1]].tolist())
        for position in range(50):
            found = interactions_reference.negatives(user, position, pairs, draw)
            assert not set(found) & own
            assert len(found) == (0 if user == 0 else 9)


@given(st.lists(st.integers(0, 30), unique=True), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_places_are_those_of_bisection(items, item):
    known = np.sort(np.array([-9, *items, 99], np.int32))
    found = cpu_interactions.place_of(item, known, 1, len(known) - 1)
    assert found == 1 + np.searchsorted(known[1:-1], item)


def test_popular_items_are_drawn_more_often():
    counts = np.array([1000, 10, 10, 10])
    chance, alias = noise(counts, 1.0)
    states = bits(3, Stream.NEGATIVES, np.arange(2000))
    found = [cpu_interactions.draw_item(one, chance, alias) for one in states]
    assert np.bincount(found, minlength=4)[0] / 2000 == pytest.approx(1000 / 1030, abs=0.02)
