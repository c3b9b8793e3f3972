"""One step of a classifier: compiled as the definition says, for every loss and rule."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from rowspace.kernels import classify_reference as reference
from rowspace.kernels.cpu_classify import How, Tables, Texts, learn_texts, scratch
from rowspace.objectives.labels import Labels
from rowspace.training.classify_course import how_of

R, L, D, S, F = 40, 7, 5, 16, 4
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


def run(texts: Texts, tables: Tables, how: How, order: Any, position: int = 0, lr: float = 0.2):
    own = scratch(S, 200, F, 200, np.int32)
    return learn_texts(texts, np.asarray(order, np.int64), L, position, tables, how, lr, own)


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
    order = np.random.default_rng(0).permutation(30)
    found = run(texts, mine, told, order)
    wanted = defined(texts, right, told, order, decay, 0.2)
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
    run(texts, moved, told, [0], lr=small)
    step = (moved.rows[row, :D] - tables_of(3).rows[row, :D]) / -small
    for d in range(D):
        losses = []
        for change in (-0.01, 0.01):
            tables = tables_of(3)
            tables.rows[row, d] += change
            losses.append(run(texts, tables, told, [0], lr=0.0))
        assert step[d] == pytest.approx((losses[1] - losses[0]) / 0.02, rel=0.05, abs=3e-3)


def test_frozen_rows_stay_and_the_others_learn():
    for rule in ("adagrad", "sgd"):
        tables = tables_of(5, frozen=(0, 1, 2, 3))
        run(texts_of(1), tables, how(rule=rule, decay=0.1), range(30))
        assert (tables.rows[:4] == tables_of(5).rows[:4]).all()
        assert not (tables.rows[4:R] == tables_of(5).rows[4:R]).all()


def test_dropout_depends_on_the_position_alone():
    texts, told = texts_of(1), how(dropout=0.5)
    whole, parts, other = tables_of(5), tables_of(5), tables_of(5)
    order = np.arange(30)
    total = run(texts, whole, told, order)
    first = run(texts, parts, told, order[:11]) + run(texts, parts, told, order[11:], 11)
    assert total == pytest.approx(first) and (whole.rows == parts.rows).all()
    run(texts, other, told, order, 1000)
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
        run(texts, tables, how(dropout=0.3), [0], position)
        moved += int((tables.rows[:R] != tables_of(5).rows[:R]).any(axis=1).sum())
    assert moved / (n * R) == pytest.approx(0.7, abs=0.02)


def test_negative_sampling_raises_its_label_and_lowers_drawn_ones():
    texts, told = texts_of(1, several=False), how(loss="ns", negative=3)
    tables = tables_of(5)
    before = [run(texts, tables_of(5), told, [t], lr=0.0) for t in range(30)]
    for _ in range(60):
        run(texts, tables, told, range(30))
    after = [run(texts, tables, told, [t], lr=0.0) for t in range(30)]
    assert sum(after) < 0.5 * sum(before)


def test_a_text_without_rows_or_labels_does_no_harm():
    empty = Texts(
        np.zeros(0, np.int32), np.zeros(2 * F + 1, np.int64), F, np.array([2], np.int32),
        np.array([0, 0, 1], np.int64), np.ones(2, np.float32),
    )  # fmt: skip
    tables = tables_of(5)
    assert run(empty, tables, how(), [0, 1]) == pytest.approx(np.log(L))
    assert (tables.heads == tables_of(5).heads).all() and (tables.rows == tables_of(5).rows).all()


@pytest.mark.parametrize("loss", ["softmax", "ova", "hs", "ns"])
def test_what_is_no_number_is_seen_in_the_loss(loss):
    texts, tables = texts_of(1, several=False), tables_of(5)
    tables.rows[int(texts.ids[0]), 0] = np.nan
    assert np.isnan(run(texts, tables, how(loss=loss), range(30)))
