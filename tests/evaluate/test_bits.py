"""How well a text is foretold, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate.bits import Costs, judge


def costs(nats, characters=None, octets=None, known=None):
    nats = np.array(nats, float)
    ones = np.ones(len(nats), np.int64)
    return Costs(
        nats,
        ones if characters is None else np.array(characters),
        ones if octets is None else np.array(octets),
        None if known is None else np.array(known),
    )


def values(found):
    return {score.name: score.value for score in found}


def test_four_figures_by_hand():
    found = judge(costs([np.log(2), np.log(8)], characters=[1, 3], octets=[2, 6]))
    assert [score.name for score in found] == [
        "loss", "perplexity", "bits-per-character", "bits-per-byte",
    ]  # fmt: skip
    got = values(found)
    assert got["loss"] == pytest.approx(2 * np.log(2))
    assert got["perplexity"] == pytest.approx(4)
    assert got["bits-per-character"] == pytest.approx((1 + 3) / 4)
    assert got["bits-per-byte"] == pytest.approx((1 + 3) / 8)
    assert {score.n for score in found} == {2} and {score.coverage for score in found} == {1.0}


def test_what_is_unknown_counts_for_perplexity_alone():
    found = judge(costs([np.log(2), np.log(32)], [1, 99], [1, 99], [True, False]))
    assert values(found)["perplexity"] == pytest.approx(8)
    assert values(found)["bits-per-character"] == pytest.approx(1)
    assert found[0].coverage == 0.5


def test_intervals_hold_the_value_and_grow_where_costs_come_in_runs():
    chance = np.random.default_rng(0)
    apart = chance.exponential(size=40_000)
    together = np.repeat(chance.exponential(size=80), 500)
    widths = []
    for nats in (apart, together):
        loss = judge(costs(nats))[0]
        assert loss.low < loss.value < loss.high
        widths.append(loss.high - loss.low)
    assert widths[1] > 5 * widths[0]
    assert widths[0] == pytest.approx(4 / 200, rel=0.5)


def test_the_same_seed_gives_the_same_interval():
    nats = np.random.default_rng(1).exponential(size=500)
    one, other = (judge(costs(nats), seed=3)[0] for _ in range(2))
    assert (one.low, one.high) == (other.low, other.high)


def test_an_endless_cost_is_told_as_it_is():
    loss, perplexity, *_ = judge(costs([1.0, np.inf]))
    assert loss.value == np.inf and perplexity.as_json()["value"] is None


def test_nothing_to_judge_and_lengths_that_do_not_fit():
    with pytest.raises(InputError, match="nothing to judge"):
        costs([])
    with pytest.raises(InputError, match="octets"):
        costs([1.0, 2.0], octets=[1])
