"""Labels on top of vectors: probabilities, order, thresholds; what a model without them says."""

from __future__ import annotations

import numpy as np
import pytest

import rowspace as rs
from rowspace.errors import InputError, SettingError
from rowspace.vectors import best
from rowspace.vectors import head as module
from rowspace.vectors.head import Head
from rowspace.vectors.huffman import huffman

HIDDEN = np.array([[1, 2], [0, 0], [-3, 1]], np.float32)


def head(loss: str, rows=((1, 0), (0, 1), (1, 1)), counts=(9, 5, 2)) -> Head:
    labels = rs.Vocabulary.of([f"l{i}" for i in range(len(rows))], counts=list(counts))
    return Head(labels, np.array(rows, np.float32), loss)


def test_softmax_is_softmax():
    one = head("softmax")
    powers = np.exp(HIDDEN @ one.weights.T)
    found = one.scores(HIDDEN)
    assert found.dtype == np.float32
    assert np.allclose(found, powers / powers.sum(axis=1, keepdims=True) + 1e-5, atol=1e-6)


@pytest.mark.parametrize("loss", ["ova", "ns"])
def test_each_label_by_itself(loss):
    """The table has steps of 1/32, so the value is that of the next step down."""
    one = head(loss)
    margins = np.floor((HIDDEN @ one.weights.T) * 32) / 32
    assert np.allclose(one.scores(HIDDEN), 1 / (1 + np.exp(-margins)) + 1e-5, atol=1e-6)


def test_beyond_the_table():
    one = head("ova", rows=((50, 0), (-50, 0)), counts=(1, 1))
    assert np.allclose(one.scores(np.ones((1, 2), np.float32)), [[1.00001, 1e-5]])


def test_a_tree_of_three():
    """Counts 9, 5, 2: the rarer two share a node, the rarest to its left."""
    assert huffman(np.array([9, 5, 2])).tolist()[3:] == [[2, 1], [3, 0]]
    one = head("hs")
    right = 1 / (1 + np.exp(-(HIDDEN @ one.weights[:2].T)))
    first, second = right[:, 0], right[:, 1]
    expected = np.stack([second, (1 - second) * first, (1 - second) * (1 - first)], axis=1)
    assert np.allclose(one.scores(HIDDEN), expected, atol=5e-5)


@pytest.mark.parametrize(
    "counts", [[], [4], [3, 3, 3, 3], [0, 0, 0, 0, 0], [100, 50, 20, 10, 5, 1], [1, 2, 3]]
)
def test_every_label_has_one_place_in_the_tree(counts):
    tree = huffman(np.array(counts, np.int64))
    named = tree[tree >= 0].tolist()
    assert len(tree) == max(0, 2 * len(counts) - 1)
    assert sorted(named) == list(range(max(0, 2 * len(counts) - 2)))
    assert (tree[: len(counts)] == -1).all()
    assert all(child < place for place, pair in enumerate(tree.tolist()) for child in pair)


@pytest.mark.parametrize("counts", [[2**62, 2**62], [10**15, 1], [-1, 3]])
def test_counts_that_make_no_tree(counts):
    with pytest.raises(InputError, match="counts"):
        huffman(np.array(counts, np.int64))
    with pytest.raises(InputError, match="counts"):
        head("hs", rows=((1, 0), (0, 1)), counts=counts)


@pytest.mark.parametrize("loss", ["softmax", "hs", "ova"])
@pytest.mark.parametrize("compiled", [False, True])
def test_k_and_threshold(loss, compiled, monkeypatch):
    if compiled:
        monkeypatch.setattr(best, "MANY", 0)
        monkeypatch.setattr(module, "MANY", 0)
    one = head(loss)
    everything = one.top(HIDDEN, k=-1)
    assert everything.lengths.tolist() == [3, 3, 3]
    for k in (1, 2, 3, 99):
        found = one.top(HIDDEN, k=k)
        assert found.lengths.tolist() == [min(k, 3)] * 3
        for text in range(3):
            whole = everything.weights[3 * text : 3 * text + min(k, 3)]
            part = found.weights[found.offsets[text] : found.offsets[text + 1]]
            assert np.array_equal(part, whole)
    likely = one.top(HIDDEN, k=-1, threshold=0.4)
    assert (likely.weights >= 0.4).all()
    assert likely.offsets[-1] == (everything.weights >= 0.4 + 1e-5).sum()
    assert not len(one.top(HIDDEN, k=-1, threshold=1.5).ids)
    assert not len(one.top(HIDDEN[:0], k=2))


@pytest.mark.parametrize("exact", [False, True])
def test_of_labels_that_come_out_equal_the_last_is_best(exact):
    """As it is where all are asked for: the one best is found in another way."""
    draw = np.random.default_rng(1)
    rows = draw.integers(-1, 2, (40, 3)) + draw.integers(0, 2, (40, 1)) * np.float32(1e-7)
    labels = rs.Vocabulary.of([f"l{i}" for i in range(40)], counts=[1] * 40)
    one = Head(labels, rows.astype(np.float32), "softmax", exact)
    hidden = draw.normal(0, 1, (200, 3)).astype(np.float32)
    found = one.top(hidden)
    scores = np.log(one.scores(hidden))
    right = 39 - scores[:, ::-1].argmax(axis=1)
    assert found.ids.tolist() == right.tolist()
    assert found.weights == pytest.approx(one.scores(hidden).max(axis=1), rel=1e-6)
    least = float(np.median(found.weights))
    kept = one.top(hidden, threshold=least)
    p = one.scores(hidden).max(axis=1) - (0 if exact else 1e-5)
    assert (kept.lengths[p > least * 1.001] == 1).all()
    assert (kept.lengths[p < least * 0.999] == 0).all()


@pytest.mark.parametrize("loss", ["softmax", "hs"])
def test_numbers_that_are_none_are_heard_of_in_compiled_code_too(loss, monkeypatch):
    monkeypatch.setattr(best, "MANY", 0)
    monkeypatch.setattr(module, "MANY", 0)
    with pytest.raises(InputError, match="not finite"):
        head(loss, rows=((np.nan, 1), (1, 1)), counts=(1, 1)).top(HIDDEN)
    huge = head(loss, rows=((3e38, 3e38), (1, 1)), counts=(1, 1))
    assert huge.top(np.full((1, 2), 9, np.float32)).ids.tolist() == [0]


def test_more_labels_than_scores_at_a_time(monkeypatch):
    one = head("softmax")
    whole = one.top(HIDDEN, k=2)
    monkeypatch.setattr(module, "SCORES", 3)
    found = one.top(HIDDEN, k=2)
    assert np.array_equal(found.ids, whole.ids)
    assert np.allclose(found.weights, whole.weights)


def test_no_labels_and_one():
    none = head("softmax", rows=np.zeros((0, 2)), counts=())
    assert none.top(HIDDEN, k=3).lengths.tolist() == [0, 0, 0]
    alone = head("hs", rows=((1, 1),), counts=(4,))
    assert alone.top(HIDDEN).ids.tolist() == [0, 0, 0]
    assert np.allclose(alone.scores(HIDDEN), 1)


def test_numbers_too_large_for_float32_are_still_answered():
    one = head("softmax", rows=((3e38, 3e38), (1, 1)), counts=(1, 1))
    assert one.top(np.full((1, 2), 9, np.float32)).ids.tolist() == [0]


def test_what_cannot_be():
    with pytest.raises(InputError, match="not finite"):
        head("softmax", rows=((np.nan, 1), (1, 1)), counts=(1, 1)).top(HIDDEN)
    for k in (0, -2, 1.5, True):
        with pytest.raises(SettingError, match="k must be"):
            head("ova").top(HIDDEN, k=k)
    with pytest.raises(SettingError, match="threshold"):
        head("ova").top(HIDDEN, threshold=float("nan"))
    with pytest.raises(SettingError, match="loss"):
        head("hinge")
    with pytest.raises(InputError, match="3 labels need as many rows"):
        Head(rs.Vocabulary.of(["a", "b", "c"]), np.zeros((2, 2), np.float32), "ova")


def test_a_model_predicts():
    vectors = rs.Vectors.from_arrays(["a", "b"], np.array([[5, 0], [0, 5]], np.float32))
    model = rs.Model(vectors, head=head("softmax", rows=((1, 0), (0, 1)), counts=(1, 1)))
    (first,), (second,), nothing = model.predict(["a a", b"b", "unheard"])
    assert (first[0], second[0], nothing) == ("l0", "l1", [])
    assert isinstance(first[1], float) and first[1] > 0.9
    assert model.predict([]) == [] and model.predict(iter(["b"])) == [[second]]
    with pytest.raises(InputError, match="a list"):
        model.predict("a")


def test_a_model_without_labels_says_which_have_them():
    with pytest.raises(InputError, match="no labels") as error:
        rs.Model(rs.Vectors.random(["a"], 2)).predict(["a"])
    assert "supervised" in error.value.hint


def test_labels_of_another_dimension():
    with pytest.raises(InputError, match="labels of 2 numbers"):
        rs.Model(rs.Vectors.random(["a"], 3), head=head("ova"))
