"""Items read into rows: under every policy the vector is that of `Vectors`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from rowspace import Exact, Hashed, Quotient, Ragged, Subwords, Vectors, nn  # noqa: E402
from rowspace.errors import InputError, SettingError, VocabularyError  # noqa: E402
from rowspace.nn import items as module  # noqa: E402
from rowspace.nn.items import Reader, padding_row, rows_of_items, shares  # noqa: E402
from rowspace.vectors.pooling import pool  # noqa: E402
from rowspace.vocabulary.ngrams import BucketGrams  # noqa: E402

WORDS = ["<pad>", "<unk>", "king", "queen", "kingdom", "zebra"]
POLICIES = [
    Exact("<unk>"),
    Hashed(50, 3),
    Quotient(unknown="<unk>"),
    Subwords(3, 5, 40),
    BucketGrams(32),
]


def of(unseen=None):
    return Vectors.random(WORDS, 6, 3, unseen=unseen)


def of_items(vectors, read):
    return pool(vectors.rows, read.rows, vectors.vocabulary.pool).reshape(*read.shape, -1)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name)
@pytest.mark.parametrize("kept", [1 << 21, 0])
def test_items_are_looked_up_as_vectors_does(policy, kept, monkeypatch):
    monkeypatch.setattr(module, "KEPT", kept)
    vectors = of(policy)
    reader = Reader(vectors.vocabulary)
    for value in (
        "king",
        "kings",
        ["king", "unheard", "king", "unheard", "queens"],
        [["zebra", "king"], ["kingdom", "zebras"]],
        np.array([["zebra", "king"], ["kingdom", "queen"]]),
        ["king", "queen"],
    ):
        for _ in range(2):  # the second time the ids are remembered
            read = reader.items(value)
            assert read.rows.ids.dtype == np.int64 and read.kind in ("ids", "bags")
            assert np.allclose(of_items(vectors, read), vectors[value], atol=1e-7)


def test_a_policy_with_own_rows_gives_plain_ids():
    vocabulary = of(Exact("<unk>")).vocabulary
    read = Reader(vocabulary).items([["king", "nobody"], [b"zebra", "<pad>"]])
    assert read.plain and read.kind == "ids" and read.shape == (2, 2)
    assert read.rows.ids.tolist() == [2, 1, 5, 0]
    assert Reader(of(BucketGrams(32)).vocabulary).items(["king"]).plain
    assert not Reader(of(BucketGrams(32)).vocabulary).items(["king", "kings"]).plain
    assert not Reader(of(Hashed(50, 1)).vocabulary).items("king").plain


def test_an_item_without_rows_is_named_with_its_place_and_the_nearest():
    reader = Reader(of().vocabulary)
    told = r"'kingdm' at position \(1, 2\) is not in the vocabulary of 6 items"
    with pytest.raises(VocabularyError, match=told) as caught:
        reader.bags([["king"], ["queen", "zebra", "kingdm"]])
    assert caught.value.near[0] == "kingdom" and "unseen=" in caught.value.hint
    with pytest.raises(VocabularyError, match=r"^'xyzzy' is not in"):
        reader.items("xyzzy")


def test_lists_of_differing_length_are_filled_up():
    for policy in (Exact("<unk>"), Subwords(3, 5, 40)):
        vectors = of(policy)
        vectors = Vectors(
            vectors.vocabulary, np.where(np.arange(len(vectors.rows))[:, None], vectors.rows, 0)
        )
        read = Reader(vectors.vocabulary, 0).items([["king"], [], ["zebra", "queens", "<pad>"]])
        assert read.shape == (3, 3)
        found = of_items(vectors, read)
        assert np.array_equal(found[0, 1:], np.zeros((2, 6))) and not found[1].any()
        assert np.allclose(found[2, :2], vectors[["zebra", "queens"]], atol=1e-7)
        assert not found[2, 2].any()  # the n-grams of the padding item count for nothing either
    with pytest.raises(InputError, match="differ in length, from 1 to 2") as caught:
        Reader(of().vocabulary).items([["king"], ["queen", "zebra"]])
    assert "padding_idx" in caught.value.hint


def bag_vectors(vectors, bags, mode, weights=None, padding=None):
    """Worked out item by item."""
    out = np.zeros((len(bags), vectors.dim), np.float64)
    at = 0
    for b, bag in enumerate(bags):
        total = 0.0
        for item in bag:
            weight = 1.0 if weights is None else float(weights[at])
            at += 1
            if item != padding:
                out[b] += weight * vectors[item].astype(np.float64)
                total += weight
        if mode == "mean" and total:
            out[b] /= total
    return out


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name)
@pytest.mark.parametrize("mode", ["sum", "mean"])
@pytest.mark.parametrize("weighted", [False, True])
def test_bags_of_items(policy, mode, weighted):
    vectors = of(policy)
    own_row = policy.name in ("exact", "subwords", "bucket-grams")
    bags = [["king", "kings"], [], ["zebra"], ["<pad>", "queen", "king", "king"], ["<pad>"]]
    padding = "<pad>" if own_row else None
    read = Reader(vectors.vocabulary, padding_row(vectors.vocabulary, padding)).bags(bags)
    weights = torch.rand(8) if weighted else None
    row = 0 if own_row else None
    each = shares(read, mode, vectors.vocabulary.pool, weights=weights, padding=row)
    assert each.dtype == torch.float32
    ragged = Ragged(read.rows.ids, read.row_offsets)
    rows = vectors.rows[ragged.ids] * each.numpy()[:, None]
    found = np.stack([rows[a:b].sum(axis=0) for a, b in pairwise(ragged.offsets.tolist())])
    wanted = bag_vectors(vectors, bags, mode, weights, padding)
    assert np.allclose(found, wanted, atol=1e-6)


def test_weights_of_bags_learn():
    vocabulary = of(Subwords(3, 5, 40)).vocabulary
    read = Reader(vocabulary).bags([["king", "kings"], ["zebra"]])
    weights = torch.tensor([0.5, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
    shares(read, "mean", "mean", weights=weights).square().sum().backward()
    assert weights.grad.isfinite().all() and weights.grad[:2].abs().sum() > 0
    assert weights.grad.dtype == torch.float64


def test_bags_by_offsets_and_their_errors():
    reader = Reader(of(Exact("<unk>")).vocabulary)
    read = reader.bags(["king", "queen", "x"], np.array([0, 2, 2, 3]))
    assert read.plain and read.row_offsets.tolist() == [0, 2, 2, 3]
    with pytest.raises(InputError, match="lists of lists, not 1 deep") as caught:
        reader.bags(["king", "queen"])
    assert "[['one', 'two']]" in caught.value.hint
    with pytest.raises(InputError, match="one flat list, not 2 deep"):
        reader.bags([["king"]], np.array([0, 1]))
    with pytest.raises(SettingError, match="mode must be sum or mean"):
        shares(reader.bags([["king"]]), "max", "sum")


def test_the_padding_row_may_be_an_item():
    vocabulary = of(Exact("<unk>")).vocabulary
    assert padding_row(vocabulary, "<pad>") == 0 and padding_row(None, 3) == 3
    assert padding_row(vocabulary, None) is None
    assert rows_of_items(of(Subwords()).vocabulary, ["zebra", "king"]).tolist() == [5, 2]
    with pytest.raises(VocabularyError, match="'<padd>' is not in"):
        padding_row(vocabulary, "<padd>")
    with pytest.raises(SettingError, match="the layer has no vocabulary"):
        padding_row(None, "<pad>")
    for policy in (Hashed(50), Quotient()):
        with pytest.raises(SettingError, match="no row of its own"):
            padding_row(of(policy).vocabulary, "<pad>")


def test_few_items_are_remembered(monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 3)
    reader = Reader(of(Exact("<unk>")).vocabulary)
    for _ in range(2):
        assert reader.ids(["king", "zebra", "king"]).tolist() == [2, 5, 2]
        assert reader.ids(["queen", "kingdom"]).tolist() == [3, 4]
    assert set(reader._ids) == {"king", "zebra", "queen"}


def test_unknown_items_are_not_remembered():
    vocabulary = of(Exact("<unk>")).vocabulary
    reader = Reader(vocabulary)
    reader.items([f"new{i}" for i in range(100)])
    assert not reader._ids


def test_nothing_at_all():
    reader = Reader(of(Subwords(3, 5, 40)).vocabulary)
    assert reader.items([]).shape == (0,) and reader.items([[], []]).shape == (2, 0)
    assert reader.bags([[], []]).row_offsets.tolist() == [0, 0, 0]
    assert reader.bags([[]]).rows.ids.tolist() == []


@pytest.mark.parametrize("of", ["rows", "tokens"])
def test_dropout_of_items_of_several_rows(of):
    """Rows go wherever they occur, n-grams that items share among them; tokens are whole items."""
    torch.manual_seed(1)
    vocabulary = Vectors.random(WORDS, 64, 3, unseen=Subwords(3, 5, 40)).vocabulary
    dropout = nn.Dropout(0.5, of)
    layer = nn.Embedding.from_vocabulary(vocabulary, 64, init="orthogonal", dropout=dropout)
    items = ["king", "kingdom", "kings"] * 20
    found = layer(items) @ layer.weight.T  # how much there is of each row in each item
    whole = layer.eval()(items) @ layer.weight.T
    there = whole > 1e-4
    ratio = (found / whole)[there]
    assert ((ratio < 0.01) | ((ratio - 2).abs() < 0.01)).all()
    assert 0.2 < float((ratio < 1).float().mean()) < 0.8
    kept = (found > 1e-4).float().where(there, torch.nan)
    share = kept.nanmean(0 if of == "rows" else 1)
    assert share[~share.isnan()].unique().tolist() == [0, 1]
