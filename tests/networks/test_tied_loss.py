"""The loss over a tied output is torch's, and so are its gradients."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rowspace import nn  # noqa: E402
from rowspace.networks import tied_loss as module  # noqa: E402
from rowspace.networks.tied_loss import tied_loss  # noqa: E402


def made(states=70, rows=33, dim=8, scale=1.0):
    torch.manual_seed(3)
    embedding = nn.Embedding(rows, dim)
    hidden = torch.randn(states, dim, requires_grad=True)
    return hidden, nn.TiedLinear(embedding, scale=scale), torch.randint(rows, (states,))


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_it_is_torchs_cross_entropy(monkeypatch, smoothing, scale):
    monkeypatch.setattr(module, "AT_ONCE", 16)
    hidden, output, gold = made(scale=scale)
    mine = tied_loss(hidden, output, gold, smoothing)
    (mine * 3).backward()
    found = hidden.grad.clone(), output.weight.grad.clone()
    hidden.grad = output.weight.grad = None
    other = torch.nn.functional.cross_entropy(output(hidden), gold, label_smoothing=smoothing)
    (other * 3).backward()
    assert torch.allclose(mine, other, rtol=1e-5)
    assert torch.allclose(found[0], hidden.grad, atol=1e-6)
    assert torch.allclose(found[1], output.weight.grad, atol=1e-6)


def test_in_halves_it_is_near_and_its_sum_is_whole():
    hidden, output, gold = made(states=900)
    whole = tied_loss(hidden, output, gold, 0.1)
    with torch.autocast("cpu", torch.bfloat16):
        halves = tied_loss(hidden, output, gold, 0.1)
    assert halves.dtype == torch.float32 and halves.item() == pytest.approx(whole.item(), rel=0.005)
    halves.backward()
    assert hidden.grad.dtype == torch.float32 and torch.isfinite(hidden.grad).all()


def test_without_gradients_and_without_states():
    hidden, output, gold = made()
    with torch.no_grad():
        assert tied_loss(hidden, output, gold).requires_grad is False
    assert tied_loss(hidden[:0], output, gold[:0], 0.1).item() == 0


def test_what_is_not_finite_is_seen():
    hidden, output, gold = made()
    with torch.no_grad():
        output.weight[4, 2] = torch.nan
    assert not torch.isfinite(tied_loss(hidden, output, gold, 0.1))
