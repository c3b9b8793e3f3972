"""What a look-up hands back to its table, to the weights of a sum, and once more.

Axes: `R` rows, `D` dimensions, `N` ids, `B` bags.
"""

from __future__ import annotations

import torch
from torch import Tensor

from rowspace.nn.content import Content
from rowspace.nn.contributions import HALVES, Part, Traits, bags_of
from rowspace.nn.gradient import RowGradient
from rowspace.nn.request import Bags, Layer

_BLOCK = 1 << 16  # ids whose rows and gradients are laid side by side at once


def counts_of(ids: Tensor, offsets: Tensor, padding: int | None) -> Tensor:
    """How many ids of each bag are not padding, int64 [B]."""
    if padding is None:
        return offsets.diff()
    before = torch.zeros(len(ids) + 1, dtype=torch.int64, device=ids.device)
    torch.cumsum(ids != padding, 0, out=before[1:])
    return before[offsets].diff()


def rarity_of(ids: Tensor) -> Tensor:
    """1 / how often each id occurs among them, float32 [N]."""
    _, places, counts = torch.unique(ids, return_inverse=True, return_counts=True)
    return 1 / counts[places].float()


def learns_of(ids: Tensor, traits: Traits) -> Tensor | None:
    """Which ids are of rows that learn, bool [N]; None: all."""
    learns = None if traits.padding_idx is None else ids != traits.padding_idx
    if traits.frozen is not None:
        thawed = traits.frozen[ids] == 0
        learns = thawed if learns is None else learns & thawed
    return learns


def gradient_of(part: Part, layer: Layer, shape: torch.Size, dtype: torch.dtype) -> Tensor:
    """What one look-up gives its table's gradient."""
    if layer.scale_grad_by_freq:
        rarity = rarity_of(part.ids)
        part = part._replace(weights=rarity if part.weights is None else part.weights * rarity)
    traits = layer.traits()
    whole = RowGradient.around(Content([part], traits, shape, dtype, part.values.device))
    if not layer.sparse:
        return whole
    if dtype in HALVES:  # torch would sum repeated rows in halves
        return whole.to_sparse_coo()
    ids, values, learns = part.ids, part.spread().to(dtype), learns_of(part.ids, traits)
    if learns is not None:
        ids, values = ids[learns], values[learns]
    return torch.sparse_coo_tensor(ids.unsqueeze(0), values, shape, check_invariants=False)


def part_of_greatest(ids: Tensor, winners: Tensor, gradient: Tensor) -> Part:
    """The contributions of a maximum, of the positions that won somewhere.

    winners int64 [B, D]: the position of each number, -1 where a bag is empty.
    """
    size = len(ids)
    places = torch.where(winners < 0, size, winners)
    won = torch.zeros(size + 1, dtype=torch.bool, device=ids.device)
    won[places.reshape(-1)] = True
    won[size] = True  # where the gradients of empty bags go
    at = won.cumsum(0) - 1
    values = gradient.new_zeros(int(at[-1]) + 1, gradient.shape[1])
    values.scatter_(0, at[places], gradient)
    return Part(ids[won[:size]], None, None, values[:-1])


def to_weights(weight: Tensor, bags: Bags, gradient: Tensor, padding: int | None) -> Tensor:
    """The gradient of the weights of a sum, [N]: each row times its bag's gradient."""
    ids, owners = bags.ids, bags_of(bags.offsets, len(bags.ids))
    wide = torch.float32 if weight.dtype in HALVES else weight.dtype
    dots = torch.empty(len(ids), dtype=wide, device=ids.device)
    for start in range(0, len(ids), _BLOCK):
        block = slice(start, start + _BLOCK)
        rows = weight.detach()[ids[block]].to(wide)
        dots[block] = (rows * gradient[owners[block]].to(wide)).sum(1)
    if padding is not None:
        dots[ids == padding] = 0
    return dots if bags.weights is None else dots.to(bags.weights.dtype)


def dense_of_rows(layer: Layer, shape: torch.Size, ids: Tensor, contributions: Tensor) -> Tensor:
    """The dense gradient [R, D] of contributions [N, D], which can be differentiated again."""
    if layer.scale_grad_by_freq:
        contributions = contributions * rarity_of(ids).to(contributions.dtype).unsqueeze(1)
    learns = learns_of(ids, layer.traits())
    if learns is not None:
        contributions = contributions * learns.unsqueeze(1)
    return contributions.new_zeros(shape).index_add(0, ids, contributions)


def again_of_sum(
    layer: Layer, shape: torch.Size, bags: Bags, gradient: Tensor, weight: Tensor | None
) -> tuple[Tensor, Tensor | None]:
    """The gradients of the table [R, D] and, where there is `weight`, of the weights of a sum
    [N], which can be differentiated again."""
    ids, offsets, weights, *_ = bags
    each = gradient[bags_of(offsets, len(ids))]
    weighted = each if weights is None else each * weights.to(each.dtype).unsqueeze(1)
    for_weights = None
    if weight is not None and weights is not None:
        for_weights = (weight[ids] * each).sum(1).to(weights.dtype)
        if layer.padding_idx is not None:
            for_weights = for_weights * (ids != layer.padding_idx)
    return dense_of_rows(layer, shape, ids, weighted), for_weights


def again_of_greatest(
    layer: Layer, shape: torch.Size, ids: Tensor, winners: Tensor, gradient: Tensor
) -> Tensor:
    """The gradient of the table of a maximum [R, D], which can be differentiated again."""
    places = torch.where(winners < 0, len(ids), winners)
    spread = gradient.new_zeros(len(ids) + 1, shape[1]).scatter(0, places, gradient)
    return dense_of_rows(layer, shape, ids, spread[: len(ids)])
