"""fastText's n-grams: known hashes, its own printed n-grams, and the compiled twin."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.kernels import cpu_subword, subword_reference
from rowspace.kernels.subword_reference import ngram_hash, ngram_hashes, ngrams

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
PRINTED = DATA / "pretrained" / "gensim_fixtures" / "fb-ngrams.txt"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("команда", 1725507386), ("北海道", 4096045468), ("asteroid", 1988297200)],
)
def test_known_hashes(text: str, expected: int) -> None:
    assert ngram_hash(text.encode()) == expected


def test_edges_alone_are_no_ngrams_and_the_whole_word_is_one() -> None:
    assert ngrams(b"ab", 1, 4) == [b"<a", b"<ab", b"<ab>", b"a", b"ab", b"ab>", b"b", b"b>"]
    assert ngrams("né".encode(), 2, 2) == [b"<n", "né".encode(), "é>".encode()]
    assert ngrams(b"", 1, 6) == [b"<>"]


def test_end_of_sentence_has_none() -> None:
    assert ngrams(b"</s>", 1, 6) == [] == ngram_hashes(b"</s>", 1, 6)
    assert ngram_hashes(b"word", 0, 0) == []


@pytest.mark.skipif(not PRINTED.exists(), reason="needs ROWSPACE_DATA")
def test_the_ngrams_fasttext_prints() -> None:
    blocks = PRINTED.read_text("utf-8").split("<start>\n")[1:]
    assert len(blocks) > 3
    for block in blocks:
        word, _, *lines = block.split("<end>")[0].splitlines()
        printed = [line.rsplit(" ", 6)[0] for line in lines]
        assert [gram.decode() for gram in ngrams(word.encode(), 3, 6)] == printed


@given(st.binary(max_size=30), st.integers(0, 4), st.integers(0, 7))
def test_hashes_are_those_of_the_ngrams(word: bytes, minn: int, maxn: int) -> None:
    expected = [ngram_hash(gram) for gram in ngrams(word, minn, maxn)]
    # A continuation byte at the very start belongs to the '<' before it in both.
    assert ngram_hashes(word, minn, maxn) == expected


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.binary(max_size=12), st.text(max_size=8).map(str.encode)), max_size=9),
    st.integers(0, 4),
    st.integers(0, 7),
    st.integers(1, 2**32),
)
def test_twin_is_the_reference(words: list[bytes], minn: int, maxn: int, buckets: int) -> None:
    words = [*words, b"</s>", b""]
    data = np.frombuffer(b"".join(words), np.uint8)
    offsets = np.concatenate([[0], np.cumsum([len(word) for word in words])]).astype(np.int64)
    ids = np.array([*range(len(words)), 0, 0])
    expected = subword_reference.subword_bags(data, offsets, ids, minn, maxn, buckets)
    found = cpu_subword.subword_bags(data, offsets, ids, minn, maxn, buckets)
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.dtype == theirs.dtype
        assert mine.tolist() == theirs.tolist()


def test_twin_of_nothing() -> None:
    nothing = np.empty(0, np.int64)
    rows, offsets = cpu_subword.subword_bags(
        np.empty(0, np.uint8), np.zeros(1, np.int64), nothing, 3, 6, 10
    )
    assert rows.tolist() == [] and offsets.tolist() == [0]
