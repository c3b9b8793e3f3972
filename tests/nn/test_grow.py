"""Rows added to a trained layer: what was learnt stays, and training goes on."""

from __future__ import annotations

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from rowspace import Exact, Hashed, Quotient, Subwords, Vectors, Vocabulary, nn  # noqa: E402
from rowspace.errors import InputError, SettingError  # noqa: E402
from rowspace.nn.grow import add_items, add_rows, grown_vocabulary, inserted  # noqa: E402
from rowspace.nn.tied import TiedLinear  # noqa: E402
from rowspace.vocabulary.ngrams import BucketGrams  # noqa: E402

R, D = 12, 4
WORDS = ["<unk>", "king", "queen", "kingdom", "zebra"]


def layer(**settings):
    torch.manual_seed(0)
    return torch.nn.Embedding(R, D, **settings)


def trained(embedding, optimizer, ids):
    optimizer.zero_grad()
    embedding(torch.tensor(ids)).square().sum().backward()
    optimizer.step()


def test_rows_come_at_the_end_and_the_parameter_stays():
    embedding = layer(padding_idx=2)
    weight, before = embedding.weight, embedding.weight.detach().clone()
    assert add_rows(embedding, 3) == range(R, R + 3)
    assert embedding.weight is weight and weight.shape == (R + 3, D) and weight.requires_grad
    assert embedding.num_embeddings == R + 3 and embedding.padding_idx == 2
    assert torch.equal(weight[:R], before)
    others = torch.cat([before[:2], before[3:]])
    assert torch.allclose(weight[R:], others.mean(0).expand(3, D))


def test_rows_may_come_in_between():
    embedding = layer(padding_idx=5)
    before = embedding.weight.detach().clone()
    assert add_rows(embedding, 2, at=4, init="ones") == range(4, 6)
    assert torch.equal(embedding.weight, torch.cat([before[:4], torch.ones(2, D), before[4:]]))
    assert embedding.padding_idx == 7 and not embedding.weight[7].any()


@pytest.mark.parametrize("made", [np.arange(8.0).reshape(2, D), torch.arange(8).reshape(2, D)])
def test_rows_may_be_given(made):
    embedding = layer(dtype=torch.bfloat16)
    add_rows(embedding, 2, init=made)
    assert embedding.weight.dtype == torch.bfloat16
    assert embedding.weight[R:].flatten().tolist() == list(range(8))


def test_rows_may_be_drawn_by_name_or_like_the_old_ones():
    embedding = torch.nn.Embedding(2000, 3)
    spread = torch.tensor([[2.0, 0, 0], [1, 1, 0], [0, 0, 0.1]])
    embedding.weight.data = torch.randn(2000, 3) @ spread + 5
    before = embedding.weight.detach().clone()
    add_rows(
        embedding, 4000, init="mean-and-covariance", generator=torch.Generator().manual_seed(1)
    )
    fresh = embedding.weight.detach()[2000:]
    assert torch.allclose(fresh.mean(0), before.mean(0), atol=0.15)
    assert torch.allclose(torch.cov(fresh.T), torch.cov(before.T), atol=0.3)
    add_rows(embedding, 1000, init="scaled-normal")
    assert float(embedding.weight[6000:].detach().std()) == pytest.approx(3**-0.5, rel=0.1)


def test_new_rows_keep_within_max_norm():
    embedding = layer(max_norm=0.5)
    add_rows(embedding, 3, init=np.full((3, D), 7.0))
    assert torch.allclose(embedding.weight[R:].norm(dim=1), torch.tensor(0.5), atol=1e-4)


TORCHS = {
    "SGD": {"momentum": 0.9},
    "Adam": {"amsgrad": True},
    "AdamW": {"weight_decay": 0},
    "Adagrad": {"initial_accumulator_value": 0.3},
    "RMSprop": {"momentum": 0.5},
}


@pytest.mark.parametrize("name", TORCHS)
@pytest.mark.parametrize("at", [R, 4])
def test_torchs_optimizers_go_on(name, at):
    """A grown layer trains as one that had the rows from the start and never looked at them."""
    embedding = layer()
    kind, settings = getattr(torch.optim, name), {"lr": 0.1, **TORCHS[name]}
    optimizer = kind(embedding.parameters(), **settings)
    whole = torch.nn.Embedding(R + 2, D)
    whole.weight.data = inserted(embedding.weight.detach(), at, torch.ones(2, D))
    other = kind(whole.parameters(), **settings)
    places = [i for i in range(R + 2) if not at <= i < at + 2]
    for _ in range(3):
        trained(embedding, optimizer, [0, 3, 5, 5, 11])
        trained(whole, other, [places[i] for i in (0, 3, 5, 5, 11)])
    add_rows(embedding, 2, at=at, init="ones", optimizer=optimizer)
    for _ in range(3):
        for one, step in ((embedding, optimizer), (whole, other)):
            trained(one, step, [places[0], places[5], at, at + 1])
    assert torch.allclose(embedding.weight, whole.weight, atol=1e-6)


@pytest.mark.parametrize("at", [R, 4])
def test_sparse_state_goes_on(at):
    embedding = layer(sparse=True)
    optimizer = torch.optim.SparseAdam(embedding.parameters(), lr=0.1)
    trained(embedding, optimizer, [0, 3, 5])
    add_rows(embedding, 2, at=at, optimizer=[optimizer])
    trained(embedding, optimizer, [0, at, R + 1])
    assert optimizer.state[embedding.weight]["exp_avg"].shape == (R + 2, D)
    kept = torch.sparse_coo_tensor([[3, 8]], torch.ones(2, D), (R, D), check_invariants=True)
    more = inserted(kept, 4, torch.zeros(2, D))
    assert more.shape == (R + 2, D) and more.coalesce().indices().tolist() == [[3, 10]]


def test_a_graph_that_is_still_about_is_no_hindrance():
    embedding = layer()
    kept = embedding(torch.tensor([0])).sum()
    embedding(torch.tensor([1])).sum().backward()
    add_rows(embedding, 2)
    assert embedding.weight.grad is None and kept.requires_grad
    embedding(torch.tensor([R + 1])).sum().backward()
    assert embedding.weight.grad.shape == (R + 2, D)


def test_masks_of_rows_and_a_tied_bias_grow_in_the_same_place():
    embedding = layer()
    embedding.register_buffer("mask", torch.ones(R, dtype=torch.uint8))
    embedding.register_buffer("other", torch.ones(R - 1))
    head = TiedLinear(embedding, bias=True)
    head.bias.data = torch.arange(float(R))
    optimizer = torch.optim.Adam([*embedding.parameters(), head.bias])
    head(torch.randn(2, D)).sum().backward()
    optimizer.step()
    add_rows(embedding, 2, at=1, tied=head, optimizer=optimizer)
    assert embedding.mask.tolist() == [1, 0, 0] + [1] * (R - 1) and len(embedding.other) == R - 1
    assert not head.bias[1:3].any() and head.bias[3] > 0.9
    assert optimizer.state[head.bias]["exp_avg"].shape == (R + 2,)
    head(torch.randn(2, D)).sum().backward()
    optimizer.step()


def test_what_cannot_be_is_refused():
    for n in (-1, 2.0, True, None):
        with pytest.raises(SettingError, match="n must be a whole number from 0"):
            add_rows(layer(), n)
    with pytest.raises(SettingError, match="at must be a row from 0 to 12, not 13"):
        add_rows(layer(), 1, at=13)
    with pytest.raises(InputError, match=r"new rows must be \[2, 4\], not \[4, 2\]"):
        add_rows(layer(), 2, init=torch.zeros(4, 2))
    with pytest.raises(SettingError, match="init must be rows or one of mean, mean-and-covariance"):
        add_rows(layer(), 2, init="magic")
    with pytest.raises(SettingError, match="embedding layer of floats"):
        add_rows(torch.nn.ReLU(), 2)
    with pytest.raises(SettingError, match="a layer that has a vocabulary"):
        add_items(layer(), ["a"])
    embedding = layer()
    before = copy.deepcopy(embedding.state_dict())
    assert add_rows(embedding, 0) == range(R, R)
    assert torch.equal(embedding.weight, before["weight"])


POLICIES = [Exact("<unk>"), Subwords(3, 5, 40), BucketGrams(32), Hashed(30, 2), Quotient(4)]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda one: one.name)
def test_items_are_added_and_old_ones_keep_id_and_vector(policy):
    vectors = Vectors.random(WORDS, D, 3, unseen=policy)
    embedding = torch.nn.Embedding.from_pretrained(torch.from_numpy(vectors.rows.copy()))
    embedding.vocabulary = vectors.vocabulary
    ids = add_items(embedding, ["prince", "king", b"prince", "tsar"])
    grown = embedding.vocabulary
    assert ids.tolist() == [5, 1, 5, 6] and list(grown) == [*WORDS, "prince", "tsar"]
    assert embedding.num_embeddings == grown.n_rows == len(embedding.weight)
    after = Vectors(grown, embedding.weight.detach().numpy())
    assert np.allclose(after[WORDS], vectors[WORDS], atol=1e-7)
    if policy.name == "subwords":  # an unseen item's n-grams are what they were
        assert np.allclose(after["queens"], vectors["queens"], atol=1e-7)
    assert after[["prince", "tsar"]].any(1).all()
    assert np.array_equal(grown.counts, np.zeros(7))


def test_a_policy_that_would_move_old_rows_is_refused():
    vocabulary = Vocabulary.of([f"w{i}" for i in range(9)], unseen=Quotient())
    with pytest.raises(InputError, match="would take the rows of old ones") as caught:
        grown_vocabulary(vocabulary, [b"new"])
    assert "Quotient(buckets=)" in caught.value.hint


def test_a_layer_of_ours_grows_with_its_vocabulary():
    vocabulary = Vocabulary.of(WORDS, unseen=Exact("<unk>"))
    embedding = nn.Embedding(len(WORDS), D, vocabulary=vocabulary, frozen=["king"])
    before = embedding(["king", "prince"]).detach()
    assert torch.equal(before[1], embedding("<unk>"))
    assert embedding.add_items(["prince"]).tolist() == [5]
    after = embedding(["king", "prince"])
    assert torch.equal(after[0], before[0]) and torch.equal(after[1], embedding.weight[5])
    after.sum().backward()
    grad = embedding.weight.grad.to_dense()
    assert grad.shape == (6, D) and not grad[1].any() and grad[5].all()
    assert embedding.add_rows(2) == range(6, 8) and embedding.num_embeddings == 8
    assert embedding(torch.tensor([7])).shape == (1, D)


OPTIMIZERS = ["SGD", "Adagrad", "RowWiseAdagrad", "Adam", "AdamW"]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("at", [R, 4])
def test_our_optimizers_go_on(name, at):
    kind = getattr(nn, name)
    settings = {"lr": 0.1, "weight_decay": 0} | ({"momentum": 0.9} if name == "SGD" else {})
    embedding, whole = nn.Embedding(R, D), nn.Embedding(R + 2, D)
    whole.weight.data.copy_(inserted(embedding.weight.detach(), at, torch.ones(2, D)))
    optimizer, other = (kind(one.parameters(), **settings) for one in (embedding, whole))
    places = [i for i in range(R + 2) if not at <= i < at + 2]
    for _ in range(3):
        trained(embedding, optimizer, [0, 3, 5, 5, 11])
        trained(whole, other, [places[i] for i in (0, 3, 5, 5, 11)])
    given = () if at == R else optimizer  # rows at the end are seen without being told
    add_rows(embedding, 2, at=at, init="ones", optimizer=given)
    for _ in range(3):
        for one, step in ((embedding, optimizer), (whole, other)):
            trained(one, step, [places[0], places[5], at, at + 1])
    assert torch.allclose(embedding.weight, whole.weight, atol=1e-6)


@pytest.mark.parametrize("told", [False, True])
def test_a_new_row_owes_nothing_for_the_steps_before_it(told):
    embedding = nn.Embedding(R, D)
    settings = {"lr": 0.1, "weight_decay": 0.5, "untouched": "catch-up"}
    optimizer = nn.AdamW(embedding.parameters(), **settings)
    for _ in range(20):
        trained(embedding, optimizer, [0, 3])
    add_rows(embedding, 1, init="ones", optimizer=optimizer if told else ())
    trained(embedding, optimizer, [R])
    # Shrunk once, then moved by Adam's step 21 from nothing.
    moved = 0.1 * (0.1 / (1 - 0.9**21)) / (0.001 / (1 - 0.999**21)) ** 0.5
    assert torch.allclose(embedding.weight[R], torch.full((D,), 0.95 - moved), atol=1e-5)


def test_one_number_a_step_is_no_number_a_row():
    def started(rows):
        embedding = nn.Embedding(rows, D)
        optimizer = nn.AdamW(embedding.parameters(), untouched="catch-up")
        for _ in range(3):
            trained(embedding, optimizer, [0])
        return embedding, optimizer, optimizer.state[embedding.weight]["shrunk"]

    steps = len(started(4)[2])
    embedding, optimizer, kept = started(steps)
    add_rows(embedding, 2, at=1, optimizer=optimizer)
    state = optimizer.state[embedding.weight]
    assert state["shrunk"] is kept and len(kept) == steps
    assert state["clock"][:4].tolist() == [3, 3, 3, 0] and len(state["clock"]) == steps + 2
