"""Searches through rows as they are stored, against the search through decoded ones."""

from __future__ import annotations

import numpy as np
import pytest

import rowspace as rs
from rowspace.vectors import code_search
from rowspace.vectors.code_search import CodeSearch, search_of
from rowspace.vectors.int8 import as_int8
from rowspace.vectors.joined import JoinedRows
from rowspace.vectors.quantize import Quantization, quantize
from rowspace.vectors.ranked import RankedRows
from rowspace.vectors.search import ExactSearch
from rowspace.vocabulary.kept_grams import KeptGrams

SIZE, DIM = 600, 7
ROWS = np.random.default_rng(3).normal(size=(SIZE, DIM)).astype(np.float32)
ROWS[11] = 0
ITEMS = [f"w{at}" for at in range(SIZE)]
CODES = quantize(ROWS, Quantization(2))


def vectors(rows) -> rs.Vectors:
    return rs.Vectors(rs.Vocabulary.of(ITEMS), rows)


def test_int8_is_searched_as_it_lies() -> None:
    coded = as_int8(ROWS)
    held, decoded = vectors(coded), vectors(coded[:])
    search = search_of(held)
    assert isinstance(search, ExactSearch) and search.matrix is coded.codes
    ids = np.arange(40)
    mine, theirs = held.nearest_ids(ids, 8), decoded.nearest_ids(ids, 8)
    assert np.allclose(mine[1], theirs[1], atol=1e-6)
    assert (mine[0] == theirs[0]).mean() > 0.99


@pytest.mark.parametrize("many", [1, 1 << 40])
def test_finer_rows_rank_what_codes_found(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(code_search, "MANY", many)
    held, whole = vectors(RankedRows(CODES, ROWS)), vectors(ROWS)
    assert isinstance(search_of(held), CodeSearch)
    ids = np.delete(np.arange(30), 11)
    (found, scores), (wanted, exact) = held.nearest_ids(ids, 10), whole.nearest_ids(ids, 10)
    same = found == wanted
    assert same.mean() > 0.98 and np.allclose(scores[same], exact[same], atol=1e-6)
    few = held.nearest("w1", 10, exclude=["w2"], first=50)
    wanted_few = whole.nearest("w1", 10, exclude=["w2"], first=50)
    assert [item for item, _ in few] == [item for item, _ in wanted_few]


def test_codes_alone_rank_worse_than_with_finer_rows() -> None:
    rough, held, whole = vectors(CODES), vectors(RankedRows(CODES, as_int8(ROWS))), vectors(ROWS)
    ids = np.arange(100)
    wanted = whole.nearest_ids(ids, 10)[0]

    def shared(one: rs.Vectors) -> float:
        found = one.nearest_ids(ids, 10)[0]
        return float((found[:, :, None] == wanted[:, None, :]).any(axis=2).mean())

    assert shared(rough) < shared(held) and shared(held) > 0.95


def test_every_row_asked_for_and_rows_of_zeros() -> None:
    held = vectors(RankedRows(CODES, ROWS))
    ids, scores = held.nearest_ids(np.array([0]), SIZE)
    assert sorted(ids[0, : SIZE - 1]) == list(range(1, SIZE)) and ids[0, -1] == -1
    assert scores[0][ids[0] == 11] == 0
    assert held.nearest_ids(np.array([11]), 3)[0].shape == (1, 3)


def test_words_are_searched_apart_from_n_grams() -> None:
    unseen = KeptGrams.of(np.array([1, 4]), minn=3, maxn=4, buckets=5)
    vocabulary = rs.Vocabulary.of(ITEMS, unseen=unseen)
    rows = JoinedRows((RankedRows(CODES, ROWS), ROWS[:2]))
    held = rs.Vectors(vocabulary, rows)
    assert isinstance(search_of(held), CodeSearch)
    assert held.nearest("w5", 3) == vectors(RankedRows(CODES, ROWS)).nearest("w5", 3)
