"""Two models on one list: what both answer, what each alone."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rowspace.evaluate import (
    analogies,
    compare_analogies,
    compare_categories,
    compare_outliers,
    compare_similarity,
    outliers,
    similarity,
)
from rowspace.vectors import Vectors

WORDS = [f"w{at}" for at in range(40)]
PAIRS = "".join(f"w{at} w{at + 1} {at * 7 % 10}\n" for at in range(39))


def made(seed, words=WORDS):
    rows = np.random.default_rng(seed).standard_normal((len(words), 6))
    return Vectors.from_arrays(words, rows)


def test_similarity_on_the_pairs_both_answer(write):
    a, b = made(0), made(1, WORDS[10:])
    path = write(PAIRS, "pairs.txt")
    found = compare_similarity(a, b, path)
    shared = write(PAIRS[PAIRS.index("w10 w11") :], "shared.txt")
    assert found.tested.a == similarity(a, shared).value
    assert found.tested.b == similarity(b, shared).value
    assert (found.name, found.n, found.extra["total"]) == ("pairs", 29, 39)
    assert found.alone == (similarity(a, path), similarity(b, path))
    assert found.coverage == found.alone[1].coverage == pytest.approx(29 / 39)


def test_analogies(write):
    a, b = made(0), made(1, WORDS[:30])
    lines = [f"w{at} w{at + 1} w{at + 2} w{at + 3}\n" for at in range(37)]
    path = write(": one\n" + "".join(lines[:20]) + ": two\n" + "".join(lines[20:]), "q.txt")
    found = compare_analogies(a, b, path)
    assert [one.name for one in found] == ["q/one", "q/two", "q/total"]
    assert [one.n for one in found] == [20, 7, 27]
    for one, score in zip(found, analogies(a, path), strict=True):
        assert one.alone[0].value == score.value and one.alone[0].n == score.n
    assert found[0].tested.a == found[0].alone[0].value


def test_outliers_and_categories(write):
    a, b = made(0), made(1, WORDS[:30])
    groups = write("g: w0 w1 w2 | w3 w4\nh: w5 w6 w7 | w38 w8\n", "groups.txt")
    found = compare_outliers(a, b, groups)
    assert [one.name for one in found] == ["groups/accuracy", "groups/opp"]
    assert [one.n for one in found] == [3, 3]
    assert found[1].alone[0] == outliers(a, groups)[1]
    listed = write("".join(f"c{at % 3} w{at}\n" for at in range(35)), "kinds.txt")
    kinds = compare_categories(a, b, listed)
    assert (kinds.n, kinds.extra["total"]) == (30, 35) and 0 < kinds.tested.a < 1


def test_a_model_against_itself(write):
    a = made(0)
    path = write(PAIRS)
    found = compare_similarity(a, a, path)
    assert (found.difference, found.tested.low, found.tested.high) == (0, 0, 0)
    assert found.tested.p == 1.0


def test_nothing_in_common(write):
    a, b = made(0), made(1, ["x", "y"])
    found = compare_similarity(a, b, write(PAIRS))
    assert found.n == 0 and math.isnan(found.difference) and math.isnan(found.tested.p)
    listed = write("a w0\na w1\nb w2\n")
    assert math.isnan(compare_categories(a, b, listed).tested.p)
    groups = write("g: w0 w1 w2 | w3 w4\n")
    assert all(math.isnan(one.tested.p) for one in compare_outliers(a, b, groups))
    questions = write("w0 w1 w2 w3\n")
    assert math.isnan(compare_analogies(a, b, questions)[-1].tested.a)
