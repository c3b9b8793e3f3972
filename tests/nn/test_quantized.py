"""Layers of int8 codes: the float layer's answers, nearly, in a quarter of the memory."""

from __future__ import annotations

import copy
import gzip
import io
import os
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from torch.nn import functional  # noqa: E402

from rowspace import Exact, Hashed, Ragged, Subwords, Vectors, Vocabulary, nn  # noqa: E402
from rowspace.errors import InputError, SettingError, VocabularyError  # noqa: E402
from rowspace.vectors.keys import IdRangeError, IdTypeError  # noqa: E402

R, D = 50, 24
WORDS = ["<pad>", "<unk>", "king", "queen", "kingdom", "zebra"]


def near(found, wanted, least=0.999):
    found, wanted = found.float().reshape(-1, D), wanted.detach().float().reshape(-1, D)
    there = wanted.abs().sum(1) > 0
    assert not found[~there].any()
    assert float(functional.cosine_similarity(found[there], wanted[there]).min()) > least


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(0)


@pytest.mark.parametrize("kind", [nn.Embedding, torch.nn.Embedding])
def test_look_up_is_nearly_that_of_the_float_layer(kind):
    layer = kind(R, D, padding_idx=3)
    small = nn.QuantizedEmbedding.from_float(layer)
    ids = torch.tensor([[0, 3, 49], [7, 7, 1]])
    near(small(ids), layer(ids))
    assert small(ids).dtype == torch.float32 and not small(ids).requires_grad
    assert torch.equal(small(ids.int()), small(ids.numpy())) and small(ids.tolist()).shape == (
        2,
        3,
        D,
    )
    assert not small(torch.tensor(3)).any() and list(small.parameters()) == []
    near(small.dequantized(), layer.weight)


@pytest.mark.parametrize("kind", [nn.EmbeddingBag, torch.nn.EmbeddingBag])
@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("last", [False, True])
def test_pooling_is_nearly_that_of_the_float_layer(kind, mode, last):
    layer = kind(R, D, mode=mode, padding_idx=3, include_last_offset=last)
    small = nn.QuantizedEmbeddingBag.from_float(layer)
    near(small(torch.arange(12).view(3, 4)), layer(torch.arange(12).view(3, 4)))
    ids, offsets = torch.arange(12), torch.tensor([0, 3, 3, 4, *([12] if last else [])])
    near(small(ids, offsets), layer(ids, offsets))
    assert not small(ids, offsets)[1].any()
    if mode == "sum":
        weights = torch.rand(12, requires_grad=True)
        near(small(ids, offsets, weights), layer(ids, offsets, per_sample_weights=weights))


def test_bags_come_as_they_come_to_the_float_layer():
    layer = nn.EmbeddingBag(R, D)
    small = nn.QuantizedEmbeddingBag.from_float(layer)
    for bags in ([[1, 2], [], [3]], Ragged.of([[1, 2], [], [3]]), np.arange(6).reshape(2, 3)):
        near(small(bags), layer(bags))
    weights = torch.tensor([0.5, 2.0])
    near(small([[4, 5]], None, weights), layer([[4, 5]], None, weights))


@pytest.mark.parametrize("policy", [Exact("<unk>"), Subwords(3, 5, 40), Hashed(40)])
def test_items_are_read_as_the_float_layer_reads_them(policy):
    vectors = Vectors.random(WORDS, D, 3, unseen=policy)
    layer = nn.Embedding.from_vectors(vectors)
    small = nn.QuantizedEmbedding.from_float(layer)
    near(
        small([["king", "kings"], ["zebra", "queen"]]),
        layer([["king", "kings"], ["zebra", "queen"]]),
    )
    bag = nn.EmbeddingBag.from_vectors(vectors)
    bags = [["king", "unheard"], [], ["zebra"]]
    near(nn.QuantizedEmbeddingBag.from_float(bag)(bags), bag(bags), 0.998)


def test_errors_are_those_of_the_float_layer():
    small = nn.QuantizedEmbedding.from_float(nn.Embedding(R, D))
    with pytest.raises(
        IdRangeError, match=r"id 50 at position \(1, 0\) is outside the table of 50"
    ):
        small(torch.tensor([[1, 2], [50, 3]]))
    with pytest.raises(IdRangeError, match="id -1"):
        small([-1])
    with pytest.raises(IdTypeError, match="not an id"):
        small(torch.tensor([1.5]))
    with pytest.raises(SettingError, match="without a vocabulary"):
        small("king")
    bag = nn.QuantizedEmbeddingBag.from_float(nn.EmbeddingBag(R, D, mode="max"))
    with pytest.raises(SettingError, match="no meaning for mode='max'"):
        bag(torch.tensor([[1]]), None, torch.ones(1, 1))
    words = nn.Embedding.from_vocabulary(Vocabulary.of(WORDS), D)
    with pytest.raises(VocabularyError, match="'kin' is not in"):
        nn.QuantizedEmbedding.from_float(words)("kin")
    layer = nn.Embedding(R, D)
    layer.weight.data[9, 1] = float("nan")
    with pytest.raises(InputError, match="row 9 of the table holds nan"):
        nn.QuantizedEmbedding.from_float(layer)


def test_what_cannot_be_is_refused():
    with pytest.raises(SettingError, match="dtype must be a type of floats"):
        nn.QuantizedEmbedding(3, 4, dtype=torch.int8)
    with pytest.raises(SettingError, match="num_embeddings must be a whole number"):
        nn.QuantizedEmbedding(-1, 4)
    with pytest.raises(SettingError, match="padding_idx must be below 3"):
        nn.QuantizedEmbedding(3, 4, padding_idx=3)
    with pytest.raises(SettingError, match="mode must be 'sum'"):
        nn.QuantizedEmbeddingBag(3, 4, "avg")
    assert nn.QuantizedEmbedding(3, 4, padding_idx=-1).padding_idx == 2


def test_state_comes_back():
    vocabulary = Vocabulary.of(WORDS, unseen=Exact("<unk>"))
    layer = nn.EmbeddingBag.from_vocabulary(vocabulary, D, padding_idx="<pad>")
    small = nn.QuantizedEmbeddingBag.from_float(layer)
    file = io.BytesIO()
    torch.save(small.state_dict(), file)
    file.seek(0)
    again = nn.QuantizedEmbeddingBag(len(WORDS), D, padding_idx=0)
    again.load_state_dict(torch.load(file, weights_only=True))
    bags = [["king", "<pad>"], ["nobody"]]
    assert torch.equal(again(bags), small(bags))
    other = copy.deepcopy(small)
    other.codes.zero_()
    assert small(bags).any() and not other(bags).any()


def test_types_change_what_comes_out_and_nothing_else():
    small = nn.QuantizedEmbedding.from_float(nn.Embedding(R, D), dtype=torch.bfloat16)
    assert small(torch.tensor([1])).dtype == torch.bfloat16
    model = torch.nn.Sequential(small).half()
    assert model(torch.tensor([1])).dtype == torch.float16
    assert small.scales.dtype == torch.float32 and small.codes.dtype == torch.int8
    near(small(torch.arange(R)), small.dequantized())
    assert "50, 24" in repr(small)


def test_settings_of_the_float_layer_are_worked_in():
    layer = nn.Embedding(R, D, scale="sqrt-dim", dropout=0.5).eval()
    near(nn.QuantizedEmbedding.from_float(layer)(torch.arange(R)), layer(torch.arange(R)))
    found = nn.QuantizedEmbedding.from_float(layer)(torch.arange(R))
    assert torch.allclose(found.norm(dim=1), layer(torch.arange(R)).norm(dim=1), rtol=0.01)
    theirs = torch.nn.Embedding(R, D, max_norm=1.0)
    found = nn.QuantizedEmbedding.from_float(theirs)(torch.arange(R))
    assert torch.allclose(found, theirs(torch.arange(R)), atol=0.01)


def test_memory_is_a_quarter():
    small = nn.QuantizedEmbedding.from_float(nn.Embedding(1000, 64))
    held = sum(buffer.numel() * buffer.element_size() for buffer in small.buffers())
    assert held == 1000 * (64 + 4)


def test_a_layer_says_so_itself():
    assert isinstance(nn.Embedding(R, D).quantized(), nn.QuantizedEmbedding)
    bag = nn.EmbeddingBag(R, D, mode="sum").quantized(dtype=torch.float16)
    assert isinstance(bag, nn.QuantizedEmbeddingBag) and bag.mode == "sum"
    assert bag(torch.tensor([[1, 2]])).dtype == torch.float16


def test_real_vectors():
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("ROWSPACE_DATA", root / ".." / "shared" / "data"))
    path = folder / "pretrained" / "glove.twitter.25d.top11925.txt.gz"
    if not path.is_file():
        pytest.skip(f"no vectors at {path}; set ROWSPACE_DATA")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = np.array([line.split()[-25:] for line in lines if line.count(" ") >= 25], np.float32)
    layer = nn.Embedding.from_pretrained(torch.from_numpy(rows))
    small = nn.QuantizedEmbedding.from_float(layer)
    ids = torch.arange(len(rows))
    cosines = functional.cosine_similarity(small(ids), layer(ids))
    assert len(rows) > 11_000 and float(cosines.min()) > 0.999
