"""Whole nested passes: the compiled ones against NumPy, and one prefix against a plain pass."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.kernels import cpu_words, nested_reference
from rowspace.kernels.cpu_nested import cbow_nested, skipgram_nested_bags, skipgram_nested_rows
from rowspace.kernels.cpu_windows import Windows
from rowspace.kernels.cpu_words import Bags, Scratch, scratch
from rowspace.kernels.nested_reference import Nested

V, LR, ENDS = 30, 0.1, (5, 16, 30, 40)


def of(ends: tuple[int, ...] = ENDS) -> Nested:
    alike = np.ones(len(ends), np.float32)
    return Nested(np.array(ends, np.int64), alike, alike * np.float32(0.5))


def windows(count: int = 40, negatives: int = 5, *, per_pair: bool = False) -> Windows:
    rng = np.random.default_rng(5)
    cuts = np.concatenate([[0], np.cumsum(rng.integers(1, 7, count))])
    drawn = np.stack([rng.permutation(V)[:negatives] for _ in range(count)]).astype(np.int32)
    drawn[::7, -1] = -1
    centres = np.array([rng.choice(np.setdiff1d(np.arange(V), row)) for row in drawn], np.int32)
    if per_pair:
        drawn = rng.integers(-1, V, (cuts[-1], negatives)).astype(np.int32)
    return Windows(centres, rng.integers(0, V, cuts[-1]).astype(np.int32), cuts, drawn.ravel())


def tables(dim: int = ENDS[-1], rows: int = V) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    both = np.zeros((2, rows + 1, 48), np.float32)
    both[:, :-1, :dim] = rng.normal(0, 0.3, (2, rows, dim))
    return both[0], both[1][: V + 1]


def bags(mean: bool) -> Bags:
    """Each item its own row and up to three of ten shared ones; item 4 has none."""
    rng = np.random.default_rng(2)
    rows = [[item, *(V + rng.integers(0, 10, item % 4))] for item in range(V)]
    rows[4] = []
    offsets = np.cumsum([0, *map(len, rows)])
    return Bags(np.concatenate(rows).astype(np.int32), offsets.astype(np.int64), mean)


def room(prefixes: int = len(ENDS)) -> Scratch:
    return scratch(5, 5, 4, 48, np.int32, prefixes=prefixes)


def chosen(drawn: Windows, w: int) -> np.ndarray:
    """The centre and its negatives."""
    negatives = [item for item in drawn.negatives[w * 5 : w * 5 + 5].tolist() if item >= 0]
    return np.array([drawn.centres[w], *negatives])


def rows_of(bags: Bags, item: int) -> np.ndarray:
    return bags.ids[bags.offsets[item] : bags.offsets[item + 1]]


@pytest.mark.parametrize("freezing", [False, True], ids=["free", "frozen"])
def test_skipgram_rows(freezing: bool) -> None:
    frozen = (np.random.default_rng(9).random(V) < 0.5).astype(np.uint8) if freezing else None
    drawn, (inputs, outputs), own = windows(), tables(), room()
    skipgram_nested_rows(drawn, 40, 5, inputs, outputs, LR, of(), own, frozen)
    slow, loss = tables(), room().loss
    for w in range(40):
        near, rows = drawn.contexts[drawn.cuts[w] : drawn.cuts[w + 1]], chosen(drawn, w)
        nested_reference.window_nested(
            slow[0], near, len(near), slow[1], rows, len(rows), LR, of(), np.zeros(0), loss, frozen
        )
    np.testing.assert_allclose(inputs[:-1], slow[0][:-1], rtol=1e-3, atol=2e-5)
    np.testing.assert_allclose(outputs[:-1], slow[1][:-1], rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("mean", [True, False])
def test_cbow(mean: bool) -> None:
    bag, drawn, own = bags(mean), windows(), room()
    inputs, outputs = tables(rows=V + 10)
    cbow_nested(drawn, 40, 5, bag, inputs, outputs, LR, of(), own)
    slow = tables(rows=V + 10)
    for w in range(40):
        near = drawn.contexts[drawn.cuts[w] : drawn.cuts[w + 1]]
        context = np.concatenate([rows_of(bag, item) for item in near])
        if not len(context):
            continue
        h = slow[0][context].sum(axis=0) / np.float32(len(context) if mean else len(near))
        rows, g, gradient = chosen(drawn, w), np.zeros(16 * len(ENDS), np.float32), np.zeros_like(h)
        nested_reference.predict_nested(
            slow[1], rows, len(rows), 1, h, LR, of(), g, room().loss
        )  # fmt: skip
        nested_reference.learn_nested(slow[1], rows, len(rows), of(), g, h, gradient)
        np.add.at(slow[0], context, gradient)
    np.testing.assert_allclose(inputs[:-1], slow[0][:-1], rtol=1e-3, atol=2e-5)
    np.testing.assert_allclose(outputs[:-1], slow[1][:-1], rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("way", ["rows", "bags", "cbow"])
def test_one_prefix_learns_as_without(way: str) -> None:
    alone, drawn = of((40,)), windows(per_pair=way == "bags")
    nested, plain = tables(rows=V + 10), tables(rows=V + 10)
    first, second = room(1), room(1)
    if way == "rows":
        skipgram_nested_rows(drawn, 40, 5, *nested, LR, alone, first)
        cpu_words.skipgram_rows(drawn, 40, 5, *plain, LR, second)
    elif way == "bags":
        skipgram_nested_bags(drawn, 40, 5, bags(True), *nested, LR, alone, first)
        cpu_words.skipgram_bags(drawn, 40, 5, bags(True), *plain, LR, second)
    else:
        cbow_nested(drawn, 40, 5, bags(True), *nested, LR, alone, first)
        cpu_words.cbow(drawn, 40, 5, bags(True), *plain, LR, second)
    for ours, right in zip(nested, plain, strict=True):
        np.testing.assert_allclose(ours[:-1], right[:-1], rtol=2e-5, atol=2e-6)
    np.testing.assert_allclose(first.loss[:16], second.loss[:16], rtol=1e-3)
    assert (first.loss[16:].view(np.int32) == second.loss[16:].view(np.int32)).all()
