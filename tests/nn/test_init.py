"""Initialisations by name: torch's own numbers, the spread they promise, the padding row zero."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="needs the torch extra")

from rowspace.errors import InputError, SettingError  # noqa: E402
from rowspace.nn.init import NAMES, initialise  # noqa: E402

R, D = 3000, 16
DEVIATIONS = {
    "normal": 1,
    "uniform": 0.05 / math.sqrt(3),
    "word2vec": 0.5 / D / math.sqrt(3),
    "xavier-uniform": math.sqrt(2 / (R + D)),
    "xavier-normal": math.sqrt(2 / (R + D)),
    "kaiming-uniform": math.sqrt(2 / D),
    "kaiming-normal": math.sqrt(2 / D),
    "truncated-normal": 0.02 * 0.8796,  # of a normal cut at two deviations
    "scaled-normal": 1 / math.sqrt(D),
    "orthogonal": 1 / math.sqrt(R),
}


@pytest.mark.parametrize("name", DEVIATIONS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
def test_the_spread_is_the_one_named(name, dtype):
    torch.manual_seed(1)
    weight = torch.full((R, D), math.nan, dtype=dtype)
    initialise(weight, name)
    assert float(weight.double().std()) == pytest.approx(DEVIATIONS[name], rel=0.03)
    assert abs(float(weight.double().mean())) < 0.03 * DEVIATIONS[name]


def test_the_names_are_all_tried():
    assert set(NAMES) == {*DEVIATIONS, "zeros", "ones"}


@pytest.mark.parametrize("name", NAMES)
def test_the_padding_row_is_zero(name):
    weight = torch.full((40, 8), math.nan)
    initialise(weight, name, padding_idx=7)
    assert (weight[7] == 0).all() and weight.isfinite().all()
    others = torch.cat([weight[:7], weight[8:]])
    assert (
        (others == {"zeros": 0, "ones": 1}[name]).all()
        if name in ("zeros", "ones")
        else (others.abs().sum(1) > 0).all()
    )


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("normal", torch.nn.init.normal_),
        ("uniform", lambda w: torch.nn.init.uniform_(w, -0.05, 0.05)),
        ("xavier-uniform", torch.nn.init.xavier_uniform_),
        ("xavier-normal", torch.nn.init.xavier_normal_),
        ("kaiming-uniform", torch.nn.init.kaiming_uniform_),
        ("kaiming-normal", torch.nn.init.kaiming_normal_),
        ("truncated-normal", lambda w: torch.nn.init.trunc_normal_(w, 0, 0.02, -0.04, 0.04)),
    ],
)
def test_the_numbers_are_torchs(name, theirs):
    ours, other = torch.empty(50, 12), torch.empty(50, 12)
    torch.manual_seed(5)
    initialise(ours, name)
    torch.manual_seed(5)
    theirs(other)
    assert torch.equal(ours, other)


@pytest.mark.parametrize("shape", [(500, 20), (25, 20), (20, 20), (7, 20)])
def test_orthogonal_is_torchs_too(shape):
    ours, other = torch.empty(shape), torch.empty(shape)
    torch.manual_seed(5)
    initialise(ours, "orthogonal")
    torch.manual_seed(5)
    torch.nn.init.orthogonal_(other)
    assert torch.allclose(ours, other, atol=1e-5)
    small = ours.T @ ours if shape[0] >= shape[1] else ours @ ours.T
    assert torch.allclose(small, torch.eye(len(small)), atol=1e-6)


def test_blocks_do_not_show(monkeypatch):
    from rowspace.nn import init

    found = []
    for block in (1 << 22, 64):
        monkeypatch.setattr(init, "BLOCK", block)
        weight = torch.empty(60, 16)
        torch.manual_seed(2)
        initialise(weight, "orthogonal")
        found.append(weight)
    assert torch.allclose(*found, atol=1e-6)
    half = torch.full((60, 16), math.nan, dtype=torch.bfloat16)
    initialise(half, "uniform")  # in blocks of four rows
    assert half.isfinite().all() and len(half.unique()) > 300


def test_halves_are_drawn_in_float32():
    ours, whole = torch.empty(30, 4, dtype=torch.float16), torch.empty(30, 4)
    torch.manual_seed(3)
    initialise(ours, "normal")
    torch.manual_seed(3)
    whole.normal_()
    assert torch.equal(ours, whole.half())


def test_a_generator_is_used_and_a_part_knows_its_table():
    draw = torch.Generator().manual_seed(4)
    first, again = torch.empty(5, 3), torch.empty(5, 3)
    initialise(first, "xavier-normal", generator=draw, rows=1000)
    draw.manual_seed(4)
    again.normal_(0, math.sqrt(2 / 1003), generator=draw)
    assert torch.equal(first, again)


def test_a_parameter_is_filled_without_a_gradient():
    weight = torch.nn.Parameter(torch.empty(4, 3))
    initialise(weight, "ones", padding_idx=0)
    assert weight.tolist() == [[0] * 3, [1] * 3, [1] * 3, [1] * 3]
    assert weight.requires_grad and weight.is_leaf


def test_an_empty_or_promised_table_is_fine():
    for name in NAMES:
        initialise(torch.empty(0, 3), name)
        initialise(torch.empty(9, 2, device="meta"), name, padding_idx=1)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(SettingError, match="did you mean 'xavier-uniform'"):
        initialise(torch.empty(2, 2), "xavier_uniform")
    with pytest.raises(SettingError, match="there is no initialisation 'magic'; there are normal"):
        initialise(torch.empty(2, 2), "magic")
    with pytest.raises(InputError, match=r"floats \[rows, dim\], not torch.int64"):
        initialise(torch.zeros(2, 2, dtype=torch.int64), "zeros")
