"""`Items`: every byte string finds itself, whatever it holds."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.errors import InputError
from rowspace.vocabulary.items import FEW, Items, all_to_bytes, to_bytes, to_text

AWKWARD = [b"", b" ", b"\t", b"\n", b"\0", b"\0\0", b"a\0", "😀".encode(), "شلوم".encode(),
           b"\xff\xfe", b"x" * 10_000, b"caf\xc3", b"\xc2\x85"]  # fmt: skip


@given(st.lists(st.binary(max_size=20), unique=True, max_size=60), st.binary(max_size=20))
def test_round_trip(tokens: list[bytes], other: bytes) -> None:
    items = Items.of(tokens)
    items.check()
    assert items.tokens() == tokens == list(items)
    assert [items[i] for i in range(len(items))] == tokens
    assert [items.find(token) for token in tokens] == list(range(len(tokens)))
    assert items.find(other) == (tokens.index(other) if other in tokens else -1)


def test_awkward_items() -> None:
    items = Items.of(AWKWARD)
    assert [items.find(token) for token in AWKWARD] == list(range(len(AWKWARD)))
    assert [to_bytes(to_text(token)) for token in AWKWARD] == AWKWARD


@given(st.binary())
def test_any_bytes_are_text_and_back(token: bytes) -> None:
    assert to_bytes(to_text(token)) == token


def test_many_at_once_is_one_by_one() -> None:
    rng = random.Random(0)
    tokens = list({rng.randbytes(rng.randint(0, 6)) for _ in range(5000)})
    items = Items.of(tokens)
    asked = [*rng.choices(tokens, k=2 * FEW), *(rng.randbytes(4) for _ in range(FEW)), b""]
    assert items.find_many(asked).tolist() == [items.find(token) for token in asked]
    assert items.find_many(asked[:5]).tolist() == [items.find(token) for token in asked[:5]]
    assert items.tokens(10, 13) == tokens[10:13]


def test_load_stays_at_one_half_and_collisions_go_to_the_lowest() -> None:
    items = Items.of([str(i).encode() for i in range(1024)])
    assert len(items.slots) == 2048
    assert sorted(items.slots[items.slots >= 0].tolist()) == list(range(1024))
    assert (items.slots == Items.of(items.tokens()).slots).all()


def test_works_on_a_map(tmp_path) -> None:
    items = Items.of(AWKWARD)
    maps = []
    for name, array in (("b", items.bytes), ("o", items.offsets), ("s", items.slots)):
        array.tofile(tmp_path / name)
        maps.append(np.memmap(tmp_path / name, array.dtype, "r"))
    mapped = Items(*maps)
    assert [mapped.find(token) for token in AWKWARD] == list(range(len(AWKWARD)))
    assert mapped.find(b"absent") == -1


def test_nothing() -> None:
    items = Items.of([])
    assert len(items) == 0 and items.tokens() == [] and items.find(b"") == -1
    assert items.find_many([b"x"] * FEW).tolist() == [-1] * FEW


def test_refuses_a_repeated_item() -> None:
    with pytest.raises(InputError, match="'b' occurs more than once"):
        Items.of([b"a", b"b", b"c", b"b"])


@pytest.mark.parametrize("item", [None, 3, "\ud800", ["a"]])
def test_refuses_what_is_no_item(item: object) -> None:
    with pytest.raises(InputError):
        to_bytes(item)  # type: ignore[arg-type]


@given(st.lists(st.one_of(st.text(max_size=4), st.binary(max_size=4)), max_size=6))
def test_all_to_bytes_is_each_to_bytes(listed) -> None:
    try:
        expected = [to_bytes(item) for item in listed]
    except InputError:
        with pytest.raises(InputError, match="surrogate"):
            all_to_bytes(listed)
    else:
        assert all_to_bytes(iter(listed)) == expected


def test_all_to_bytes_names_what_is_no_text() -> None:
    with pytest.raises(InputError, match="not int: 3"):
        all_to_bytes(["a", 3])
    with pytest.raises(InputError, match="half a surrogate pair at character 1"):
        all_to_bytes(["a", "b\ud800"])
    assert all_to_bytes(["a\0", "", "b"]) == [b"a\0", b"", b"b"]
