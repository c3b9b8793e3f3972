"""Rows looked up and pooled, with a gradient that costs what the batch does.

The kernels of `rowspace.table.lookup` do it for float32, float16 and bfloat16 on the CPU; torch's
operators for other numbers and devices. Where somebody watches the operators (compilers, tracers,
`torch.func`, forward-mode differentiation) they see torch's own, gradient and all.
Axes: `R` rows, `D` dimensions, `N` ids, `B` bags.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np
import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn import functional

from rowspace.nn.arrays import NUMBERS, as_array, as_tensor
from rowspace.nn.backward import (
    again_of_greatest,
    again_of_sum,
    counts_of,
    dense_of_rows,
    gradient_of,
    part_of_greatest,
    to_weights,
)
from rowspace.nn.contributions import Part, bags_of
from rowspace.nn.request import Bags, Layer
from rowspace.table.lookup import look_up, pool_bags, pool_max
from rowspace.table.room import room

_SMALL = 1 << 14  # numbers that are copied rather than asked after
_MODES = {"sum": 0, "mean": 1, "max": 2}


def watched() -> bool:
    """Whether torch's own operators are to be seen."""
    return (
        torch.compiler.is_compiling()
        or torch._C._are_functorch_transforms_active()
        or torch._C._len_torch_dispatch_stack() > 0
        or forward_ad._current_level >= 0
        or torch._C._is_tracing()
    )


def rows(weight: Tensor, ids: Tensor, layer: Layer) -> Tensor:
    """y = E[ids], [..., D]; ids int64, without gaps, within the table."""
    if torch.is_grad_enabled() and weight.requires_grad:
        found: Tensor = _Rows.apply(weight, ids, layer)  # type: ignore[no-untyped-call]
        return found
    return _gather(weight, ids)


def pooled(weight: Tensor, bags: Bags, layer: Layer) -> Tensor:
    """y[b] = the sum, weighted sum, mean or maximum of the rows of bag b, [B, D]."""
    weights = bags.weights
    learns = weight.requires_grad or (weights is not None and weights.requires_grad)
    if learns and torch.is_grad_enabled():
        found: Tensor = _Pooled.apply(  # type: ignore[no-untyped-call]
            weight, weights, bags, layer
        )
        return found
    return _pool(weight, bags, layer.padding_idx)[0]


def rows_by_torch(weight: Tensor, ids: Tensor, layer: Layer) -> Tensor:
    """`rows` in torch's operators, ids unchecked."""
    padding, by_frequency = layer.padding_idx, layer.scale_grad_by_freq
    weight = _without_frozen(weight, layer)
    return functional.embedding(
        ids, weight, padding, None, 2.0, by_frequency, layer.sparse and not by_frequency
    )


def pooled_by_torch(weight: Tensor, bags: Bags, layer: Layer) -> Tensor:
    """`pooled` in torch's operators, ids unchecked."""
    ids, offsets, weights, mode, _ = bags
    most = mode == "max"
    by_frequency = layer.scale_grad_by_freq and not most
    return functional.embedding_bag(
        ids,
        _without_frozen(weight, layer),
        offsets,
        scale_grad_by_freq=by_frequency,
        mode=mode,
        sparse=layer.sparse and not most and not by_frequency,
        per_sample_weights=None if weights is None else weights.to(weight.dtype),
        include_last_offset=True,
        padding_idx=layer.padding_idx,
    )


def _without_frozen(weight: Tensor, layer: Layer) -> Tensor:
    """The table, cut off from the gradient where it never learns."""
    frozen = layer.traits().frozen
    if frozen is None:
        return weight
    return torch.where(frozen.bool().unsqueeze(1), weight.detach(), weight)


def _densely(gradient: Tensor) -> bool:
    """Whether the backward is itself differentiated, or done for many gradients at once."""
    functorch = torch._C._functorch
    many = functorch.is_batchedtensor(gradient) or functorch.is_legacy_batchedtensor(gradient)
    return torch.is_grad_enabled() or many


def _by_kernels(weight: Tensor) -> bool:
    return weight.is_cpu and weight.dtype in NUMBERS and weight.is_contiguous()


def _gather(weight: Tensor, ids: Tensor) -> Tensor:
    if not _by_kernels(weight) or not ids.is_cpu:
        return functional.embedding(ids, weight)
    dim = weight.shape[1]
    found = look_up(as_array(weight), ids.numpy().reshape(-1), dim)
    return as_tensor(found, weight.dtype).view(*ids.shape, dim)


def _pool(weight: Tensor, bags: Bags, padding: int | None) -> tuple[Tensor, Tensor | None]:
    """Pooled rows; for the maximum also the position in ids of each number, int64 [B, D], or -1."""
    ids, offsets, weights, mode, _ = bags
    if not _by_kernels(weight) or not ids.is_cpu:
        return _pool_by_torch(weight, bags, padding)
    data, dim, apart = as_array(weight), weight.shape[1], -1 if padding is None else padding
    places, starts = ids.numpy(), offsets.numpy()
    if mode == "max":
        greatest, winners = pool_max(data, places, starts, dim, padding=apart)
        return as_tensor(greatest, weight.dtype), torch.from_numpy(winners)
    factors = None if weights is None else as_array(weights.float())
    out = pool_bags(data, places, starts, dim, weights=factors, mean=mode == "mean", padding=apart)
    return as_tensor(out, weight.dtype), None


def _pool_by_torch(weight: Tensor, bags: Bags, padding: int | None) -> tuple[Tensor, Tensor | None]:
    ids, offsets, weights, mode, _ = bags
    factors = None if weights is None else weights.to(weight.dtype)
    out, _, _, best = torch.embedding_bag(
        weight, ids, offsets, False, _MODES[mode], False, factors, True, padding
    )
    if mode != "max":
        return out, None
    keys = bags_of(offsets, len(ids)) * weight.shape[0] + ids
    order = keys.argsort(stable=True)
    wanted = torch.arange(len(out), device=ids.device).unsqueeze(1) * weight.shape[0] + best
    at = torch.searchsorted(keys[order], wanted)
    empty = (counts_of(ids, offsets, padding) == 0).unsqueeze(1)
    if not len(ids):
        return out, torch.full(out.shape, -1, dtype=torch.int64, device=ids.device)
    return out, torch.where(empty, -1, order[at.clamp(max=len(ids) - 1)])


@final
class _Rows(torch.autograd.Function):
    """weight [R, D], ids int64 -> [..., D]."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, ids: Tensor, layer: Layer) -> Tensor:
        ctx.save_for_backward(ids)
        ctx.layer, ctx.shape = layer, weight.shape
        return _gather(weight, ids)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        ids, shape = ctx.saved_tensors[0].reshape(-1), ctx.shape
        values = gradient.reshape(len(ids), shape[1])
        if _densely(gradient):
            return dense_of_rows(ctx.layer, shape, ids, values), None, None
        kept = values if ctx.layer.sparse else _kept(values)
        part = Part(_copied(ids), None, None, kept)
        return gradient_of(part, ctx.layer, shape, gradient.dtype), None, None


@final
class _Pooled(torch.autograd.Function):
    """weight [R, D], weights [N] or None (those of the bags), bags -> [B, D]."""

    @staticmethod
    def forward(
        ctx: Any, weight: Tensor, weights: Tensor | None, bags: Bags, layer: Layer
    ) -> Tensor:
        ctx.save_for_backward(bags.ids, weights, weight if ctx.needs_input_grad[1] else None)
        out, winners = _pool(weight, bags, layer.padding_idx)
        ctx.bags, ctx.winners = bags._replace(weights=None), winners
        ctx.layer, ctx.shape = layer, weight.shape
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        ids, weights, weight = ctx.saved_tensors
        bags = ctx.bags._replace(ids=ids, weights=weights)
        if bags.mode == "mean":
            gradient = _shared(gradient, bags, ctx.layer.padding_idx)
        if _densely(gradient):
            return (*_again(ctx, bags, gradient, weight), None, None)
        for_rows = for_weights = None
        if ctx.needs_input_grad[0]:
            part = _part(bags, ctx.winners, gradient)
            for_rows = gradient_of(part, ctx.layer, ctx.shape, gradient.dtype)
        if weight is not None:
            for_weights = to_weights(weight, bags, gradient, ctx.layer.padding_idx)
        return for_rows, for_weights, None, None


def _shared(gradient: Tensor, bags: Bags, padding: int | None) -> Tensor:
    """The gradients of means as those of sums: divided by the ids that count."""
    if bags.length and padding is None:
        return gradient / bags.length
    counts = counts_of(bags.ids, bags.offsets, padding)
    return gradient / counts.clamp_(min=1).unsqueeze(1)


def _copied(ids: Tensor) -> Tensor:
    """Ids for later. On the CPU in NumPy: after an operator of torch's own that it shares among
    threads these stay awake for a while, on the cores that the optimizer's step is about to use."""
    if not ids.is_cpu:
        return ids.clone()
    copy = room(tuple(ids.shape), np.dtype(np.int64))
    np.copyto(copy, ids.numpy())
    return torch.from_numpy(copy)


def _kept(values: Tensor) -> Tensor:
    """Gradients to be held until the optimizer's step, in rows without gaps.

    Ids are copied, for the memory of a batch may be used again before; gradients are autograd's
    own, but for those that a caller hands to `backward`. He may use that memory again, too, as
    `gradcheck` does, so what is small is copied; a large one stays his, as with torch's sparse
    gradients.
    """
    if values.numel() > _SMALL:
        return values.contiguous()
    return values.clone(memory_format=torch.contiguous_format)


def _part(bags: Bags, winners: Tensor | None, gradient: Tensor) -> Part:
    ids, weights = _copied(bags.ids), bags.weights
    if winners is not None:
        return part_of_greatest(ids, winners, gradient)
    wide = torch.float64 if gradient.dtype == torch.float64 else torch.float32
    factors = None if weights is None else weights.detach().to(wide, copy=True)
    return Part(ids, bags.offsets, factors, _kept(gradient))


def _again(ctx: Any, bags: Bags, gradient: Tensor, weight: Tensor | None) -> Any:
    if ctx.winners is not None:
        found = again_of_greatest(ctx.layer, ctx.shape, bags.ids, ctx.winners, gradient)
        return found, None
    return again_of_sum(ctx.layer, ctx.shape, bags, gradient, weight)
