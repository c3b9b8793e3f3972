"""Dropout: what is dropped together, what is kept is scaled, and seeds repeat it."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from rowspace import random  # noqa: E402
from rowspace.errors import SettingError  # noqa: E402
from rowspace.nn.dropout import Dropout, draw_seed, dropout_of  # noqa: E402


@pytest.fixture(autouse=True)
def _seeded():
    torch.manual_seed(11)


@pytest.mark.parametrize("p", [1, 1.0, -0.1, 2, float("nan"), float("inf"), None, True, "0.5"])
def test_a_chance_out_of_range_is_refused(p):
    with pytest.raises(SettingError, match=r"Dropout\.p must be a number from 0"):
        Dropout(p)


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(SettingError, match="did you mean 'tokens'"):
        Dropout(0.1, of="token")
    with pytest.raises(SettingError, match=r"Dropout\.of must be one of elements, features"):
        Dropout(0.1, of=3)


def test_a_bare_number_is_of_elements_and_zero_is_none():
    assert dropout_of(0.25) == Dropout(0.25, of="elements")
    assert dropout_of(Dropout(0.0, of="rows")) is None and dropout_of(None) is None
    with pytest.raises(SettingError, match="dropout must be a Dropout"):
        dropout_of("half")


def test_elements_are_torchs_own():
    vectors = torch.randn(6, 5, 4)
    torch.manual_seed(3)
    ours = Dropout(0.3).thin(vectors)
    torch.manual_seed(3)
    assert torch.equal(ours, torch.nn.functional.dropout(vectors, 0.3))


def test_features_share_a_mask_along_the_length():
    torch.manual_seed(0)
    dropped = Dropout(0.5, of="features").thin(torch.ones(40, 7, 8))
    assert (dropped == dropped[:, :1]).all()
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert len({tuple(row) for row in dropped[:, 0].tolist()}) > 20  # each sample its own


def test_features_of_bags_share_a_mask_across_the_batch():
    torch.manual_seed(0)
    settings = Dropout(0.5, of="features")
    plain, pooled = torch.ones(40, 64), torch.ones(4, 10, 64)
    for dropped in (settings.thin(plain), settings.thin(pooled, pooled=True)):
        flat = dropped.reshape(-1, 64)
        assert (flat == flat[:1]).all() and set(flat.unique().tolist()) == {0.0, 2.0}
    assert settings.thin(torch.ones(64)).shape == (64,)


def test_rows_are_dropped_wherever_they_occur():
    ids = torch.randint(0, 500, (64, 100))
    weights = Dropout(0.25, of="rows").weigh(ids)
    assert weights.dtype == torch.float32 and weights.shape == ids.shape
    kept = {row: set(weights[ids == row].tolist()) for row in ids.unique().tolist()}
    assert all(len(values) == 1 for values in kept.values())
    share = np.mean([values == {0.0} for values in kept.values()])
    assert 0.15 < share < 0.35
    assert weights.unique().tolist() == [0.0, pytest.approx(4 / 3)]


def test_tokens_are_dropped_one_by_one():
    ids = torch.zeros(100, 100, dtype=torch.int64)
    weights = Dropout(0.25, of="tokens").weigh(ids)
    assert float((weights == 0).float().mean()) == pytest.approx(0.25, abs=0.02)
    assert float(weights.mean()) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("of", ["rows", "tokens"])
def test_manual_seed_repeats_the_mask(of):
    ids, settings = torch.arange(1000), Dropout(0.5, of=of)
    torch.manual_seed(7)
    first, second = settings.weigh(ids), settings.weigh(ids)
    assert not torch.equal(first, second)
    torch.manual_seed(7)
    assert torch.equal(settings.weigh(ids), first)


def test_rows_are_a_function_of_seed_and_row_alone():
    seed, ids = torch.tensor(-5), torch.tensor([3, 2**40, 3, 9])
    drawn = random.uniform(-5, random.Stream.DROPOUT, ids.numpy())
    weights = Dropout(0.5, of="rows").weigh(ids, seed=seed)
    assert weights.tolist() == (2.0 * (drawn >= 0.5)).tolist()


def test_a_dropped_row_gets_no_gradient():
    table = torch.randn(50, 3, requires_grad=True)
    ids = torch.randint(0, 50, (400,))
    weights = Dropout(0.5, of="rows").weigh(ids)
    (table[ids] * weights[:, None]).sum().backward()
    dropped = ids[weights == 0].unique()
    assert 10 < len(dropped) < 40
    assert (table.grad[dropped] == 0).all() and (table.grad[ids[weights > 0]] > 0).all()


def test_seeds_fill_64_bits():
    seeds = torch.stack([draw_seed() for _ in range(200)])
    assert (seeds < 0).any() and (seeds > 2**62).any() and len(seeds.unique()) == 200


def test_it_compiles_without_a_break():
    settings = Dropout(0.5, of="rows")
    explained = torch._dynamo.explain(lambda ids: settings.weigh(ids))(torch.arange(8))
    assert explained.graph_break_count == 0
