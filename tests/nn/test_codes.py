"""Rows as int8 codes: near the numbers they stand for, and pooled as those would be."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from torch.nn import functional  # noqa: E402

from rowspace.errors import InputError  # noqa: E402
from rowspace.nn import codes as module  # noqa: E402
from rowspace.nn.codes import Codes, bags_of_rows, decoded, empty_codes, encoded, rows_of  # noqa: E402
from rowspace.nn.request import Bags  # noqa: E402


def table(rows=60, dim=24):
    torch.manual_seed(0)
    return torch.randn(rows, dim) * torch.logspace(-3, 3, rows).unsqueeze(1)


def test_codes_are_within_half_a_step_of_the_numbers():
    weight = table()
    made = encoded(weight)
    assert made.codes.dtype == torch.int8 and made.scales.dtype == torch.float32
    assert torch.allclose(made.scales, weight.abs().amax(1) / 127)
    steps = (decoded(made) - weight).abs() / made.scales.unsqueeze(1)
    assert float(steps.max()) <= 0.5001
    assert made.codes.abs().amax(1).unique().tolist() == [127]
    assert float(functional.cosine_similarity(decoded(made), weight).min()) > 0.999


def test_what_has_no_codes():
    weight = table()
    weight[3], weight[4] = 0, 1e-44  # a scale of this would be no float32 number one can divide by
    made = encoded(weight)
    assert not decoded(made)[3:5].any() and not made.scales[3:5].any()
    for value in (float("nan"), float("inf"), float("-inf")):
        weight[7, 2] = value
        with pytest.raises(InputError, match=f"row 7 of the table holds {value}, which no code"):
            encoded(weight)


def test_blocks_do_not_show(monkeypatch):
    whole = encoded(table())
    monkeypatch.setattr(module, "BLOCK", 100)
    blocks = encoded(table())
    assert torch.equal(whole.codes, blocks.codes) and torch.equal(whole.scales, blocks.scales)
    weight = table()
    weight[31, 0] = torch.nan
    with pytest.raises(InputError, match="row 31 of"):
        encoded(weight)


def test_norms_and_factors_are_worked_in():
    weight = table()
    made = decoded(encoded(weight, max_norm=1.0, factor=3.0))
    wanted = 3 * weight.renorm(2, 0, 1.0)
    assert torch.allclose(made, wanted, atol=0.02)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_numbers_may_be_encoded(dtype):
    weight = table().clamp(-1000, 1000).to(dtype)
    assert torch.allclose(decoded(encoded(weight)), weight.float(), atol=0, rtol=1, equal_nan=False)
    assert (
        float(functional.cosine_similarity(decoded(encoded(weight)), weight.float()).min()) > 0.999
    )


def test_rows_are_looked_up():
    made = encoded(table())
    ids = torch.tensor([[3, 59], [0, 3]])
    assert torch.allclose(rows_of(made, ids), decoded(made)[ids], rtol=1e-6)
    assert rows_of(made, torch.zeros(0, dtype=torch.int64)).shape == (0, 24)
    assert rows_of(made, torch.tensor(5)).shape == (24,)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding", [None, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_bags_are_pooled_as_the_rows_would_be(mode, padding, weighted):
    if weighted and mode == "max":
        pytest.skip("a maximum takes no weights")
    made = encoded(table())
    ids = torch.randint(0, 60, (200,))
    ids[::7] = 5
    offsets = torch.tensor([0, 3, 3, 50, 120, 121, 200])
    ids[120] = 5
    weights = torch.rand(200) if weighted else None
    ours = bags_of_rows(made, Bags(ids, offsets, weights, mode), padding)
    wanted = np.zeros((6, 24), np.float32)
    rows = decoded(made).numpy()
    for bag in range(6):
        places = [i for i in range(offsets[bag], offsets[bag + 1]) if int(ids[i]) != padding]
        if places:
            some = rows[ids[places].numpy()]
            share = weights[places].numpy() if weighted else np.ones(len(places), np.float32)
            total = (some * share[:, None]).sum(0)
            wanted[bag] = (
                some.max(0) if mode == "max" else total / (share.sum() if mode == "mean" else 1)
            )
    assert np.allclose(ours.numpy(), wanted, rtol=1e-4, atol=1e-3)
    by_torch = module._by_torch(made, Bags(ids, offsets, weights, mode), padding)
    assert np.allclose(by_torch.numpy(), wanted, rtol=1e-4, atol=1e-3)


def test_memory_is_a_quarter():
    made = empty_codes(1000, 30)
    assert made.codes.shape == (1000, 30) and made.codes.is_contiguous() and not made.codes.any()
    assert made.codes.numel() + 4 * made.scales.numel() == 1000 * 34
    assert isinstance(empty_codes(0, 5), Codes) and empty_codes(3, 5, "meta").codes.is_meta
