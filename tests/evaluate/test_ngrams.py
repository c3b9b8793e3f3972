"""Counted n-grams, held to a slow way of counting the same."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest

from rowspace.evaluate.bits import Costs
from rowspace.evaluate.ngrams import ngram_baselines, ngram_costs

SIZE = 5


def text(seed, n, size=SIZE):
    chance = np.random.default_rng(seed)
    ids = [0]
    for _ in range(n - 1):  # what follows hangs on what was before
        ids.append(int((ids[-1] * 2 + chance.choice(3, p=[0.7, 0.2, 0.1])) % size))
    return np.array(ids)


def slowly(train, before, unit, order):
    """p of a unit after `before`, by dictionaries, as Chen and Goodman write it."""
    p = 1 / SIZE
    for k in range(1, order + 1):
        grams = Counter(tuple(train[at - k + 1 : at + 1]) for at in range(k - 1, len(train)))
        if k < order:
            longer = {tuple(train[at - k : at + 1]) for at in range(k, len(train))}
            grams = Counter(gram[1:] for gram in longer)
        of = Counter(min(count, 5) for count in grams.values())
        one, two, three, four = (max(1, of[count]) for count in (1, 2, 3, 4))
        y = one / (one + 2 * two)
        discounts = [0, 1 - 2 * y * two / one, 2 - 3 * y * three / two, 3 - 4 * y * four / three]
        discounts = np.clip(discounts, [0, 0.1, 0.1, 0.1], [0, 0.95, 1.95, 2.95])
        context = tuple(before[len(before) - k + 1 :]) if k > 1 else ()
        after = {gram[-1]: count for gram, count in grams.items() if gram[:-1] == context}
        total = sum(after.values())
        if not total:
            continue
        held = sum(discounts[min(count, 3)] for count in after.values())
        count = after.get(unit, 0)
        p = max(0, count - discounts[min(count, 3)]) / total + held / total * p
    return p


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_costs_are_those_of_dictionaries(order):
    train, test = text(0, 400), text(1, 60)
    found, grams = ngram_costs(train, test, SIZE, order)
    whole = np.concatenate([train, test])
    for at in range(len(test)):
        before = whole[: len(train) + at].tolist()
        p = slowly(train.tolist(), before, int(test[at]), order)
        assert found[at] == pytest.approx(-np.log(p))
    assert 0 < grams <= 2 * SIZE**order + 400


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_chances_of_all_units_add_up_to_one(order):
    train = text(2, 300)
    total = sum(
        np.exp(-ngram_costs(train, np.array([unit]), SIZE + 1, order)[0][0])
        for unit in range(SIZE + 1)
    )
    assert total == pytest.approx(1)


def test_what_repeats_is_foretold_and_what_was_never_met_has_a_chance():
    train = np.tile(np.arange(4), 100)
    known, _ = ngram_costs(train, np.tile(np.arange(4), 5), 6, 3)
    assert known[4:].max() < 0.1
    new, _ = ngram_costs(train, np.array([5, 4]), 6, 3)
    assert np.isfinite(new).all() and new[0] > 5 and new[1] < new[0]


def test_baselines_are_judged_on_the_same_units():
    train, test = text(3, 2000), text(4, 300)
    ones = np.ones(len(test) - 1, np.int64)
    costs = Costs(np.ones(len(test) - 1), ones, 2 * ones)
    found = ngram_baselines(train, test, SIZE, costs=costs, orders=(1, 2, 4))
    assert [one.name for one in found] == ["unigram", "bigram", "4-grams, Kneser-Ney"]
    values = defaultdict(list)
    for one in found:
        for score in one.scores:
            values[score.name].append(score.value)
        assert one.scores[0].n == len(test) - 1 and one.bytes == 8 * one.about["n-grams"]
    assert values["loss"][0] > values["loss"][1]
    assert values["bits-per-character"] == pytest.approx(2 * np.array(values["bits-per-byte"]))
