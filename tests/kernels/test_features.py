"""Keys of words, runs and n-grams: compiled as in plain Python, and tables that find them again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_features as compiled
from rowspace.kernels import features_reference as reference
from rowspace.kernels.text_reference import words_of
from rowspace.vocabulary.families import Cut
from rowspace.vocabulary.features import Features, slots_of

PIECES = [
    "a",
    "bc",
    "<s>",
    "</s>",
    "<",
    ">",
    "é",
    "漢字",
    "🙂",
    "e\u0301",
    " ",
    " ",
    "\t",
    "\0",
    "_",
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=30).map(lambda parts: "".join(parts).encode())
BYTES = st.binary(max_size=30)  # not UTF-8


def plain_words(texts: list[bytes]) -> list[list[bytes]]:
    return [[b"<s>", *words_of(text)] for text in texts]


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXT | BYTES, max_size=4), st.integers(1, 4), st.booleans())
def test_words_and_runs_have_the_keys_of_the_definition(texts, longest, gaps):
    cut, words = Cut.of(texts), plain_words(texts)
    assert cut.hashes.tolist() == [reference.word_hash(word) for row in words for word in row]
    keys, cuts = cut.runs(Features(longest, gaps))
    assert keys.tolist() == [key for row in words for key in reference.run_keys(row, longest, gaps)]
    sizes = [len(reference.run_keys(row, longest, gaps)) for row in words]
    assert np.diff(cuts).tolist() == sizes


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXT | BYTES, max_size=4), st.integers(0, 4), st.integers(0, 3))
def test_grams_have_the_keys_of_the_definition(texts, minn, more):
    maxn = minn + more
    keys, cuts = Cut.of(texts).grams(Features(1, False, minn, maxn))
    rows = [reference.gram_keys(word, minn, maxn) for row in plain_words(texts) for word in row]
    assert keys.tolist() == [key for row in rows for key in row]
    assert np.diff(cuts).tolist() == [len(row) for row in rows]


def test_the_definition_of_grams():
    def grams(*parts: bytes) -> list[int]:
        return [(reference.word_hash(p) ^ reference.MIX) & ((1 << 63) - 1) for p in parts]

    assert reference.gram_keys(b"ab", 3, 5) == grams(b"<ab", b"ab>")
    assert reference.gram_keys(b"a", 3, 5) == []  # as long as the word: the word is a row itself
    assert reference.gram_keys("né".encode(), 2, 2) == grams(b"<n", "né".encode(), "é>".encode())
    assert reference.gram_keys(b"<s>", 1, 5) == reference.gram_keys(b"ab", 3, 0) == []


def test_runs_and_pairs_with_a_gap_do_not_meet():
    a, b, c = (reference.word_hash(word) for word in (b"a", b"b", b"c"))
    keys = reference.run_keys([b"a", b"b", b"c"], 3, True)
    assert len(keys) == len(set(keys)) == 4  # ab, abc, a·c, bc
    assert keys[0] == reference.join_hash(a, b) & ((1 << 63) - 1)
    assert reference.join_hash(a, c) & ((1 << 63) - 1) not in keys
    assert reference.join_hash(b, a) != reference.join_hash(a, b)


@given(st.lists(st.integers(0, 2**63 - 1), unique=True, max_size=50), st.data())
@settings(deadline=None, max_examples=40)
def test_keys_are_found_where_they_were_put(kept, data):
    wanted = data.draw(st.lists(st.sampled_from(kept or [5]) | st.integers(0, 2**63 - 1)))
    keys = np.array(wanted, np.int64)
    compiled.find_keys(keys, slots_of(np.array(kept, np.int64)), 7)
    assert keys.tolist() == [kept.index(key) + 7 if key in kept else -1 for key in wanted]


@pytest.mark.parametrize("room", [1, 3, 64])
def test_counting_stops_where_the_table_is_full(room):
    random = np.random.default_rng(0)
    keys = random.integers(0, 9, 40).astype(np.int64)
    slots = compiled.Slots(np.full(128, -1, np.int64), np.empty(128, np.int32))
    counts, firsts = np.zeros(room, np.int64), np.zeros(room, np.int64)
    done, n = compiled.count_keys(keys, 0, 0, slots, counts, firsts)
    seen = list(dict.fromkeys(keys[:done].tolist()))
    assert n == len(seen) == min(room, len(set(keys.tolist())))
    assert counts[:n].tolist() == [int((keys[:done] == key).sum()) for key in seen]
    assert firsts[:n].tolist() == [keys.tolist().index(key) for key in seen]
    assert done == len(keys) or int(keys[done]) not in seen
