"""One step of a classifier: compiled as the definition says, for every loss and rule."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.kernels import classify_reference as reference
from rowspace.kernels.cpu_classify import How, Tables, Texts, Walk, learn_texts, scratch
from rowspace.objectives.labels import Labels
from rowspace.random import mix
from rowspace.training.classify_course import how_of

R, L, D, S, F = 40, 7, 5, 16, 4
KEY = 0xFEDCBA9876543210
COUNTS = np.array([90, 40, 20, 10, 5, 2, 1], np.int64)


def texts_of(seed: int, n: int = 30, several: bool = True) -> Texts:
    random = np.random.default_rng(seed)
    bags = [random.permutation(R)[: random.integers(0, 6)] for _ in range(n * F)]
    sizes = random.integers(1, 3 if several else 2, n)
    labels = np.concatenate([random.permutation(L)[:size] for size in sizes]).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(bag) for bag in bags])])
    cuts = np.concatenate([[0], np.cumsum(sizes)])
    weights = random.choice([1.0, 0.5, 2.0], n).astype(np.float32)
    ids = np.concatenate(bags).astype(np.int32)
    return Texts(ids, offsets.astype(np.int64), F, labels, cuts.astype(np.int64), weights)


def tables_of(seed: int, frozen: tuple[int, ...] = ()) -> Tables:
    random = np.random.default_rng(seed + 1)
    rows, heads = np.zeros((R + 1, S), np.float32), np.zeros((L + 1, S), np.float32)
    rows[:R, :D], heads[:L, :D] = random.normal(0, 0.3, (R, D)), random.normal(0, 0.3, (L, D))
    mask = np.zeros(R if frozen else 0, np.uint8)
    mask[list(frozen)] = 1
    return Tables(rows, heads, np.zeros(R, np.float32), np.zeros(L, np.float32), mask)


def walk_of(begin: int, stop: int, lr: float) -> Walk:
    """Positions of the run; the rate stays as it is."""
    return Walk(np.array([begin], np.int64), stop, 0, np.inf, lr, np.uint64(KEY))


def run(
    texts: Texts, tables: Tables, how: How, n: int = 30, begin: int = 0, lr: float = 0.2
) -> float:
    """Learn n texts; the sum of their losses."""
    own, tally = scratch(S, 200, F, 200, np.int32), np.zeros((begin + n, 2))
    learn_texts(texts, walk_of(begin, begin + n, lr), tables, how, own, tally)
    assert tally[:, 1].sum() == n
    return float(tally[:, 0].sum())


def order_of(n: int, epoch: int = 0) -> list[int]:
    """The texts in the order of an epoch."""
    key = int(mix(np.uint64((KEY + epoch * 0x9E3779B97F4A7C15) & (1 << 64) - 1)))
    return [reference.place(at, n, key) for at in range(n)]


def how(**settings: Any) -> How:
    return how_of(Labels(dim=D, **settings), COUNTS, 3)


def defined(texts: Texts, tables: Tables, told: How, order: Any, decay: float, lr: float) -> float:
    """The same by `learn_text`."""
    total = 0.0
    own = tables.rows[:R, :D], tables.heads[:L, :D], tables.row_sums, tables.head_sums
    for t in order:
        at = texts.offsets[F * t : F * t + F + 1]
        bags = [texts.ids[a:b] for a, b in pairwise(at)]
        labels = texts.labels[texts.cuts[t] : texts.cuts[t + 1]]
        softmax = told.loss == reference.SOFTMAX
        if told.loss == reference.HS:
            parts = [slice(told.node_cuts[one], told.node_cuts[one + 1]) for one in labels]
            nodes = np.concatenate([told.nodes[part] for part in parts])
            targets = np.concatenate(
                [np.arange(p.stop - p.start) < told.ones[one]
                 for one, p in zip(labels, parts, strict=True)]
            )  # fmt: skip
        else:
            nodes, targets = np.arange(L), np.zeros(L)
            targets[labels] = 1 / len(labels) if softmax else 1
        total += reference.learn_text(
            bags, nodes, targets, own, softmax=softmax, adagrad=told.adagrad, lr=lr,
            weight=float(texts.weights[t]), decay=decay,
        )  # fmt: skip
    return total


@pytest.mark.parametrize("loss", ["softmax", "ova", "hs"])
@pytest.mark.parametrize("rule", ["adagrad", "sgd"])
@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_steps_are_those_of_the_definition(loss, rule, decay):
    # of hs one label a text: a node that two labels share learns twice at once in the definition
    texts, told = texts_of(1, several=loss != "hs"), how(loss=loss, rule=rule, decay=decay)
    mine, right = tables_of(5), tables_of(5)
    found = run(texts, mine, told)
    wanted = defined(texts, right, told, order_of(30), decay, 0.2)
    assert found == pytest.approx(wanted, rel=1e-4)
    for name in ("rows", "heads", "row_sums", "head_sums"):
        a, b = getattr(mine, name), getattr(right, name)
        assert np.allclose(a, b, rtol=1e-3, atol=1e-5), name
    assert not (mine.rows == tables_of(5).rows).all() and (mine.rows[:, D:] == 0).all()


@pytest.mark.parametrize("loss", ["softmax", "ova", "hs"])
def test_the_slope_is_that_of_the_loss(loss):
    """A step of a plain rule against the loss of a little change, by finite differences."""
    texts, told, small = texts_of(2, 1, several=False), how(loss=loss, rule="sgd"), 1e-3
    row = int(texts.ids[0])
    moved = tables_of(3)
    run(texts, moved, told, 1, lr=small)
    step = (moved.rows[row, :D] - tables_of(3).rows[row, :D]) / -small
    for d in range(D):
        losses = []
        for change in (-0.01, 0.01):
            tables = tables_of(3)
            tables.rows[row, d] += change
            losses.append(run(texts, tables, told, 1, lr=0.0))
        assert step[d] == pytest.approx((losses[1] - losses[0]) / 0.02, rel=0.05, abs=3e-3)


def test_frozen_rows_stay_and_the_others_learn():
    for rule in ("adagrad", "sgd"):
        tables = tables_of(5, frozen=(0, 1, 2, 3))
        run(texts_of(1), tables, how(rule=rule, decay=0.1))
        assert (tables.rows[:4] == tables_of(5).rows[:4]).all()
        assert not (tables.rows[4:R] == tables_of(5).rows[4:R]).all()


def test_dropout_depends_on_the_position_alone():
    texts, told = texts_of(1), how(dropout=0.5)
    whole, parts, other = tables_of(5), tables_of(5), tables_of(5)
    total = run(texts, whole, told)
    first = run(texts, parts, told, 11) + run(texts, parts, told, 19, 11)
    assert total == pytest.approx(first) and (whole.rows == parts.rows).all()
    run(texts, other, told._replace(state=told.state + np.uint64(1)))
    assert not (whole.rows == other.rows).all()


def test_dropout_leaves_out_the_share_it_should():
    ids = np.arange(R, dtype=np.int32)
    offsets = np.array([0, R, R, R, R], np.int64)
    n = 400
    moved = 0
    for position in range(n):
        tables = tables_of(5)
        cuts, one = np.array([0, 1], np.int64), np.ones(1, np.float32)
        texts = Texts(ids, offsets, F, np.zeros(1, np.int32), cuts, one)
        run(texts, tables, how(dropout=0.3), 1, position)
        moved += int((tables.rows[:R] != tables_of(5).rows[:R]).any(axis=1).sum())
    assert moved / (n * R) == pytest.approx(0.7, abs=0.02)


def test_negative_sampling_raises_its_label_and_lowers_drawn_ones():
    texts, told = texts_of(1, several=False), how(loss="ns", negative=3)
    tables = tables_of(5)
    before = run(texts, tables_of(5), told, lr=0.0)
    run(texts, tables, told, 60 * 30)
    assert run(texts, tables, told, lr=0.0) < 0.5 * before


def test_a_text_without_rows_or_labels_does_no_harm():
    empty = Texts(
        np.zeros(0, np.int32), np.zeros(2 * F + 1, np.int64), F, np.array([2], np.int32),
        np.array([0, 0, 1], np.int64), np.ones(2, np.float32),
    )  # fmt: skip
    tables = tables_of(5)
    assert run(empty, tables, how(), 2) == pytest.approx(np.log(L))
    assert (tables.heads == tables_of(5).heads).all() and (tables.rows == tables_of(5).rows).all()


@pytest.mark.parametrize("loss", ["softmax", "ova", "hs", "ns"])
def test_what_is_no_number_is_seen_in_the_loss(loss):
    texts, tables = texts_of(1, several=False), tables_of(5)
    tables.rows[int(texts.ids[0]), 0] = np.nan
    assert np.isnan(run(texts, tables, how(loss=loss)))


@pytest.mark.parametrize("rule", ["adagrad", "sgd"])
@pytest.mark.parametrize("dim", [16, 100, 210])
def test_rows_of_several_vectors(rule, dim):
    random, stride, labels = np.random.default_rng(0), -(-dim // 16) * 16, 19
    texts = texts_of(1, several=False)
    mine = [np.zeros((n, stride), np.float32) for n in (R + 1, labels + 1)]
    for table in mine:
        table[:-1, :dim] = random.normal(0, 0.3, (len(table) - 1, dim))
    right = [table.copy() for table in mine]
    sums, frozen = (np.zeros(R, np.float32), np.zeros(labels, np.float32)), np.zeros(0, np.uint8)
    told = how_of(Labels(dim=dim, rule=rule), np.ones(labels, np.int64), 3)
    own, tally = scratch(stride, 200, F, labels, np.int32), np.zeros((1, 2))
    tables = Tables(*mine, *(one.copy() for one in sums), frozen)
    learn_texts(texts, walk_of(0, 30, 0.1), tables, told, own, tally)
    for t in order_of(30):
        at = texts.offsets[F * t : F * t + F + 1]
        targets = np.zeros(labels)
        targets[texts.labels[texts.cuts[t]]] = 1
        reference.learn_text(
            [texts.ids[a:b] for a, b in pairwise(at)], np.arange(labels), targets,
            (right[0][:, :dim], right[1][:, :dim], *sums), softmax=True, adagrad=told.adagrad,
            lr=0.1, weight=float(texts.weights[t]),
        )  # fmt: skip
    for a, b in zip(mine, right, strict=True):
        assert np.allclose(a, b, rtol=1e-3, atol=1e-5)


@given(st.integers(1, 3000), st.integers(0, 2**64 - 1))
def test_an_order_has_every_text_once(n, key):
    assert sorted(reference.place(at, n, key) for at in range(n)) == list(range(n))


def test_orders_are_as_if_by_chance():
    """Neighbours in one order are no neighbours in the texts, nor in another epoch's order."""
    n = 5000
    first, second = np.array(order_of(n)), np.array(order_of(n, 1))
    for order in (first, second, np.argsort(first)[second]):
        steps = np.diff(order)
        assert np.count_nonzero(np.abs(steps) < 5) < 3 * 10
        assert len(np.unique(steps)) > n / 2
        assert abs(np.corrcoef(np.arange(n), order)[0, 1]) < 0.06


def test_threads_share_a_walk():
    """What is handed out once is not handed out again; the rate falls to nothing at its end."""
    texts, told, tables = texts_of(1), how(), tables_of(5)
    walk = walk_of(0, 60, 0.2)
    for wanted in (60, 0):
        tally = np.zeros((2, 2))
        learn_texts(texts, walk, tables, told, scratch(S, 200, F, 200, np.int32), tally)
        assert tally[:, 1].sum() == wanted
    assert walk.next[0] > 60
    ended = walk_of(1000, 1030, 0.2)._replace(whole=1000.0, epoch=33)
    before, own = tables.rows.copy(), scratch(S, 200, F, 200, np.int32)
    learn_texts(texts, ended._replace(stop=1001), tables, told, own, np.zeros((2, 2)))
    assert (tables.rows == before).all()
