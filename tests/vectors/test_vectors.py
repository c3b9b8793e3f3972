"""`Vectors`: look-up under every policy, means, odd ones, and fastText's own model."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowspace.errors import InputError, VocabularyError
from rowspace.vectors import Vectors
from rowspace.vocabulary import Exact, Hashed, Quotient, Subwords, Vocabulary

DATA = Path(os.environ.get("ROWSPACE_DATA", Path(__file__).parents[3] / "shared" / "data"))
CRIME = DATA / "pretrained" / "gensim_fixtures" / "crime-and-punishment.bin"
POLICIES = [Exact(), Exact("<unk>"), Hashed(50), Subwords(2, 4, 100), Quotient(3, "<unk>")]
WORDS = ["cat", "dog", "bird", "fish"]


@pytest.mark.parametrize("unseen", POLICIES, ids=repr)
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_every_look_up_is_the_pool_of_the_bag(unseen, dtype) -> None:
    vectors = Vectors.random(WORDS, 3, unseen=unseen)
    vectors = Vectors(vectors.vocabulary, vectors.rows.astype(dtype))
    pool = getattr(np, unseen.pool)
    expected = np.stack(
        [pool(vectors.rows[vectors.vocabulary.bag(w)].astype(np.float32), axis=0) for w in WORDS]
    )

    def same(found, wanted) -> None:
        assert found.dtype == np.float32 and found.shape == wanted.shape
        np.testing.assert_allclose(found, wanted, atol=1e-6)

    for _ in range(2):  # before and after the matrix is pooled
        same(vectors["dog"], expected[1])
        same(vectors[1], expected[1])
        same(vectors[["dog", b"cat"]], expected[[1, 0]])
        same(vectors[[["dog", "cat"], ["fish", "dog"]]], expected[[[1, 0], [3, 1]]])
        same(vectors[[0, 1, 2, 0]], expected[[0, 1, 2, 0]])
        same(vectors[np.array([[[3]], [[1]]])], expected[[[[3]], [[1]]]])
        same(vectors[[]], expected[:0])
        same(vectors.matrix[:4].astype(np.float32), expected)


@pytest.mark.parametrize(
    ("unseen", "kind"),
    [(Exact("<unk>"), "unknown row"), (Hashed(50), "hashed rows"), (Subwords(), "subwords"),
     (Quotient(3, "<unk>"), "unknown row")],
)  # fmt: skip
def test_an_unseen_item_is_answered_and_says_so(unseen, kind) -> None:
    vectors = Vectors.random(WORDS, 3, unseen=unseen)
    known, answer = vectors.answer("cat"), vectors.answer("catfish")
    assert (known.kind, known.id) == ("known", 0) and (answer.kind, answer.id) == (kind, -1)
    assert answer.rows == tuple(vectors.vocabulary.bag("catfish"))
    assert "cat" in vectors and "catfish" not in vectors
    assert (vectors["catfish"] == answer.vector).all() and answer.vector.any()
    assert (vectors[["catfish", "dog"]][0] == answer.vector).all()


@pytest.mark.parametrize("unseen", [Exact(), Quotient(), Subwords(9, 9, 10)], ids=repr)
def test_an_unseen_item_with_nothing_to_go_on(unseen) -> None:
    vectors = Vectors.random([*WORDS, "cats", "cart"], 3, unseen=unseen)
    for ask in ("catz", ["cat", "catz"]):
        with pytest.raises(KeyError) as raised:
            vectors[ask]
        assert isinstance(raised.value, VocabularyError) and len(raised.value.near) == 3
        assert "'cat'" in str(raised.value)


def test_a_look_up_is_a_copy() -> None:
    vectors = Vectors.random(WORDS, 3)
    for key in ("cat", 0, ["cat"], [0]):
        vectors[key][...] = 9
    vectors.answer("cat").vector[:] = 9
    assert vectors.rows.max() < 1
    with pytest.raises(ValueError, match="read-only"):
        vectors.unit[0] = 1


def test_on_a_read_only_map(tmp_path) -> None:
    vectors = Vectors.random(WORDS, 3)
    vectors.rows.tofile(tmp_path / "rows")
    rows = np.memmap(tmp_path / "rows", np.float32, "r", shape=(4, 3))
    mapped = Vectors(vectors.vocabulary, rows)
    assert np.shares_memory(mapped.matrix, rows)
    assert (mapped["dog"] == vectors["dog"]).all()
    assert mapped.nearest("dog") == vectors.nearest("dog")


def test_random_and_from_arrays() -> None:
    vectors = Vectors.random(iter(WORDS), dim=3, seed=0)
    assert vectors[[0, 1, 2, 0]].shape == (4, 3) and vectors[["cat", "dog"]].shape == (2, 3)
    assert (vectors.rows == Vectors.random(Vocabulary.of(WORDS), 3).rows).all()
    assert (vectors.rows != Vectors.random(WORDS, 3, seed=1).rows).any()
    again = Vectors.from_arrays(WORDS, vectors.rows.astype(np.float64), counts=[4, 3, 2, 1])
    assert again.counts.tolist() == [4, 3, 2, 1] and again.dim == 3 and len(again) == 4
    assert (again.matrix == vectors.matrix).all() and list(again) == WORDS
    np.testing.assert_allclose(np.linalg.norm(again.unit, axis=1), 1, rtol=1e-6)


def test_similarity() -> None:
    vectors = Vectors.from_arrays("abcd", np.array([[1, 0], [1, 1], [0, 0], [-2, 0]]))
    assert vectors.similarity("a", "b") == pytest.approx(np.sqrt(0.5))
    assert vectors.similarity(0, [2.0, 2.0]) == pytest.approx(np.sqrt(0.5))
    assert vectors.similarity("a", "c") == 0.0 and vectors.similarity("a", "d") == -1.0
    found = vectors.similarities("a", ["a", "b", 2, np.array([0.0, 3.0])])
    np.testing.assert_allclose(found, [1, np.sqrt(0.5), 0, 0], atol=1e-6)


def test_odd_one_out() -> None:
    vectors = Vectors.from_arrays("abcd", np.array([[5, 1], [1, 0.1], [9, 0], [0, 1]]))
    assert vectors.odd_one_out(["a", "b", "d", "c"]) == "d"
    assert vectors.odd_one_out([0, 3, 1]) == 3
    for few in ([], ["a"]):
        with pytest.raises(InputError, match="odd one out"):
            vectors.odd_one_out(few)


def test_mean_of_a_text() -> None:
    vectors = Vectors.from_arrays(["a", "b"], np.array([[4, 0], [0, 2]]))
    assert vectors.mean("a b\n b nobody ").tolist() == pytest.approx([4 / 3, 4 / 3])
    assert vectors.mean(["a", b"b"], normalize=True).tolist() == [0.5, 0.5]
    assert vectors.mean("").tolist() == vectors.mean(["nobody"]).tolist() == [0, 0]
    unknown = Vectors.from_arrays(["a", "?"], np.array([[4, 0], [0, 2]]), unseen=Exact("?"))
    assert unknown.mean("a nobody").tolist() == [2, 1]


@pytest.mark.parametrize(
    "make",
    [
        lambda v: Vectors(v, np.zeros((3, 2), np.float32)),
        lambda v: Vectors(v, np.zeros((4, 0), np.float32)),
        lambda v: Vectors(v, np.zeros(4, np.float32)),
        lambda v: Vectors(v, np.zeros((4, 2))),
        lambda v: Vectors.random(v, 0),
        lambda v: Vectors.random(v, 2.5),
        lambda v: Vectors.from_arrays(["a", "a"], np.zeros((2, 2))),
        lambda v: Vectors.from_arrays(["a"], np.zeros((1, 2)), counts=[1, 2]),
    ],
)
def test_refuses(make) -> None:
    with pytest.raises(InputError):
        make(Vocabulary.of(WORDS))


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=6), unique=True, min_size=1))
def test_any_items(words) -> None:
    vectors = Vectors.random(words, 2)
    assert list(vectors) == words
    assert (vectors[words] == vectors.matrix).all()


def read_crime() -> Vectors:
    """fastText's binary layout, version 12: header, dictionary, input matrix."""
    file = io.BytesIO(CRIME.read_bytes())

    def take(layout: str) -> tuple:
        return struct.unpack("<" + layout, file.read(struct.calcsize("<" + layout)))

    assert take("ii") == (793712314, 12)
    dim, *_, buckets, minn, maxn, _ = take("12i")
    take("d")
    _, n_words, n_labels, _, pruned = take("iiiqq")
    assert (n_labels, pruned) == (0, -1)
    words, counts = [], []
    for _ in range(n_words):
        words.append(b"".join(iter(lambda: file.read(1), b"\0")))
        counts.append(take("qb")[0])
    take("B")
    m, n = take("qq")
    rows = np.frombuffer(file.read(4 * m * n), "<f4").reshape(m, n)
    assert (m, n) == (n_words + buckets, dim)
    vocabulary = Vocabulary.of(words, counts=counts, unseen=Subwords(minn, maxn, buckets))
    return Vectors(vocabulary, rows)


@pytest.mark.skipif(not CRIME.exists(), reason="needs ROWSPACE_DATA")
def test_fasttexts_own_vectors() -> None:
    vectors = read_crime()
    _, *lines = CRIME.with_suffix(".vec").read_text("utf-8").splitlines()
    assert len(lines) == len(vectors) > 200
    for line in lines:
        word, *numbers = line.rstrip().split(" ")
        # Five significant digits were printed.
        np.testing.assert_allclose(vectors[word], np.array(numbers, float), rtol=1e-4, atol=5e-6)
    np.testing.assert_allclose(vectors.matrix, vectors[list(vectors)], atol=1e-6)


@pytest.mark.skipif(not CRIME.exists(), reason="needs ROWSPACE_DATA")
def test_fasttexts_own_ngram_rows() -> None:
    vectors = read_crime()
    block = (CRIME.parent / "fb-ngrams.txt").read_text("utf-8").split("<start>\n")[1]
    word, *lines = block.split("<end>")[0].splitlines()
    printed = np.array([line.rsplit(" ", 6)[1:6] for line in lines[1:]], float)
    assert word not in vectors
    found = vectors.rows[list(vectors.answer(word).rows)]
    np.testing.assert_allclose(found, printed, rtol=1e-4, atol=5e-6)


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8, list])
def test_a_batch_of_sentences_has_a_vector_at_every_place(kind) -> None:
    """(batch, length) in, (batch, length, dim) out, of the numbers `random` drew."""
    vectors = Vectors.random(WORDS, 6, seed=2)
    ids = np.array([[0, 1, 3], [2, 2, 0]])
    found = vectors[ids.tolist() if kind is list else ids.astype(kind)]
    assert found.shape == (2, 3, 6) and np.array_equal(found, vectors.rows[ids])
    words = [[WORDS[row] for row in line] for line in ids]
    assert np.array_equal(vectors[words], found)
    assert np.abs(found).max() <= 0.5 / 6
    assert np.array_equal(Vectors.random(WORDS, 6, seed=2)[ids], found)
