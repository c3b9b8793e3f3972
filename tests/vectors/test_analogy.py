"""Analogies against a plain loop over the words."""

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import unit_rows

RNG = np.random.default_rng(3)
MATRIX = RNG.normal(size=(60, 6)).astype(np.float32)
E = Vectors.from_arrays([f"w{i}" for i in range(60)], MATRIX)


def by_hand(a: int, b: int, c: int, method: str, first: int, matrix=MATRIX) -> list[int]:
    u = unit_rows(matrix).astype(np.float64)
    scored = []
    for x in range(first):
        cos = [float(u[x] @ u[y]) for y in (a, b, c)]
        if method == "add":
            score = cos[1] - cos[0] + cos[2]
        else:
            s = [(value + 1) / 2 for value in cos]
            score = s[1] * s[2] / (s[0] + 1e-6)
        if x not in (a, b, c):
            scored.append((-score, x))
    return [x for _, x in sorted(scored)]


@pytest.mark.parametrize("method", ["add", "mul"])
@pytest.mark.parametrize("first", [60, 20])
def test_solve_and_analogy_against_a_loop(method, first) -> None:
    triples = RNG.integers(0, 60, size=(40, 3))
    answers = E.solve(triples, method=method, first=first, block=7)
    for (a, b, c), answer in zip(triples.tolist(), answers.tolist(), strict=True):
        expected = by_hand(a, b, c, method, first)
        assert answer == expected[0]
        found = E.analogy(f"w{a}", b, E[c], 5, method=method, first=first)
        # A vector is not left out, an item or id is.
        assert [w for w, _ in found if w != f"w{c}"][:4] == [f"w{x}" for x in expected[:4]]


def test_scores() -> None:
    u = unit_rows(MATRIX)
    (word, score), *_ = E.analogy("w1", "w2", "w3")
    target = u[2] - u[1] + u[3]
    assert score == pytest.approx(
        float(u[int(word[1:])] @ target / np.linalg.norm(target)), abs=1e-5
    )


def test_combine() -> None:
    assert E.combine(["w2", "w3"], ["w1"], 4) == E.analogy("w1", "w2", "w3", 4)
    alone = E.combine(["w5"], k=3)
    assert [w for w, _ in alone] == [w for w, _ in E.nearest("w5", 3)]
    assert len(E.combine([], ["w5"], 3, method="mul")) == 3


def test_zero_and_broken_rows_answer_without_nan() -> None:
    matrix = MATRIX.copy()
    matrix[4], matrix[5] = 0, np.nan
    broken = Vectors.from_arrays(list(E), matrix)
    triples = np.array([[4, 5, 6], [1, 2, 3]])
    for method in ("add", "mul"):
        answers = broken.solve(triples, method=method)
        assert answers[1] == by_hand(1, 2, 3, method, 60, matrix)[0]
        assert np.isfinite([s for _, s in broken.analogy("w4", "w5", "w6", method=method)]).all()


def test_no_candidate_left() -> None:
    assert E.solve(np.array([[0, 1, 2]]), first=3).tolist() == [-1]
    assert E.solve(np.empty((0, 3), int)).tolist() == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda: E.solve(np.array([[0, 1, 60]])),
        lambda: E.solve(np.array([[0, 1, -1]])),
        lambda: E.solve(np.array([0, 1, 2])),
        lambda: E.solve(np.array([[0.0, 1, 2]])),
        lambda: E.solve(np.array([[0, 1, 2]]), method="cosadd"),
        lambda: E.analogy("w1", "w2", "w3", method="div"),
        lambda: E.analogy("w1", "w2", "nobody"),
        lambda: E.combine([]),
        lambda: E.analogy("w1", "w2", "w3", 0),
        lambda: E.analogy("w1", "w2", "w3", first=0),
    ],
)
def test_refuses(ask) -> None:
    with pytest.raises(InputError):
        ask()
