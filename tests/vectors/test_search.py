"""Exact search against a plain loop: order, ties, exclusion, the first n, broken rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.vectors import search as module
from rowspace.vectors.cosine import inverse_norms, unit_rows
from rowspace.vectors.search import ExactSearch, top


def by_hand(matrix, query, k, exclude, first):
    units, query = unit_rows(matrix), unit_rows(query[None])[0]
    scored = [(-float(units[i] @ query), i) for i in range(first) if i not in exclude]
    return [i for _, i in sorted(scored)[:k]], [-s for s, _ in sorted(scored)[:k]]


@pytest.mark.parametrize("rows_a_block", [1, 7, 1000])
@pytest.mark.parametrize("first", [200, 60, 3])
def test_against_a_loop(monkeypatch, rows_a_block, first) -> None:
    monkeypatch.setattr(module, "row_blocks", lambda m, n: range(0, len(m), rows_a_block))
    monkeypatch.setattr(module, "QUERIES_AT_ONCE", 3)
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(200, 8)).astype(np.float32)
    queries = rng.normal(size=(5, 8)).astype(np.float32)
    exclude = np.array([[0, 1], [5, -1], [-1, -1], [2, 2], [199, 1000]])
    search = ExactSearch(matrix, inverse_norms(matrix))
    ids, scores = search.search(unit_rows(queries), 4, exclude, first)
    for row in range(5):
        expected, cosines = by_hand(matrix, queries[row], 4, set(exclude[row].tolist()), first)
        n = len(expected)
        assert ids[row, :n].tolist() == expected
        np.testing.assert_allclose(scores[row, :n], cosines, atol=1e-6)
        assert (ids[row, n:] == -1).all() and (scores[row, n:] == -np.inf).all()


@pytest.mark.parametrize("rows_a_block", [2, 5, 1000])
def test_ties_go_to_the_lowest_id(monkeypatch, rows_a_block) -> None:
    monkeypatch.setattr(module, "row_blocks", lambda m, n: range(0, len(m), rows_a_block))
    matrix = np.tile(np.eye(2, dtype=np.float32), (10, 1))
    search = ExactSearch(matrix, inverse_norms(matrix))
    ids, scores = search.search(np.eye(2, dtype=np.float32), 12, np.full((2, 1), -1), 20)
    assert ids[0].tolist() == [*range(0, 20, 2), 1, 3]
    assert ids[1].tolist() == [*range(1, 20, 2), 0, 2]
    assert scores[0].tolist() == [1.0] * 10 + [0.0] * 2


def test_broken_and_zero_rows_have_similarity_zero() -> None:
    matrix = np.array([[1, 0], [np.nan, 0], [0, 0], [np.inf, 1], [-1, 0]], np.float32)
    search = ExactSearch(matrix, inverse_norms(matrix))
    ids, scores = search.search(np.array([[1, 0]], np.float32), 5, np.full((1, 1), -1), 5)
    assert ids[0].tolist() == [0, 1, 2, 3, 4]
    assert scores[0].tolist() == [1, 0, 0, 0, -1]


@given(st.lists(st.sampled_from([-np.inf, 0.0, 0.5, 0.25, 1.0]), min_size=1, max_size=20),
       st.integers(1, 25))  # fmt: skip
def test_top_is_a_stable_sort(scores, k) -> None:
    ids, best = top(np.array([scores], np.float32), k)
    expected = sorted((i for i, s in enumerate(scores) if s > -np.inf), key=lambda i: -scores[i])
    n = min(k, len(expected))
    assert ids[0].tolist() == expected[:n] + [-1] * (k - n)
    assert best[0, :n].tolist() == [scores[i] for i in expected[:n]]


def test_huge_rows() -> None:
    matrix = np.array([[3e38, 3e38, 3e38], [1, 0, 0], [0, 0, 0], [-3e38, 0, 0]], np.float32)
    search = ExactSearch(matrix, inverse_norms(matrix))
    ids, scores = search.search(unit_rows(np.ones((1, 3))), 4, np.full((1, 1), -1), 4)
    assert ids[0].tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(scores[0], [1, 3**-0.5, 0, -(3**-0.5)], atol=1e-6)
