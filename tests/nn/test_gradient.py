"""`RowGradient` held to dense gradients, operation by operation, and through torch's own tools."""

from __future__ import annotations

import copy
import io

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (the `torch` extra)")

from torch.nn import functional  # noqa: E402

from rowspace import nn  # noqa: E402
from rowspace.nn.gradient import Part, RowGradient, Traits  # noqa: E402

R, D = 9, 4
TRAITS = Traits()


def some(seed=0, *, dtype=torch.float32, device="cpu", traits=TRAITS):
    """A gradient of a plain part, a pooled one and a weighted one."""
    torch.manual_seed(seed)
    like = torch.empty(R, D, dtype=dtype, device=device)

    def values(n):
        return torch.randn(n, D, device=device).to(dtype)

    def ids(n):
        return torch.randint(R, (n,), device=device)

    offsets = torch.tensor([0, 2, 2, 5], device=device)
    parts = [
        Part(ids(6), None, None, values(6)),
        Part(ids(5), offsets, None, values(3)),
        Part(ids(5), offsets, torch.rand(5, device=device), values(3)),
    ]
    return RowGradient.of(parts, like, traits)


def by_hand(gradient):
    """The dense gradient that its parts mean, contribution by contribution."""
    out = torch.zeros(gradient.shape, dtype=torch.float64)
    for ids, offsets, weights, values in gradient.parts:
        for i, row in enumerate(ids.tolist()):
            bag = i if offsets is None else int((offsets <= i).sum()) - 1
            factor = 1.0 if weights is None else float(weights[i])
            out[row] += factor * values[bag].double().cpu()
    return out


def close(one, other):
    torch.testing.assert_close(
        one.double().cpu(), other.double().cpu(), rtol=1e-5, atol=1e-5, check_dtype=False
    )


def kept_sparse(gradient):
    assert type(gradient) is RowGradient and gradient.dense is None
    return gradient


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_is_the_sum_of_its_contributions(dtype):
    gradient = some(dtype=dtype)
    wanted = by_hand(gradient)
    joined = gradient.joined()
    close(by_hand(RowGradient.of([joined], gradient, TRAITS)), wanted)
    close(joined.spread(), Part(*joined).spread())
    rows, sums = gradient.coalesced()
    assert rows.tolist() == sorted(set(rows.tolist())) and sums.dtype == dtype
    close(sums, wanted[rows])
    for dense in (gradient.to_dense(), gradient.to_sparse_coo().to_dense(), gradient + 0.0):
        close(dense, wanted)
        assert dense.dtype == dtype
    assert np.allclose(gradient.numpy(), wanted, atol=1e-5)
    assert np.allclose(np.array(gradient.tolist()), wanted, atol=1e-5)
    assert gradient.shape == (R, D) and gradient.dtype == dtype and not gradient.is_sparse


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_halves_are_summed_in_float32(dtype):
    one = torch.tensor([1.0] + [2.0**-9] * 8).to(dtype).unsqueeze(1)
    part = Part(torch.zeros(9, dtype=torch.int64), None, None, one)
    gradient = RowGradient.of([part], torch.empty(2, 1, dtype=dtype), TRAITS)
    rows, sums = gradient.coalesced()
    assert rows.tolist() == [0] and sums.dtype == torch.float32
    assert sums.tolist() == [[1 + 2.0**-6]]
    assert gradient.to_dense().dtype == dtype


def test_padding_and_frozen_rows_are_left_out():
    frozen = torch.zeros(R, dtype=torch.uint8)
    frozen[[1, 5]] = 1
    gradient = some(traits=Traits(3, frozen))
    wanted = by_hand(gradient)
    wanted[[1, 3, 5]] = 0
    close(gradient.to_dense(), wanted)
    assert not {1, 3, 5} & set(gradient.coalesced()[0].tolist())
    close(gradient.norm(), wanted.norm())


DENSELY = {
    "sum": lambda g: g.sum(),
    "abs.max": lambda g: g.abs().max(),
    "square": lambda g: g**2,
    "times itself": lambda g: g * g,
    "plus one": lambda g: g + 1,
    "matrix product": lambda g: g @ torch.ones(D, 2, dtype=g.dtype),
    "row": lambda g: g[3],
    "rows": lambda g: g[[1, 1, 4]],
    "transposed": lambda g: g.T.contiguous(),
    "flat": lambda g: g.flatten(),
    "isfinite": lambda g: g.isfinite().all(),
    "stack": lambda g: torch.stack([g, g]),
    "where": lambda g: torch.where(g > 0, g, 0.0),
    "norm by row": lambda g: g.norm(dim=1),
    "min-norm": lambda g: torch.linalg.vector_norm(g, -2.0),
    "clamp from above zero": lambda g: g.clamp(min=0.5),
    "less": lambda g: torch.ones(R, D, dtype=g.dtype) - g,
    "divided by rows": lambda g: g / torch.arange(1.0, R + 1).unsqueeze(1).to(g),
    "zeros like": torch.zeros_like,
    "complex": lambda g: (g * 1j).real,
}
SPARSELY = {
    "times": lambda g: g * 3,
    "times from the left": lambda g: 0.5 * g,
    "times a tensor": lambda g: g * torch.tensor(0.25),
    "times rows": lambda g: g * torch.arange(float(R)).unsqueeze(1).to(g),
    "times columns": lambda g: torch.arange(float(D)).to(g) * g,
    "divided": lambda g: g / 7,
    "negative": lambda g: -g,
    "clamped": lambda g: g.clamp(-0.5, 0.25),
    "clamped below": lambda g: g.clamp(min=-0.5),
    "clamped above": lambda g: g.clamp(max=0.5),
    "cloned": lambda g: g.clone(),
    "detached": lambda g: g.detach(),
    "data": lambda g: g.data,
    "cast": lambda g: g.double(),
    "cpu": lambda g: g.cpu(),
    "contiguous": lambda g: g.contiguous(),
    "copied": copy.deepcopy,
}


@pytest.mark.parametrize("name", [*DENSELY, *SPARSELY])
def test_any_operation_is_that_on_a_dense_gradient(name):
    operation = {**DENSELY, **SPARSELY}[name]
    gradient = some(dtype=torch.float64)
    wanted = operation(by_hand(gradient))
    got = operation(gradient)
    if name in SPARSELY:
        got = kept_sparse(got).to_dense()
    close(got, wanted)


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 2.0, 3.0, float("inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16])
def test_any_norm(p, dtype):
    gradient = some(dtype=dtype)
    for got in (gradient.norm(p), torch.linalg.vector_norm(gradient, p)):
        assert got.dtype == dtype
        wanted = torch.linalg.vector_norm(gradient.to_dense().double(), p)
        torch.testing.assert_close(got.double(), wanted, rtol=2e-3, atol=1e-5)
    kept_sparse(gradient)


def test_gradients_are_added_without_making_them_dense():
    one, other = some(1), some(2)
    wanted = by_hand(one) + by_hand(other)
    close(kept_sparse(one + other).to_dense(), wanted)
    close(
        kept_sparse(torch.add(one, other, alpha=-2)).to_dense(), by_hand(one) - 2 * by_hand(other)
    )
    one += other
    close(kept_sparse(one).to_dense(), wanted)
    sparse = torch.sparse_coo_tensor([[1, 1]], torch.ones(2, D), (R, D), check_invariants=True)
    close(kept_sparse(one + sparse).to_dense(), wanted + sparse.to_dense())
    close(one + one, 2 * wanted)
    one.add_(one)
    close(one.to_dense(), 2 * wanted)


def test_dense_gradients_stand_beside_the_parts():
    gradient, dense = some(), torch.randn(R, D)
    kept = dense.clone()
    wanted = by_hand(gradient)
    for both in (gradient + dense, dense + gradient):
        assert type(both) is RowGradient and both.parts
        close(both.dense, dense)
        close(both.to_dense(), wanted + dense)
        close(both.norm(), (wanted + dense).norm())
        close((both * 2).clamp(-1, 1), (2 * (wanted + dense)).clamp(-1, 1))
        close(both + both, 2 * (wanted + dense))
        close(both.to_sparse_coo().to_dense(), wanted + dense)
    close(torch.add(dense, gradient, alpha=3), dense + 3 * wanted)
    both.mul_(0)
    both += dense
    assert torch.equal(dense, kept)
    plain = dense.clone()
    plain += gradient
    assert type(plain) is torch.Tensor
    close(plain, wanted + dense)
    plain.add_(both, alpha=2)
    close(plain, wanted + 3 * dense)


def test_what_is_changed_in_place_is_nobody_elses():
    values = torch.ones(2, D)
    part = Part(torch.tensor([0, 0]), None, None, values)
    one, other = (RowGradient.of([part], torch.empty(R, D), TRAITS) for _ in range(2))
    twin = one.clone()
    for change in (lambda g: g.mul_(2), lambda g: g.div_(4), lambda g: g.neg_(),
                   lambda g: g.clamp_(-0.5, 0.5), lambda g: g.norm() and g.mul_(3)):  # fmt: skip
        again = one.clone()
        change(one)
        assert bool((values == 1).all())
        close(other.to_dense(), by_hand(other))
        assert not torch.equal(again.to_dense(), one.to_dense())
    assert twin.to_dense()[0, 0] == 2
    sums = other.coalesced()[1]
    other.mul_(5)
    assert sums[0, 0] == 2 and other.to_dense()[0, 0] == 10


def test_aliases_see_what_is_done_in_place():
    gradient = some()
    alias = gradient.data
    wanted = by_hand(gradient)
    alias.mul_(2)
    close(gradient.to_dense(), 2 * wanted)
    alias.zero_()
    assert not gradient.to_dense().any() and gradient.parts == []
    gradient.copy_(some())
    close(alias.to_dense(), wanted)
    assert gradient.norm() > 0


def test_what_is_written_into_a_view_is_written():
    gradient = some()
    wanted = by_hand(gradient)
    gradient[3] = 0
    wanted[3] = 0
    row = gradient[4]
    row.fill_(7)
    wanted[4] = 7
    gradient[:, 1].mul_(2)
    wanted[:, 1] *= 2
    gradient.addcmul_(torch.ones(R, D), torch.ones(R, D))
    wanted += 1
    close(gradient.to_dense(), wanted)
    gradient += some(1)
    gradient.mul_(3)
    close(gradient.to_dense(), 3 * (wanted + by_hand(some(1))))
    close(row, gradient.to_dense()[4] - 3 * by_hand(some(1))[4])
    gradient.copy_(torch.ones(R, D))
    assert bool((gradient.to_dense() == 1).all())
    dense = torch.empty(R, D)
    dense.copy_(some())
    close(dense, by_hand(some()))


def test_it_is_printed_copied_and_saved():
    gradient = some()
    shown = repr(gradient)
    assert shown.startswith("RowGradient(rows=tensor([") and "size=(9, 4)" in shown
    assert "dense=" in repr(gradient + torch.ones(R, D))
    file = io.BytesIO()
    torch.save(gradient, file)
    file.seek(0)
    close(torch.load(file, weights_only=True).to_dense(), by_hand(some()))
    empty = RowGradient.of([], torch.empty(R, D), TRAITS)
    assert not empty.to_dense().any() and empty.norm() == 0 and len(empty.joined().ids) == 0
    assert empty.coalesced()[1].shape == (0, D)


def test_layers_that_share_a_table_may_pad_otherwise():
    table = torch.randn(R, D)
    one = nn.Embedding.from_pretrained(table, freeze=False, padding_idx=2)
    other = nn.Embedding(R, D, padding_idx=5, max_norm=100.0, frozen=[0])
    other.weight = one.weight
    ids = torch.tensor([0, 2, 5])
    (one(ids) + other(ids)).sum().backward()
    gradient = kept_sparse(one.weight.grad)
    assert gradient.to_dense()[:, 0].tolist() == [0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert gradient.traits.padding_idx is None and gradient.traits.max_norm == 100


def model(layer, seed=0):
    """An embedding, a linear layer and a loss of their own."""
    torch.manual_seed(seed)
    embedding = layer(R, D, padding_idx=1)
    linear = torch.nn.Linear(D, 3)
    torch.nn.init.normal_(embedding.weight)
    return torch.nn.ModuleList([embedding, linear])


def loss_of(parts, ids):
    embedding, linear = parts
    return linear(embedding(ids)).pow(2).sum()


IDS = torch.tensor([[0, 1, 2], [2, 2, 8]])


def both_models():
    ours, theirs = model(nn.Embedding), model(torch.nn.Embedding)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def same(ours, theirs):
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        close(one.detach(), other.detach())
        close(one.grad.to_dense(), other.grad.to_dense())


@pytest.mark.parametrize("p", [1.0, 2.0, float("inf")])
@pytest.mark.parametrize("foreach", [None, False, True])
def test_clipping(p, foreach):
    ours, theirs = both_models()
    for parts in (ours, theirs):
        loss_of(parts, IDS).backward()
    norms = [
        torch.nn.utils.clip_grad_norm_(m.parameters(), 0.7, p, foreach=foreach)
        for m in (ours, theirs)
    ]
    close(*norms)
    same(ours, theirs)
    for parts in (ours, theirs):
        torch.nn.utils.clip_grad_value_(parts.parameters(), 0.05, foreach=foreach)
    same(ours, theirs)
    kept_sparse(ours[0].weight.grad)


@pytest.mark.parametrize("broken", [False, True])
def test_the_scaler(broken):
    ours, theirs = both_models()
    found = []
    for parts in (ours, theirs):
        scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
        optimizer = torch.optim.SGD(parts.parameters(), lr=0.1)
        loss = loss_of(parts, IDS) * (float("inf") if broken else 1)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        kept_sparse(ours[0].weight.grad)
        scaler.step(optimizer)
        scaler.update()
        found.append(scaler.get_scale())
    assert found[0] == found[1] and (found[0] < 1024) is broken
    if not broken:
        same(ours, theirs)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_scaled_gradients_of_other_numbers(dtype):
    layer = nn.EmbeddingBag(R, D, mode="sum", dtype=dtype)
    (layer(IDS).sum() * 256).backward()
    found, inverse = torch.zeros(1), torch.tensor([1 / 256])
    torch._amp_foreach_non_finite_check_and_unscale_([layer.weight.grad], found, inverse)
    assert found == 0
    assert kept_sparse(layer.weight.grad).to_dense()[2].tolist() == [3.0] * D
    layer.weight.grad.mul_(torch.tensor(float("nan")))
    torch._amp_foreach_non_finite_check_and_unscale_([layer.weight.grad], found, inverse)
    assert found == 1


def test_accumulated_over_batches_and_zeroed():
    ours, theirs = both_models()
    for _ in range(3):
        for parts in (ours, theirs):
            loss_of(parts, IDS).backward()
    same(ours, theirs)
    kept_sparse(ours[0].weight.grad)
    for to_none in (False, True):
        optimizer = torch.optim.SGD(ours.parameters(), lr=0.1)
        optimizer.zero_grad(set_to_none=to_none)
        theirs.zero_grad()
        for parts in (ours, theirs):
            loss_of(parts, IDS).backward()
        same(ours, theirs)


def test_used_twice_in_a_forward():
    ours, theirs = both_models()
    for embedding, linear in (ours, theirs):
        (linear(embedding(IDS)) * linear(embedding(IDS.flip(0)))).sum().backward()
    same(ours, theirs)
    kept_sparse(ours[0].weight.grad)


def test_tied_weights_add_a_dense_gradient():
    ours, theirs = both_models()
    for embedding, _ in (ours, theirs):
        functional.linear(embedding(IDS), embedding.weight).pow(2).sum().backward()
    gradient = ours[0].weight.grad
    assert type(gradient) is RowGradient and gradient.dense is not None and gradient.parts
    wanted = theirs[0].weight.grad
    wanted[1] = 0  # with us the padding row stays even so
    close(gradient.to_dense(), wanted)
    norm = torch.nn.utils.clip_grad_norm_(ours[0].parameters(), 0.5)
    close(norm, wanted.norm())
    close(gradient.norm(), torch.tensor(0.5))
    for embedding, _ in (ours, theirs):
        functional.linear(embedding(IDS), embedding.weight).pow(2).sum().backward()
    assert type(ours[0].weight.grad) is RowGradient


def test_a_dense_gradient_that_is_there_stays_dense():
    ours, theirs = both_models()
    for embedding, _ in (ours, theirs):
        embedding.weight.grad = torch.ones(R, D)
        embedding(IDS).sum().backward()
    same(ours[:1], theirs[:1])
    layer = nn.Embedding(R, D)
    layer.weight.grad = torch.sparse_coo_tensor([[2]], torch.ones(1, D), (R, D))
    layer(IDS).sum().backward()
    close(layer.weight.grad.to_dense()[2], torch.full((D,), 4.0))


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
        lambda p: torch.optim.Adam(p, lr=0.1),
        lambda p: torch.optim.AdamW(p, lr=0.1, amsgrad=True),
        lambda p: torch.optim.Adam(p, lr=0.1, foreach=True),
        lambda p: torch.optim.Adagrad(p, lr=0.1),
        lambda p: torch.optim.RMSprop(p, lr=0.1, centered=True),
    ],
    ids=["SGD", "Adam", "AdamW", "Adam, foreach", "Adagrad", "RMSprop"],
)
def test_torchs_own_optimizers(optimizer):
    ours, theirs = both_models()
    for parts in (ours, theirs):
        steps = optimizer(parts.parameters())
        for _ in range(3):
            steps.zero_grad()
            loss_of(parts, IDS).backward()
            steps.step()
    same(ours, theirs)


def test_hooks_and_grad():
    layer = nn.Embedding(R, D)
    seen = []
    layer.weight.register_hook(lambda g: seen.append(type(g)) or g * 2)
    layer.weight.register_post_accumulate_grad_hook(lambda p: seen.append(type(p.grad)))
    layer(IDS).sum().backward()
    assert seen == [RowGradient, RowGradient]
    assert layer.weight.grad.to_dense()[2, 0] == 6
    (gradient,) = torch.autograd.grad(layer(IDS).sum(), layer.weight)
    assert type(gradient) is RowGradient  # the hook doubles this one, too
    assert gradient.to_dense()[2, 0] == 6
    masked = nn.Embedding(R, D)
    mask = torch.ones(R, 1)
    mask[2] = 0
    masked.weight.register_hook(lambda g: g * mask)
    masked(IDS).sum().backward()
    assert kept_sparse(masked.weight.grad).to_dense()[:, 0].tolist() == [1, 1, 0, 0, 0, 0, 0, 0, 1]


def test_a_weight_that_is_worked_out_first():
    ours, theirs = both_models()
    for embedding, _ in (ours, theirs):
        torch.nn.utils.parametrizations.weight_norm(embedding)
        embedding(IDS).pow(2).sum().backward()
    same(ours[:1], theirs[:1])


def test_checkpointing_and_threads_of_autograd():
    ours, theirs = both_models()
    for parts in (ours, theirs):
        torch.utils.checkpoint.checkpoint(loss_of, parts, IDS, use_reentrant=False).backward()
    same(ours, theirs)
    with torch.autograd.detect_anomaly(check_nan=True):
        loss_of(ours, IDS).backward()
    ours.zero_grad()
    with torch.amp.autocast("cpu", torch.bfloat16):
        loss_of(ours, IDS).backward()
    kept_sparse(ours[0].weight.grad)


def test_nothing_as_large_as_the_table_is_made():
    rows = 1 << 20
    layer = nn.Embedding(rows, 8, init="zeros")
    ids = torch.tensor([5, rows - 1, 5])

    class Largest(torch.utils._python_dispatch.TorchDispatchMode):
        size = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            out = func(*args, **(kwargs or {}))
            for one in out if isinstance(out, (list, tuple)) else [out]:
                if type(one) is torch.Tensor:
                    Largest.size = max(Largest.size, one.untyped_storage().nbytes())
            return out

    loss = layer(ids).sum()
    with Largest():
        loss.backward()
        torch.nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
        torch.nn.utils.clip_grad_value_(layer.parameters(), 1.0)
    assert 0 < Largest.size < 4096
    assert len(layer.weight.grad.coalesced()[0]) == 2
