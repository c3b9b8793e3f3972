"""Texts to bags of features: compiled as in plain Python, whatever stands in them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowspace.ragged import Ragged
from rowspace.vocabulary import Exact, Vocabulary
from rowspace.vocabulary import families as module
from rowspace.vocabulary.families import families, in_blocks, joined, learn_features, no_cells
from rowspace.vocabulary.features import Features

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
NAUGHTY = DATA / "robustness" / "blns.txt"
PIECES = ["a", "b", "ab", "<s>", "</s>", "é", "漢字", "🙂", " ", " ", "\t", "\0", "x y"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=20).map(lambda parts: "".join(parts).encode())


def learned(texts: list[bytes], **settings) -> Vocabulary:
    own = {"min_count": 1, "min_grams": 1, "max_grams": 10**6, **settings}
    features = own.pop("features", Features(3, True, 2, 4))
    return learn_features([texts], features, **own)


def both(vocabulary: Vocabulary, texts: list[bytes], cells: np.ndarray | None = None):
    plain = families(vocabulary, texts, cells)
    beside = no_cells(len(texts)) if cells is None else cells
    return plain, module._compiled(vocabulary, vocabulary.unseen, texts, beside)


def same(a: Ragged, b: Ragged) -> bool:
    """The same rows in every bag, in whatever order."""
    bags = zip(np.split(a.ids, a.offsets[1:-1]), np.split(b.ids, b.offsets[1:-1]), strict=True)
    return all(sorted(x.tolist()) == sorted(y.tolist()) for x, y in bags)


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXT | st.binary(max_size=12), min_size=1, max_size=5), st.lists(TEXT, max_size=4))
def test_compiled_as_plain(known, asked):
    vocabulary = learned(known)
    cells = np.array([[at % 3 - 1] for at in range(len(known + asked))], np.int64)
    plain, compiled = both(vocabulary, known + asked, cells)
    assert len(plain) == len(compiled) == 4 * len(cells) and same(plain, compiled)
    for bag in np.split(compiled.ids, compiled.offsets[1:-1]):
        assert len(set(bag.tolist())) == len(bag)


def test_no_row_is_of_a_feature_that_training_never_met():
    vocabulary = learned([b"good film"])
    found = families(vocabulary, [b"qqq www"])
    assert found.lengths.tolist() == [2, 0, 0, 0]  # <s> and </s> alone


@pytest.mark.skipif(not NAUGHTY.exists(), reason=f"{NAUGHTY} is not there (ROWSPACE_DATA)")
def test_naughty_texts():
    texts = NAUGHTY.read_bytes().split(b"\n")
    vocabulary = learned(texts, features=Features(2, True, 3, 5))
    plain, compiled = both(vocabulary, texts)
    assert same(plain, compiled)


def test_counting_in_blocks_is_counting_at_once():
    texts = [b"w%d w%d x" % (at % 50, at % 7) for at in range(3000)]
    features, limits = Features(2, False, 3, 4), {"min_count": 2, "min_grams": 3, "max_grams": 90}
    whole = learn_features([texts], features, **limits)
    parts = learn_features([texts[:10], texts[10:1700], texts[1700:]], features, **limits)
    assert whole.items.tokens() == parts.items.tokens()
    assert (whole.counts == parts.counts).all()
    for name in ("runs", "grams"):
        assert (getattr(whole.unseen, name) == getattr(parts.unseen, name)).all()


def test_tables_grow():
    texts = [
        b" ".join(b"w%d" % at for at in range(first, first + 100)) for first in range(0, 90000, 100)
    ]
    vocabulary = learned(texts, features=Features(1, False, 0, 0))
    assert len(vocabulary) == 90002 and vocabulary.counts.sum() == 90000 + 2 * 900


def test_joined_bags_weigh_one_over_the_root_of_each_family():
    bags = Ragged.of([[1, 2, 3, 4], [5], [], [6, 7], [], [], [], []])
    found = joined(bags)
    assert len(found) == 2 and found.lengths.tolist() == [7, 0]
    assert np.allclose(found.weights, [0.5] * 4 + [1] + [2**-0.5] * 2)


@given(st.lists(st.integers(0, 300), max_size=30), st.integers(1, 500))
def test_blocks_are_all_of_the_texts(sizes, size):
    texts = [b"x" * n for n in sizes]
    found = list(in_blocks(texts, size))
    assert [at for a, b in found for at in range(a, b)] == list(range(len(texts)))
    assert all(b - a == 1 or sum(sizes[a:b]) + 64 * (b - a) <= size for a, b in found)


def test_another_vocabulary_is_refused():
    with pytest.raises(TypeError, match="features"):
        families(Vocabulary.from_counts({"a": 1}, unseen=Exact()), [b"a"])
