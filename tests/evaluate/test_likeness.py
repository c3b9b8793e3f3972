"""How much of a model is left in another, on models of which it is known."""

from __future__ import annotations

import numpy as np
import pytest

import rowspace as rs
from rowspace.evaluate.likeness import likeness, told

ROWS = np.random.default_rng(0).normal(size=(120, 9)).astype(np.float32)
ITEMS = [f"word{at}" for at in range(120)]


def vectors(rows: np.ndarray, items: list[str] | None = None) -> rs.Vectors:
    return rs.Vectors.from_arrays(items or ITEMS, rows)


def values(before: rs.Vectors, after: rs.Vectors) -> dict[str, float]:
    return {score.name: score.value for score in likeness(before, after)}


def test_nothing_is_lost_of_the_same_model() -> None:
    found = likeness(vectors(ROWS), vectors(ROWS))
    assert [score.name for score in found] == ["neighbours kept", "cosine"]
    for score in found:
        assert (
            score.value == pytest.approx(1) and score.low - 1e-6 <= score.value <= score.high + 1e-6
        )
        assert score.n == 120 and score.coverage == 1


def test_everything_is_lost_of_another() -> None:
    other = np.random.default_rng(1).normal(size=ROWS.shape).astype(np.float32)
    found = values(vectors(ROWS), vectors(other))
    assert found["neighbours kept"] < 0.2 and abs(found["cosine"]) < 0.1


def test_a_rotation_keeps_neighbours_and_no_cosine() -> None:
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(9, 9)))[0].astype(np.float32)
    found = values(vectors(ROWS), vectors(ROWS @ turn))
    assert found["neighbours kept"] > 0.99 and found["cosine"] < 0.6


def test_fewer_items_are_compared_among_themselves() -> None:
    some = np.arange(0, 120, 3)
    after = vectors(ROWS[some], [ITEMS[at] for at in some])
    assert values(vectors(ROWS), after) == pytest.approx({"neighbours kept": 1, "cosine": 1})


def test_vectors_of_other_lengths_are_compared_by_their_cosines() -> None:
    found = values(vectors(ROWS), vectors(ROWS[:, :6]))
    assert set(found) == {"neighbours kept", "similarity"} and 0.5 < found["similarity"] < 1
    longer = np.concatenate([ROWS, np.zeros_like(ROWS)], axis=1)
    assert values(vectors(ROWS), vectors(longer))["similarity"] == pytest.approx(1)


def test_unseen_items_are_asked_for_where_both_answer() -> None:
    vocabulary = rs.Vocabulary.of(ITEMS, unseen=rs.Subwords(3, 4, 50))
    rows = np.random.default_rng(3).normal(size=(vocabulary.n_rows, 9)).astype(np.float32)
    before = rs.Vectors(vocabulary, rows)
    assert values(before, before)["unseen cosine"] == pytest.approx(1)
    assert "unseen cosine" not in values(before, vectors(before.matrix))


def test_nothing_in_common_and_one_item() -> None:
    assert likeness(vectors(ROWS), vectors(ROWS[:2], ["x", "y"])) == []
    assert values(vectors(ROWS[:1], ["x"]), vectors(ROWS[:1], ["x"])) == pytest.approx(
        {"cosine": 1}
    )


def test_what_was_lost_is_a_share() -> None:
    def score(name: str, value: float) -> rs.Score:
        return rs.Score(name, value, 1, 1.0, value, value)

    found = list(told([score("a", 0.5), score("b", -1)], [score("a", 0.4), score("b", 1)]))
    assert found[0][2] == pytest.approx(0.2) and found[1][2] is None
    assert list(told([], [score("a", 1)])) == []
