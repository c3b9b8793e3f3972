"""Dropout by bytes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rowspace.errors import SettingError  # noqa: E402
from rowspace.networks.thinning import Thinning  # noqa: E402


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9])
def test_a_share_is_dropped_and_the_mean_stays(p):
    torch.manual_seed(0)
    thin = Thinning(p)
    found = thin(torch.ones(1000, 501))
    dropped = round(p * 256) / 256
    assert (found == 0).float().mean().item() == pytest.approx(dropped, abs=0.003)
    assert found.max().item() == pytest.approx(1 / (1 - dropped))
    assert found.mean().item() == pytest.approx(1, abs=0.01)


def test_the_gradient_is_dropped_alike():
    values = torch.ones(37, 11, requires_grad=True)
    found = Thinning(0.4)(values)
    found.sum().backward()
    assert torch.equal(values.grad, found.detach())


def test_asked_or_with_nothing_to_drop_it_does_nothing():
    values = torch.randn(5, 3)
    assert Thinning(0.5).eval()(values) is values and Thinning(0.0)(values) is values


def test_the_seed_repeats_it():
    drawn = []
    for _ in range(2):
        torch.manual_seed(5)
        drawn.append(Thinning(0.3)(torch.ones(100)))
    assert torch.equal(*drawn) and Thinning(0.3)(torch.ones(3).bfloat16()).dtype == torch.bfloat16


@pytest.mark.parametrize("p", [-0.1, 1.0, float("nan")])
def test_no_share(p):
    with pytest.raises(SettingError):
        Thinning(p)
