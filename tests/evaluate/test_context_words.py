"""Ranks and losses of words that stand together, against a plain reckoning."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.evaluate.context_words import Pairs, Told, scores, tell

ENDS = (2, 5, 9)


def test_against_pair_by_pair() -> None:
    rng = np.random.default_rng(0)
    vectors, context = rng.normal(0, 0.5, (2, 30, 9)).astype(np.float32)
    words, near = rng.integers(0, 30, (2, 40))
    drawn = [rng.integers(0, 30, 12) for _ in range(2)]
    given = iter(drawn)
    found = tell(
        vectors, context, Pairs(words, near, np.array([0, 25, 40])), ENDS, negative=5,
        draw=lambda n: next(given),
    )  # fmt: skip
    assert found.sizes.tolist() == [25, 15]
    for p, end in enumerate(ENDS):
        for s, (start, stop) in enumerate(((0, 25), (25, 40))):
            ranks, losses = [], []
            for a, b in zip(words[start:stop], near[start:stop], strict=True):
                right = float(vectors[a, :end] @ context[b, :end])
                others = [float(vectors[a, :end] @ context[k, :end]) for k in drawn[s] if k != b]
                ranks.append(1 / (1 + sum(one >= right for one in others)))
                noisy = np.mean([np.log1p(np.exp(one)) for one in others])
                losses.append(np.log1p(np.exp(-right)) + 5 * noisy)
            assert found.ranks[s, p] == pytest.approx(np.mean(ranks), rel=1e-4)
            assert found.losses[s, p] == pytest.approx(np.mean(losses), rel=1e-4)


def test_scores_weigh_stretches_by_their_pairs() -> None:
    told = Told(
        np.array([[0.1], [0.4], [9.0]]), np.array([[1.0], [2.0], [9.0]]), np.array([3, 1, 0])
    )
    ((rank, loss),) = scores(told, (4,))
    assert rank.value == pytest.approx(0.175) and loss.value == pytest.approx(1.25)
    assert rank.low == pytest.approx(0.1) and rank.high == pytest.approx(0.4) and rank.n == 4
    assert loss.extra["better"] == "lower"


def test_nothing_to_judge_is_no_number() -> None:
    told = Told(np.zeros((1, 1)), np.zeros((1, 1)), np.array([0]))
    ((rank, _),) = scores(told, (4,))
    assert np.isnan(rank.value) and rank.n == 0
