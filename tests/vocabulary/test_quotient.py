"""`Quotient`: every known item has a pair of rows of its own."""

import pytest

from rowspace.vocabulary import Quotient, Vocabulary


@pytest.mark.parametrize(("size", "buckets", "n_rows"), [
    (9, None, 6), (10, None, 7), (1, None, 2), (100, None, 20), (10, 4, 7), (10, 1, 11),
    (10, 50, 51),
])  # fmt: skip
def test_pairs_are_distinct(size, buckets, n_rows) -> None:
    vocabulary = Vocabulary.of((str(i) for i in range(size)), unseen=Quotient(buckets))
    pairs = vocabulary.bags().ids.reshape(-1, 2)
    assert vocabulary.n_rows == n_rows
    assert len({tuple(pair) for pair in pairs.tolist()}) == size
    # The two parts of the table do not overlap.
    assert pairs[:, 0].max() < pairs[:, 1].min()
    assert pairs.max() < n_rows


def test_unseen() -> None:
    words = [str(i) for i in range(9)]
    assert Vocabulary.of(words, unseen=Quotient()).bag("x") == []
    vocabulary = Vocabulary.of(words, unseen=Quotient(unknown="5"))
    assert vocabulary.bag("x") == vocabulary.bag("5") == [1, 3 + 2]
