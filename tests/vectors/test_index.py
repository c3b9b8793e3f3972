"""Neighbours by item, id and vector, one and many."""

import numpy as np
import pytest

from rowspace.errors import InputError, VocabularyError
from rowspace.vectors import Vectors
from rowspace.vocabulary import Subwords

WORDS = [f"w{i}" for i in range(30)]
E = Vectors.from_arrays(WORDS, np.random.default_rng(0).normal(size=(30, 5)))


def words(found) -> list[str]:
    return [word for word, _ in found]


def test_the_ways_to_ask_agree() -> None:
    by_item = E.nearest("w3", 4)
    assert len(by_item) == 4 and "w3" not in words(by_item)
    assert by_item == E.nearest(b"w3", 4) == E.nearest(3, 4) == E.nearest(np.int32(3), 4)
    by_vector = E.nearest(E["w3"], 5)
    assert words(by_vector) == ["w3", *words(by_item)]
    assert words(E.nearest(E["w3"].tolist(), 4, exclude=["w3", "nobody"])) == words(by_item)
    assert by_vector[0][1] == pytest.approx(1.0)


def test_many_at_once() -> None:
    many = E.nearest(["w3", 7, E["w9"]], 4)
    assert [words(found) for found in many] == [
        words(E.nearest("w3", 4)),
        words(E.nearest("w7", 4)),
        words(E.nearest(E["w9"], 4)),
    ]
    assert words(E.nearest(["w3"], 4)[0]) == words(many[0])
    assert [words(x) for x in E.nearest(E[[1, 2]], 2)] == [
        words(E.nearest(E[1], 2)), words(E.nearest(E[2], 2))]  # fmt: skip
    ids, scores = E.nearest_ids(np.array([3, 7]), 4)
    assert ids.shape == scores.shape == (2, 4) and ids.dtype == np.int64
    assert [f"w{i}" for i in ids[1]] == words(many[1])
    assert E.nearest([], 4) == []


def test_excluding_and_the_first() -> None:
    full = words(E.nearest("w0", 29))
    assert words(E.nearest("w0", 5, exclude=full[:3])) == full[3:8]
    assert words(E.nearest("w0", 5, exclude=full[0])) == full[1:6]
    assert words(E.nearest("w0", 5, exclude=[int(full[0][1:])])) == full[1:6]
    assert words(E.nearest("w20", 50, first=4)) == words(
        sorted(((f"w{i}", E.similarity("w20", i)) for i in range(4)), key=lambda p: -p[1])
    )
    assert len(E.nearest("w0", 1000)) == 29


def test_an_unseen_item_asks_by_its_subwords() -> None:
    vectors = Vectors.random(["walking", "walked", "sat"], 20, 1, unseen=Subwords(3, 6, 1000))
    assert words(vectors.nearest("walker", 1)) in (["walking"], ["walked"])


@pytest.mark.parametrize("k", [0, -1, 1.5, True, None])
def test_refuses_k(k) -> None:
    with pytest.raises(InputError, match="k, the number of neighbours"):
        E.nearest("w1", k)


@pytest.mark.parametrize(
    "query", ["nobody", 30, None, [None], np.zeros(4, np.float32), [[0.5, "x"]], {}, ["w1", 99]]
)
def test_refuses_queries(query) -> None:
    with pytest.raises(InputError):
        E.nearest(query)
    with pytest.raises(InputError, match="first"):
        E.nearest("w1", first=0)


def test_the_error_names_near_spellings() -> None:
    with pytest.raises(VocabularyError, match="did you mean 'w1'"):
        E.nearest("ww1")


def test_an_empty_table() -> None:
    empty = Vectors.from_arrays([], np.zeros((0, 3)))
    assert empty.nearest([0.5, 0.0, 1.0]) == [] and empty.unit.shape == (0, 3)
    assert empty.combine([np.ones(3)]) == empty.combine([np.ones(3)], method="mul") == []
    assert empty.mean("any thing").tolist() == [0, 0, 0]
