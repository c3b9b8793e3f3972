"""`Hashed`: fixed rows, known or not, evenly spread."""

import numpy as np

from rowspace.vocabulary import Hashed, Vocabulary


def test_rows_never_change() -> None:
    vocabulary = Vocabulary.of(["cat"], unseen=Hashed(1000, 3))
    # Worked out apart, in plain whole numbers; stored models depend on them.
    assert vocabulary.bag("cat") == [822, 43, 404]
    assert vocabulary.bag("unseen") == [619, 130, 510]


def test_known_or_not_makes_no_difference() -> None:
    with_cat = Vocabulary.of(["dog", "cat"], unseen=Hashed(1000))
    without = Vocabulary.of(["dog"], unseen=Hashed(1000))
    assert with_cat.bag("cat") == without.bag("cat")
    assert with_cat.n_rows == without.n_rows == 1000


def test_even_and_independent() -> None:
    vocabulary = Vocabulary.of((str(i) for i in range(20_000)), unseen=Hashed(100, 2))
    rows = vocabulary.bags().ids.reshape(-1, 2)
    assert np.abs(np.bincount(rows.ravel(), minlength=100) - 400).max() < 5 * 20
    # Both hashes alike happens once in a hundred items, not more.
    assert 100 < (rows[:, 0] == rows[:, 1]).sum() < 300
