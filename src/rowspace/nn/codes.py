"""A table as int8 codes with a scale a row, and what is looked up in it.

row r ≈ scales[r] · codes[r], with scales[r] = max|row| / 127: symmetric, so that zero stays zero,
and one number a row, so that a row costs D + 4 bytes for 4 D. Axes: `R` rows, `D` dimensions, `N`
ids, `B` bags.
"""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import InputError
from rowspace.nn.request import Bags
from rowspace.table.lookup import look_up, pool_bags, pool_max
from rowspace.table.memory import zeros

LARGEST = 127
# Numbers of a block while they are float32: 16 MB.
BLOCK = 1 << 22


@final
class Codes(NamedTuple):
    """`codes` int8 [R, D] and `scales` float32 [R]."""

    codes: Tensor
    scales: Tensor


def empty_codes(rows: int, dim: int, device: torch.device | str | None = None) -> Codes:
    """Codes of zeros, in memory that suits tables."""
    if device is not None and torch.device(device).type != "cpu":
        codes = torch.zeros((rows, dim), dtype=torch.int8, device=device)
    else:
        numbers = zeros(1, -(-rows * dim // 4)).view(np.int8).reshape(-1)
        codes = torch.from_numpy(numbers[: rows * dim].reshape(rows, dim))
    return Codes(codes, torch.zeros(rows, device=device))


def encoded(
    weight: Tensor,
    *,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    factor: float = 1.0,
) -> Codes:
    """`factor` · weight [R, D] as codes; rows longer than `max_norm` are brought within it first.

    A row of zeros, or of numbers too small for a float32 scale, has scale 0 and codes of 0.
    Raises InputError at the first row that holds NaN or an infinity.
    """
    rows, dim = weight.shape
    made = empty_codes(rows, dim, weight.device)
    step = max(1, BLOCK // max(1, dim))
    for start in range(0, rows if dim else 0, step):
        block = weight[start : start + step].detach().float()
        _require_finite(block, start)
        if max_norm is not None:
            block = block.renorm(norm_type, 0, max_norm)
        scale = block.abs().amax(1) / LARGEST
        inverse = torch.where(scale > 0, 1 / scale, 0).nan_to_num(posinf=0)
        made.codes[start : start + step] = (block * inverse.unsqueeze(1)).round().to(torch.int8)
        made.scales[start : start + step] = torch.where(inverse > 0, scale * factor, 0)
    return made


def decoded(table: Codes) -> Tensor:
    """The rows that the codes mean, float32 [R, D]."""
    return table.codes * table.scales.unsqueeze(1)


def _require_finite(block: Tensor, start: int) -> None:
    wrong = ~block.isfinite().all(1)
    if bool(wrong.any()):
        row = int(wrong.to(torch.uint8).argmax())
        found = block[row][~block[row].isfinite()][0].item()
        raise InputError(
            f"row {start + row} of the table holds {found}, which no code stands for",
            hint="a training that diverged leaves such rows; they must be finite to be quantised",
        )


def rows_of(table: Codes, ids: Tensor) -> Tensor:
    """y = row(ids), float32 [..., D]; ids int64 without gaps, within the table."""
    if not table.codes.is_cpu:
        found: Tensor = table.codes[ids] * table.scales[ids].unsqueeze(-1)
        return found
    dim = table.codes.shape[1]
    out = torch.empty((*ids.shape, dim))
    flat = out.numpy().reshape(ids.numel(), dim)
    codes, scales = table.codes.numpy(), table.scales.numpy()
    look_up(codes, ids.numpy().reshape(-1), dim, scales=scales, out=flat)
    return out


def bags_of_rows(table: Codes, bags: Bags, padding: int | None) -> Tensor:
    """y[b] = sum, mean or maximum of the rows of bag b that are not `padding`, float32 [B, D].

    A mean of weighted rows divides by the sum of the weights; an empty bag is 0.
    """
    if not table.codes.is_cpu:
        return _by_torch(table, bags, padding)
    apart = -1 if padding is None else padding
    ids, offsets, dim = bags.ids.numpy(), bags.offsets.numpy(), table.codes.shape[1]
    weights = None if bags.weights is None else bags.weights.detach()
    if bags.mode == "max":
        rows = rows_of(table, bags.ids).numpy()
        places = np.where(ids == apart, -1, np.arange(len(ids)))
        return torch.from_numpy(pool_max(rows, places, offsets, dim)[0])
    out = torch.empty((len(offsets) - 1, dim))
    pool_bags(
        table.codes.numpy(), ids, offsets, dim,
        weights=None if weights is None else weights.float().contiguous().numpy(),
        scales=table.scales.numpy(), mean=bags.mode == "mean", padding=apart, out=out.numpy(),
    )  # fmt: skip
    return out


def _by_torch(table: Codes, bags: Bags, padding: int | None) -> Tensor:
    kept = torch.ones_like(bags.ids, dtype=torch.bool) if padding is None else bags.ids != padding
    lengths = bags.offsets.diff()
    owner = torch.repeat_interleave(torch.arange(len(lengths), device=kept.device), lengths)[kept]
    rows = rows_of(table, bags.ids[kept])
    weights = torch.ones_like(rows[:, 0]) if bags.weights is None else bags.weights[kept].float()
    out = rows.new_zeros((len(lengths), rows.shape[1]))
    if bags.mode == "max":
        places = owner.unsqueeze(1).expand_as(rows)
        return out.scatter_reduce(0, places, rows, "amax", include_self=False)
    out = out.index_add(0, owner, rows * weights.unsqueeze(1))
    if bags.mode == "mean":
        total = weights.new_zeros(len(lengths)).index_add(0, owner, weights).unsqueeze(1)
        out = torch.where(total == 0, 0, out / total)
    return out
