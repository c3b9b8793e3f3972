"""The best of many scores and rows: every kernel is what `search_reference` says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_search
from rowspace.kernels import search_reference as reference

FEW_SCORES = st.sampled_from([-1.0, -0.0, 0.0, 0.5, 0.25, 1.0, np.nan, np.inf, -np.inf])
KINDS = {"float32": np.float32, "float16": np.uint16, "int8": np.int8}


def heaps(n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full((n, k), -1, np.int64), np.full((n, k), -np.inf, np.float32)


def fixed(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def rows_of(kind: str, size: int, dim: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if kind == "int8":
        return rng.integers(-128, 128, (size, dim)).astype(np.int8)
    rows = rng.normal(size=(size, dim)).astype(np.float32)
    return rows if kind == "float32" else rows.astype(np.float16).view(np.uint16)


@settings(max_examples=60)
@given(st.data(), st.integers(1, 12), st.integers(0, 3), st.integers(1, 150))
def test_taking_is_the_reference(data, k, excluded, m) -> None:
    n = 3
    scores = np.array(data.draw(st.lists(FEW_SCORES, min_size=n * m, max_size=n * m)), np.float32)
    scores = scores.reshape(n, m)
    norms = data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=m, max_size=m))
    norms = fixed(np.array(norms, np.float32))
    ids = st.lists(st.integers(-1, m + 8), min_size=n * excluded, max_size=n * excluded)
    exclude = fixed(np.array(data.draw(ids), np.int64).reshape(n, excluded))
    found, wanted = heaps(n, k), heaps(n, k)
    for module, best in ((cpu_search, found), (reference, wanted)):
        for start in (0, m):  # two blocks of the same scores: ties across them
            module.take(0, n, scores, norms, start, exclude, *best)
        module.settle(*best)
    assert (found[0] == wanted[0]).all() and np.array_equal(found[1], wanted[1])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dim", [1, 15, 16, 17, 100, 300])
def test_near_is_the_reference(kind, dim) -> None:
    rng = np.random.default_rng(dim)
    for size in (1, 2, 16, 531, 1100):
        rows = fixed(rows_of(kind, size, dim, dim))
        norms = rng.uniform(0.5, 1, size).astype(np.float32)
        norms[rng.random(size) < 0.05] = 0
        norms = fixed(norms)
        units = fixed(rng.normal(size=(2, dim)).astype(np.float32))
        exclude = fixed(np.array([[0, -1], [5, 1]]))
        first, last = (0, size) if size % 2 else (size // 3, size)
        found, wanted = heaps(2, 9), heaps(2, 9)
        for module, best in ((cpu_search, found), (reference, wanted)):
            module.near(first, last, rows, norms, units, exclude, *best)
            module.settle(*best)
        largest = max(1, np.abs(wanted[1][np.isfinite(wanted[1])]).max(initial=1))
        np.testing.assert_allclose(found[1], wanted[1], rtol=1e-5, atol=1e-5 * largest)
        assert (found[0] == wanted[0]).mean() > 0.9  # neighbours that are all but equal may swap


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("m", [1, 16, 45])
def test_ranking_is_the_reference(kind, m) -> None:
    rng = np.random.default_rng(m)
    rows = fixed(rows_of(kind, 90, 21, m))
    norms = rng.uniform(0.5, 1, 90).astype(np.float32)
    norms[::9] = 0
    norms, units = fixed(norms), fixed(rng.normal(size=(4, 21)).astype(np.float32))
    candidates = np.stack([rng.choice(90, m, replace=False) for _ in range(4)])
    candidates[1, : m // 2] = -1
    candidates[3] = -1
    candidates = fixed(np.sort(candidates, axis=1))
    exclude = fixed(candidates[:, -1:].copy())
    found, wanted = heaps(4, 7), heaps(4, 7)
    for module, best in ((cpu_search, found), (reference, wanted)):
        module.rank(0, 4, rows, norms, units, candidates, exclude, *best)
        module.settle(*best)
    assert np.array_equal(found[0], wanted[0])
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_rows_are_equal_wherever_they_stand(kind) -> None:
    rows = fixed(np.tile(rows_of(kind, 1, 37, 0), (1061, 1)))
    units = fixed(np.random.default_rng(1).normal(size=(1, 37)).astype(np.float32))
    best = heaps(1, 1061)
    norms, nobody = fixed(np.ones(1061, np.float32)), fixed(np.full((1, 1), -1))
    cpu_search.near(0, 1061, rows, norms, units, nobody, *best)
    cpu_search.settle(*best)
    assert best[0][0].tolist() == list(range(1061)) and len(set(best[1][0].tolist())) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_decoding_is_the_reference(kind) -> None:
    rows = fixed(rows_of(kind, 33, 21, 4))
    found, wanted = np.zeros((2, 33, 21), np.float32)
    for module, out in ((cpu_search, found), (reference, wanted)):
        module.decode(rows, 3, 30, out)
    assert np.array_equal(found, wanted) and found[3:30].any() and not found[:3].any()


@pytest.mark.parametrize("name", ["take", "near", "decode"])
def test_kernels_are_their_own_python(name) -> None:
    """Without the compiler the same code gives the same answers."""
    rows = fixed(rows_of("float16", 40, 5, 1))
    units = fixed(np.random.default_rng(2).normal(size=(2, 5)).astype(np.float32))
    norms, nobody = fixed(np.ones(40, np.float32)), fixed(np.full((2, 1), 3))
    plain = getattr(getattr(cpu_search, name), "py_func", getattr(cpu_search, name))
    answers = []
    for function in (getattr(cpu_search, name), plain):
        best = heaps(2, 4)
        if name == "decode":
            best = (np.zeros((40, 5), np.float32), np.zeros(0))
            function(rows, 0, 40, best[0])
        elif name == "take":
            scores = np.random.default_rng(3).normal(size=(2, 40)).astype(np.float32)
            function(0, 2, scores, norms, 7, nobody, *best)
        else:
            function(0, 40, rows, norms, units, nobody, *best)
        answers.append(best)
    (a, b), (c, d) = answers
    assert np.array_equal(a, c)
    np.testing.assert_allclose(b, d, atol=1e-5)
