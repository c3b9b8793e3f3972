"""Tasks that no probe can be made of, and some that look so."""

from __future__ import annotations

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.evaluate.probe import probe
from rowspace.vectors import Vectors

WORDS = [f"w{n}" for n in range(40)]
TWO = ["a", "b"] * 20


@pytest.fixture(scope="module")
def vectors():
    return Vectors.random(WORDS, 4)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"text": WORDS, "label": ["a"] * 40}, "every text has the label 'a'"),
        ({"text": WORDS[:3], "label": TWO[:3]}, "3 different texts with a target are too few"),
        ({"text": [""] * 40, "label": TWO}, "no row has both"),
        ({"text": WORDS, "label": [None] * 40}, "no row has both"),
        ({"text": WORDS, "label": [np.nan] * 40}, "no row has both"),
        ({"text": WORDS, "label": [1.5] * 40}, "every target is 1.5"),
        ({"text": WORDS, "label": WORDS}, "40 different labels for 40 texts"),
        ({"text": [], "label": []}, "no rows"),
    ],
)
def test_no_task(vectors, data, told):
    with pytest.raises(InputError, match=told):
        probe(vectors, data)


def test_infinity(vectors):
    numbers = np.arange(40.0)
    numbers[7] = np.inf
    with pytest.raises(InputError, match="wanted a number"):
        probe(vectors, {"text": WORDS, "label": numbers}, kind="numbers")


def test_some_rows_hold_nothing(vectors):
    numbers = np.arange(40.0) / 7
    numbers[::4] = np.nan
    texts = [*WORDS[:38], "", "  "]
    found = probe(vectors, {"text": texts, "label": numbers}, seeds=2)
    assert found.about["dropped"] == 12 and found.about["texts"] == 28
    assert all(np.isfinite([one.value, one.low, one.high]).all() for one in found.scores)


def test_every_word_is_unknown(vectors):
    texts = [f"x{n}" for n in range(40)]
    found = probe(vectors, {"text": texts, "label": TWO}, seeds=2)
    by = {one.extra["system"]: one for one in found.scores}
    assert by["vectors"].coverage == 0 and by["vectors"].value == by["majority"].value
    assert "do not tell more than the majority" in found.answer
    assert "Only 0% of the texts" in found.answer


def test_vectors_that_are_broken():
    rows = np.ones((40, 4), np.float32)
    rows[3, 2] = np.nan
    broken = Vectors.from_arrays(WORDS, rows)
    with pytest.raises(InputError, match="not finite"):
        probe(broken, {"text": WORDS, "label": TWO})
    same = Vectors.from_arrays(WORDS, np.full((40, 4), 1e30, np.float32))
    assert np.isfinite(probe(same, {"text": WORDS, "label": TWO}, seeds=1).scores[0].value)


def test_labels_and_numbers_do_not_go_together(vectors):
    one, other = {"text": WORDS, "label": TWO}, {"text": WORDS, "label": np.arange(40.0) / 3}
    with pytest.raises(InputError, match="has labels"):
        probe(vectors, one, test=other)


def test_texts_of_any_kind():
    odd = ["\x00", "\ud800 lone", "a" * 100_000, "山 川", "\u202e", "=1+1", "\n\n x", "é", "-", "0"]
    known = Vectors.from_arrays(["山", "a"], np.eye(2, dtype=np.float32))
    found = probe(known, {"text": odd * 4, "label": (["p"] * 5 + ["q"] * 5) * 4}, seeds=2)
    assert 0 <= found.scores[0].value <= 1
