"""Exact search against a plain loop: order, ties, exclusion, the first n, broken rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.vectors import fast_search
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


@pytest.fixture
def compiled(monkeypatch):
    monkeypatch.setattr(fast_search, "WORTH", 0)
    monkeypatch.setattr(fast_search, "_ROWS", 50)
    monkeypatch.setattr(fast_search, "PRODUCTS", 700)


@given(st.integers(1, 400), st.integers(1, 30), st.integers(1, 20), st.integers(0, 2**31))
@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8])
def test_compiled_code_finds_what_numpy_finds(dtype, size, n, k, seed) -> None:
    rng = np.random.default_rng(seed)
    # Whole numbers, so that every way of summing gives the same bits, and there are many ties.
    matrix = rng.integers(-2, 3, (size, 6)).astype(dtype)
    norms = np.where(np.abs(matrix).sum(axis=1) > 0, 1, 0).astype(np.float32)
    units = rng.integers(-2, 3, (n, 6)).astype(np.float32)
    exclude = rng.integers(-1, size + 3, (n, 2))
    first = int(rng.integers(1, size + 1))
    answers = []
    for worth in (1 << 60, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fast_search, "WORTH", worth)
            patch.setattr(fast_search, "_KERNELS", "not loaded")
            patch.setattr(fast_search, "_ROWS", 50)
            patch.setattr(fast_search, "PRODUCTS", 700)
            answers.append(ExactSearch(matrix, norms).search(units, k, exclude, first))
    assert np.array_equal(answers[0][0], answers[1][0])
    assert np.array_equal(answers[0][1], answers[1][1])


@pytest.mark.parametrize("n", [1, 40])
def test_broken_and_zero_rows_in_compiled_code(compiled, n) -> None:
    matrix = np.array([[1, 0], [np.nan, 0], [0, 0], [np.inf, 1], [-1, 0]], np.float32)
    search = ExactSearch(matrix, inverse_norms(matrix))
    ids, scores = search.search(np.tile([[1, 0]], (n, 1)), 5, np.full((n, 1), -1), 5)
    assert (ids == [0, 1, 2, 3, 4]).all() and (scores == [1, 0, 0, 0, -1]).all()
    ids, scores = search.search(np.zeros((n, 2), np.float32), 3, np.full((n, 1), 1), 5)
    assert (ids == [0, 2, 3]).all() and (scores == 0).all()


def test_huge_rows_go_numpys_way(compiled) -> None:
    test_huge_rows()


def test_the_compiler_is_loaded_once_it_pays(monkeypatch) -> None:
    monkeypatch.setattr(fast_search, "_KERNELS", "not loaded")
    monkeypatch.setattr(fast_search, "_gone", 0)
    monkeypatch.setattr(fast_search, "WORTH", 1000)
    rows = np.ones((100, 4), np.float32)
    assert [fast_search.pays(rows, 3) for _ in range(4)] == [False, False, False, True]
    assert not fast_search.pays(rows[:, ::2], 3) and not fast_search.pays(rows[:0], 3)
    assert not fast_search.pays(rows.astype(np.float64), 3)
    monkeypatch.setattr(fast_search, "_gone", 0)
    assert fast_search.pays(rows.astype(np.float16), 6)  # decoding them costs time as well
