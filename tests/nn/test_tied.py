"""Tied weights: one table, torch's own numbers step by step, and a padding row that stays."""

from __future__ import annotations

import copy

import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from torch.nn import functional  # noqa: E402

from rowspace import nn  # noqa: E402
from rowspace.errors import InputError, SettingError  # noqa: E402
from rowspace.nn.grow import add_rows  # noqa: E402
from rowspace.nn.tied import TiedLinear  # noqa: E402

R, D = 20, 6


def layer(padding_idx=None):
    torch.manual_seed(0)
    return nn.Embedding(R, D, padding_idx=padding_idx)


class Model(torch.nn.Module):
    def __init__(self, embedding, **settings):
        super().__init__()
        self.embedding = embedding
        self.body = torch.nn.Linear(D, D)
        self.head = TiedLinear(embedding, **settings)

    def forward(self, ids):
        return self.head(torch.tanh(self.body(self.embedding(ids))))


def batches(n):
    draw = torch.Generator().manual_seed(1)
    return [torch.randint(0, R, (7, 3), generator=draw) for _ in range(n)]


def loss_of(model, ids):
    return functional.cross_entropy(model(ids).flatten(0, -2), ids.roll(1).flatten())


def test_logits_are_those_of_the_weight():
    embedding, hidden = layer(), torch.randn(4, 5, D)
    assert torch.equal(TiedLinear(embedding)(hidden), hidden @ embedding.weight.T)
    scaled = TiedLinear(embedding, scale="inverse-sqrt-dim")(hidden)
    assert torch.allclose(scaled, hidden @ embedding.weight.T / D**0.5, atol=1e-6)
    head = TiedLinear(embedding, bias=True, scale=2)
    head.bias.data.normal_()
    assert torch.allclose(head(hidden), 2 * hidden @ embedding.weight.T + head.bias, atol=1e-5)


def test_the_weight_is_neither_copied_nor_counted_nor_saved_twice():
    model = Model(layer())
    assert model.head.weight is model.embedding.weight
    assert sum(p.numel() for p in model.parameters()) == R * D + D * D + D
    assert list(model.state_dict()) == ["embedding.weight", "body.weight", "body.bias"]
    other = copy.deepcopy(model)
    assert other.head.weight is other.embedding.weight is not model.embedding.weight
    assert other.double().head.weight.dtype == torch.float64


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_training_is_torchs_step_by_step(momentum):
    ours = Model(layer(), bias=True)
    theirs = Model(torch.nn.Embedding(R, D), bias=True)
    theirs.load_state_dict(ours.state_dict())
    theirs.forward = lambda ids: functional.linear(
        torch.tanh(theirs.body(theirs.embedding(ids))), theirs.embedding.weight, theirs.head.bias
    )
    steps = [torch.optim.SGD(m.parameters(), lr=0.5, momentum=momentum) for m in (ours, theirs)]
    for ids in batches(5):
        for model, step in zip((ours, theirs), steps, strict=True):
            step.zero_grad()
            loss_of(model, ids).backward()
            step.step()
        for name, value in theirs.state_dict().items():
            assert torch.allclose(ours.state_dict()[name], value, atol=1e-6), name


def test_a_masked_padding_row_is_never_chosen_and_gets_no_gradient():
    embedding = layer(padding_idx=3)
    head = TiedLinear(embedding, mask_padding=True)
    logits = head(torch.randn(5, D))
    assert (logits[:, 3] == -torch.inf).all() and logits[:, :3].isfinite().all()
    functional.cross_entropy(logits, torch.tensor([0, 1, 2, 4, 5])).backward()
    grad = embedding.weight.grad.to_dense()
    assert not grad[3].any() and grad[[0, 1, 2, 4]].any(1).all()


OPTIMIZERS = ["SGD", "Adagrad", "RowWiseAdagrad", "Adam", "AdamW"]


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("mask_padding", [False, True])
def test_the_padding_row_stays_where_it_is(name, mask_padding):
    model = Model(layer(padding_idx=3), mask_padding=mask_padding)
    before = model.embedding.weight.detach().clone()
    step = getattr(nn, name)(model.parameters(), lr=0.1, weight_decay=0.1)
    for ids in batches(3):
        step.zero_grad()
        targets = torch.where(ids == 3, 4, ids).flatten()
        functional.cross_entropy(model(ids).flatten(0, -2), targets).backward()
        step.step()
    after = model.embedding.weight.detach()
    assert torch.equal(after[3], before[3]) and not after[3].any()
    assert (after != before).any(1).sum() == R - 1


def test_it_grows_with_the_embedding():
    model = Model(layer(), bias=True)
    loss = loss_of(model, batches(1)[0])  # a graph of the old shape
    add_rows(model.embedding, 2)
    assert model.head(torch.randn(3, D)).shape == (3, R + 2) and len(model.head.bias) == R + 2
    assert model.head.out_features == R + 2 and not model.head.bias[R:].any()
    step = torch.optim.SGD(model.parameters(), lr=1.0)
    loss_of(model, torch.tensor([[R, R + 1]])).backward()
    step.step()
    assert model.head.bias[R:].all() and loss.isfinite()


def test_what_does_not_fit_is_refused():
    with pytest.raises(SettingError, match="needs a layer with a weight"):
        TiedLinear(torch.nn.ReLU())
    with pytest.raises(SettingError, match="mask_padding must be False where"):
        TiedLinear(layer(), mask_padding=True)
    for scale in ("sqrt", float("nan"), True):
        with pytest.raises(SettingError, match="scale must be a number"):
            TiedLinear(layer(), scale=scale)
    with pytest.raises(InputError, match=r"states of 6 numbers, not of shape \(2, 5\)") as caught:
        TiedLinear(layer())(torch.randn(2, 5))
    assert "torch.nn.Linear(n, 6)" in caught.value.hint
