"""Arrays of a vocabulary that are not what they claim: an error, never a hang or a crash."""

import numpy as np
import pytest

from rowspace.errors import InputError
from rowspace.vocabulary import Items, Subwords, Vocabulary

WORDS = [f"w{i}".encode() for i in range(300)]


def stored():
    vocabulary = Vocabulary.of(WORDS, unseen=Subwords())
    return {name: array.copy() for name, array in vocabulary.arrays().items()}, vocabulary.config()


@pytest.mark.parametrize("name", ["items.bytes", "items.offsets", "items.slots", "counts"])
def test_missing_or_of_another_type(name) -> None:
    arrays, config = stored()
    with pytest.raises(InputError):
        Vocabulary.from_arrays({**arrays, name: arrays[name].astype(np.float32)}, config)
    with pytest.raises(InputError):
        Vocabulary.from_arrays({**arrays, name: arrays[name][:-1]}, config)
    with pytest.raises(InputError):
        Vocabulary.from_arrays({**arrays, name: arrays[name][None]}, config)
    del arrays[name]
    with pytest.raises(InputError, match=name):
        Vocabulary.from_arrays(arrays, config)


@pytest.mark.parametrize(
    "config", [{}, {"size": 300}, {"size": 300, "unseen": {"name": "no"}}, {"unseen": None}]
)
def test_broken_configuration(config) -> None:
    with pytest.raises(InputError):
        Vocabulary.from_arrays(stored()[0], config)


def test_slots_without_an_end_do_not_hang() -> None:
    arrays, _ = stored()
    slots = np.zeros_like(arrays["items.slots"])
    items = Items(arrays["items.bytes"], arrays["items.offsets"], slots)
    assert items.find(b"absent") == -1
    assert (items.find_many([b"absent"] * 300) == -1).all()
    with pytest.raises(InputError, match="does not find itself"):
        items.check()


@pytest.mark.parametrize("id", [300, 2**31 - 1, -2])
def test_slots_that_name_no_item(id) -> None:
    arrays, _ = stored()
    slots = np.full_like(arrays["items.slots"], id)
    items = Items(arrays["items.bytes"], arrays["items.offsets"], slots)
    with pytest.raises(InputError, match="damaged"):
        items.find(b"w1")
    with pytest.raises(InputError, match="damaged"):
        items.find_many(WORDS)


def test_offsets_that_decrease_or_lie_outside() -> None:
    arrays, _ = stored()
    offsets = arrays["items.offsets"]
    offsets[5], offsets[6] = offsets[6], offsets[5]
    offsets[100] = 2**62
    items = Items(arrays["items.bytes"], offsets, arrays["items.slots"])
    with pytest.raises(InputError, match="must not decrease"):
        items.check()
    assert items.find(b"w5") in (-1, 5)
    found = items.find_many(WORDS)
    assert set(found.tolist()) <= {-1, *range(300)}
