"""The faiss indexes answer as the exact one does."""

import builtins
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rowspace.errors import InputError, MissingExtraError
from rowspace.vectors import Vectors
from rowspace.vectors.ann import FaissSearch
from rowspace.vectors.search import ExactSearch
from rowspace.vocabulary import Hashed

KINDS = ["ivf", "hnsw", "flat"]
E = Vectors.from_arrays(
    [f"w{i}" for i in range(2000)], np.random.default_rng(0).normal(size=(2000, 8))
)


def shared(exact: np.ndarray, found: np.ndarray) -> float:
    """Recall: the share of the exact ids that were found."""
    return float((exact[:, :, None] == found[:, None, :]).any(axis=2).mean())


@pytest.mark.parametrize("kind", KINDS)
def test_agrees_with_the_exact_one(kind) -> None:
    pytest.importorskip("faiss")
    index = E.index(kind)
    asked = list(range(100))
    exact, cosines = E.nearest_ids(asked, 10, exclude=["w3"])
    found, scores = index.nearest_ids(asked, 10, exclude=["w3"])
    assert shared(exact, found) > (0.999 if kind == "flat" else 0.95)
    assert not (found == np.array(asked)[:, None]).any() and not (found == 3).any()
    assert (np.diff(scores, axis=1) <= 0).all()
    same = (found == exact).all(axis=1)
    np.testing.assert_allclose(scores[same], cosines[same], atol=1e-6)
    for first in (50, 1700):  # few are all compared, many are looked for
        near = index.nearest("w7", 3, first=first)
        assert len(near) == 3 and all(int(word[1:]) < first for word, _ in near)
    assert index.nearest("w7", 3, first=50) == E.nearest("w7", 3, first=50)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_rows_are_found_in_the_order_of_their_ids(kind) -> None:
    pytest.importorskip("faiss")
    twice = Vectors.from_arrays(map(str, range(4000)), np.concatenate([E.matrix, E.matrix]))
    ids, scores = twice.index(kind).nearest_ids(E.matrix[:50], 2)
    assert (ids == np.stack([np.arange(50), np.arange(50) + 2000], axis=1)).mean() > 0.95
    assert np.allclose(scores[:, 0], scores[:, 1])


def test_a_table_smaller_than_k() -> None:
    pytest.importorskip("faiss")
    small = Vectors.random(["a", "b", "c"], 4)
    for kind in KINDS:
        words = [word for word, _ in small.index(kind).nearest("a", 10)]
        assert sorted(words) == ["b", "c"]


def test_refuses(monkeypatch) -> None:
    with pytest.raises(InputError, match="ivf, hnsw, flat"):
        E.index("annoy")
    with pytest.raises(InputError, match="width"):
        E.index("hnsw", width=0)
    real = builtins.__import__

    def without_faiss(name, *rest):
        if name == "faiss":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_faiss)
    with pytest.raises(MissingExtraError, match=r'pip install "rowspace\[ann\]"'):
        E.index("flat")


@pytest.mark.parametrize("kind", KINDS)
def test_no_items(kind) -> None:
    pytest.importorskip("faiss")
    hashed = Vectors.random([], 3, unseen=Hashed(5))
    assert hashed.index(kind).nearest("anything") == hashed.nearest("anything") == []


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_zero_and_broken_rows(dtype) -> None:
    pytest.importorskip("faiss")
    matrix = E.matrix.astype(dtype)
    matrix[::7], matrix[1::7] = 0, np.nan
    broken = Vectors.from_arrays(map(str, range(2000)), matrix)
    exact, _ = broken.nearest_ids([2, 3, 4], 10)
    found, scores = broken.index(width=1000).nearest_ids([2, 3, 4], 10)
    assert shared(exact, found) > 0.9 and np.isfinite(scores).all()
    assert len(broken.index().nearest("0", 5)) == 5  # a zero vector is at cosine 0 from all


@pytest.mark.parametrize("kind", KINDS)
def test_the_width_is_chosen_for_a_recall(kind) -> None:
    pytest.importorskip("faiss")
    widths = []
    for recall in (0.5, 0.95):
        search = E.index(kind, recall=recall).search
        assert isinstance(search, FaissSearch) and search.measured() >= recall
        widths.append(search.width)
    assert widths[0] < widths[1] or kind != "ivf"
    with pytest.raises(InputError, match=r"at most 1, not 1\.5"):
        E.index(kind, recall=1.5)


def test_a_recall_that_is_out_of_reach_is_said() -> None:
    pytest.importorskip("faiss")
    crowd = np.random.default_rng(1).normal(size=(1500, 2)) * 1e-4 + 1  # codes tell none apart
    vectors = Vectors.from_arrays(map(str, range(1500)), crowd)
    with pytest.raises(InputError, match=r"recall 1\.0 was wanted; the widest search finds 0\."):
        vectors.index(recall=1.0)


def random_queries(vectors: Vectors, recall: float, rounds: int, batch: int) -> None:
    """Queries against exact search while the index is built anew and replaced by other threads."""
    held = [vectors.index(recall=recall)]
    done = threading.Event()

    def reload() -> None:
        while not done.is_set():
            search = held[0].search
            assert isinstance(search, FaissSearch) and search.cells is not None
            again = FaissSearch.of_cells(search.exact, search.cells, width=search.width)
            held[0] = vectors.exact.through(again)
            done.wait(0.001)

    rng, shares = np.random.default_rng(3), []
    with ThreadPoolExecutor(2) as threads:
        reloads = [threads.submit(reload) for _ in range(2)]
        try:
            for _ in range(rounds):
                asked = vectors.matrix[rng.integers(0, len(vectors), batch)]
                asked[::2] += 0.3 * rng.normal(size=asked[::2].shape)  # rows, and what is like them
                exact, _ = vectors.nearest_ids(asked, 10)
                found, _ = held[0].nearest_ids(asked, 10)
                shares.append(shared(exact, found))
        finally:
            done.set()
    for each in reloads:
        each.result()
    assert np.mean(shares) >= recall - 0.02  # the width was chosen by a sample of 256 rows


def test_random_queries_while_the_index_is_replaced() -> None:
    pytest.importorskip("faiss")
    random_queries(E, 0.9, rounds=10, batch=100)


@pytest.mark.slow
def test_a_hundred_thousand_random_queries_while_the_index_is_replaced() -> None:
    pytest.importorskip("faiss")
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(20, 16))[rng.integers(0, 20, 20_000)] + rng.normal(size=(20_000, 16))
    random_queries(Vectors.from_arrays(map(str, range(20_000)), matrix), 0.9, 200, 500)


def test_ranking_in_numpy_and_compiled() -> None:
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(60, 6)).astype(np.float32)
    candidates = np.stack([rng.permutation(60)[:20] for _ in range(7)])
    candidates[2, 5:], candidates[3] = -1, -1
    units, exclude = matrix[:7], np.arange(7)[:, None]
    norms = np.ones(60, np.float32)
    norms[::11] = 0
    fast = ExactSearch(matrix, norms).rank(units, candidates, 25, exclude)
    plain = ExactSearch(np.asfortranarray(matrix), norms).rank(units, candidates, 25, exclude)
    assert np.array_equal(fast[0], plain[0])
    np.testing.assert_allclose(fast[1], plain[1], atol=1e-6)
    assert (fast[0][3] == -1).all() and not (fast[0][:, :] == exclude).any()
