"""Which buckets have rows, against the policy that keeps them all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.errors import InputError
from rowspace.vocabulary import Subwords, Vocabulary
from rowspace.vocabulary.kept_grams import KeptGrams
from rowspace.vocabulary.policies import policy_from

ITEMS = ["the", "where", "naïve", "</s>", "a"]


@given(st.sets(st.integers(0, 2000)))
def test_gaps_come_back(kept: set[int]) -> None:
    rising = np.array(sorted(kept), np.int64)
    made = KeptGrams.of(rising, minn=3, maxn=6, buckets=2001)
    assert np.array_equal(made.kept, rising) and made.n_rows(7) == 7 + len(rising)
    assert len(made.gaps) <= len(rising) + 2001 // 255
    again = policy_from(made.config(), made.arrays())
    assert isinstance(again, KeptGrams) and np.array_equal(again.kept, rising)


def test_unseen_items_have_the_kept_rows_of_the_policy_that_keeps_all() -> None:
    whole, kept = Subwords(3, 6, 50), np.arange(0, 50, 2)
    some = KeptGrams.of(kept, minn=3, maxn=6, buckets=50)
    items = Vocabulary.of(ITEMS).items
    size = len(items)
    for word in (b"wheel", b"other", "naïvety".encode(), b"</s>", b"x"):
        rows = [row - size for row in whole.rows_of(items, word)]
        wanted = [int(np.searchsorted(kept, row)) + size for row in rows if row in kept]
        assert some.rows_of(items, word) == wanted
    assert some.known_rows(items, 2) == [2]
    assert some.known_bags(items).lengths.tolist() == [1] * size


def test_without_buckets_there_is_nothing_to_go_on() -> None:
    nothing = KeptGrams.of(np.zeros(0, np.int64), minn=3, maxn=6, buckets=9)
    assert nothing.rows_of(Vocabulary.of(ITEMS).items, b"wheel") == []


@pytest.mark.parametrize(
    "gaps",
    [
        np.array([9], np.uint8),
        np.array([255], np.int64),
        np.zeros((2, 2), np.uint8),
        np.zeros(10, np.uint8),
        [1],
    ],
)
def test_gaps_that_lead_nowhere_are_refused(gaps: np.ndarray) -> None:
    with pytest.raises(InputError, match=r"KeptGrams\.gaps"):
        KeptGrams(3, 6, 9, gaps)
