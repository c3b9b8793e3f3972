"""`Exact`: item i is row i."""

import pytest

from rowspace.errors import InputError
from rowspace.vocabulary import Exact, Vocabulary


def test_rows() -> None:
    vocabulary = Vocabulary.of(["a", "b"], unseen=Exact("<unk>"))
    assert list(vocabulary) == ["a", "b", "<unk>"]
    assert vocabulary.bags().ids.tolist() == [0, 1, 2]
    assert vocabulary.bag("c") == [2] == vocabulary.bag("<unk>")
    assert Vocabulary.of(["a"]).bag("c") == []


def test_an_unknown_item_that_is_missing() -> None:
    vocabulary = Vocabulary.of(["a", "b"])
    broken = Vocabulary(vocabulary.items, vocabulary.counts, Exact("<unk>"))
    with pytest.raises(InputError, match="'<unk>' is not in the vocabulary"):
        broken.bag("c")
