"""What a gradient of a table is made of: contributions to rows, summed when somebody needs it.

Axes: `R` rows of the table, `D` dimensions, `N` ids, `B` bags, `U` distinct rows among the ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, final

import torch
from torch import Tensor

from rowspace.nn.arrays import NUMBERS, as_array
from rowspace.table.learning import Batch, coalesce

HALVES = (torch.float16, torch.bfloat16)


@final
class Part(NamedTuple):
    """Contribution `i` is weights[i] · values[its bag], to row ids[i].

    ids: int64 [N]. offsets: int64 [B + 1], or None: every id is a bag of its own. weights: [N], or
    None: all ones. values: [B, D], which others may hold too: never written.
    """

    ids: Tensor
    offsets: Tensor | None
    weights: Tensor | None
    values: Tensor

    def bags(self) -> Tensor | None:
        """The bag of every id, int64 [N]; None where every id is a bag of its own."""
        return None if self.offsets is None else bags_of(self.offsets, len(self.ids))

    def spread(self) -> Tensor:
        """Every contribution by itself, [N, D]; float32 where the values are halves."""
        values = self.values.float() if self.values.dtype in HALVES else self.values
        bags = self.bags()
        rows = values if bags is None else values.index_select(0, bags)
        return rows if self.weights is None else rows * self.weights.to(rows.dtype).unsqueeze(1)

    def without(self, row: int | None) -> Part:
        """The contributions to all other rows, each by itself where one had to go."""
        if row is None or not bool((kept := self.ids != row).logical_not().any()):
            return self
        return Part(self.ids[kept], None, None, self.spread()[kept])

    def to(self, *, device: torch.device, dtype: torch.dtype) -> Part:
        """The same elsewhere, or in other numbers."""
        ids, offsets, weights, values = self
        return Part(
            ids.to(device),
            None if offsets is None else offsets.to(device),
            None if weights is None else weights.to(device),
            values.to(device=device, dtype=dtype),
        )


@final
@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """What the layer says of its rows: one that pads, those that never learn (uint8 [R], 1 where
    frozen), and how long they may be."""

    padding_idx: int | None = None
    frozen: Tensor | None = None
    max_norm: float | None = None
    norm_type: float = 2.0

    def same(self, other: Traits) -> bool:
        """Whether both say the same, of the same layer's rows."""
        return (
            self.frozen is other.frozen
            and self.padding_idx == other.padding_idx
            and self.max_norm == other.max_norm
            and self.norm_type == other.norm_type
        )

    def with_those(self, other: Traits) -> Traits:
        """Those of a table that two layers share: frozen where one of them freezes, the shorter
        length; a row pads where it does in both."""
        frozen = self.frozen if other.frozen is None else other.frozen
        if self.frozen is not None and other.frozen is not None:
            frozen = self.frozen | other.frozen
        short = min((self, other), key=lambda t: float("inf") if t.max_norm is None else t.max_norm)
        padding = self.padding_idx if self.padding_idx == other.padding_idx else None
        return Traits(padding, frozen, short.max_norm, short.norm_type)

    def hush(self, dense: Tensor) -> Tensor:
        """`dense` [R, D] with zeros, in place, where nothing is to be learned."""
        if self.padding_idx is not None:
            dense[self.padding_idx] = 0
        if self.frozen is not None:
            dense[self.frozen.bool()] = 0
        return dense


def bags_of(offsets: Tensor, size: int) -> Tensor:
    """The bag of each of `size` ids, int64 [N]."""
    bags = torch.arange(len(offsets) - 1, device=offsets.device)
    return torch.repeat_interleave(bags, offsets.diff(), output_size=size)


def joined(parts: Sequence[Part]) -> Part:
    """Several parts as one: their bags one after the other."""
    if len(parts) == 1:
        return parts[0]
    ids = torch.cat([part.ids for part in parts])
    dtype = reduce(torch.promote_types, [part.values.dtype for part in parts])
    values = torch.cat([part.values.to(dtype) for part in parts])
    weights = offsets = None
    if any(part.weights is not None for part in parts):
        own = torch.float64 if dtype == torch.float64 else torch.float32
        weights = torch.cat([_weights(part).to(own) for part in parts])
    if any(part.offsets is not None for part in parts):
        lengths = [_lengths(part) for part in parts]
        offsets = torch.cat([ids.new_zeros(1), torch.cat(lengths).cumsum(0)])
    return Part(ids, offsets, weights, values)


def _weights(part: Part) -> Tensor:
    if part.weights is None:
        return torch.ones(len(part.ids), device=part.ids.device)
    return part.weights


def _lengths(part: Part) -> Tensor:
    return torch.ones_like(part.ids) if part.offsets is None else part.offsets.diff()


def summed(parts: Sequence[Part], shape: Sequence[int], traits: Traits) -> tuple[Tensor, Tensor]:
    """The distinct rows that learn, int64 [U] in ascending order, and the sum of the contributions
    to each, [U, D]: float32, or float64 where the values are."""
    part = joined(parts)
    if part.values.is_cpu and part.values.dtype in NUMBERS:
        rows, sums = _summed_here(part, shape[0])
    else:
        rows, sums = _summed_by_torch(part, shape)
    if traits.frozen is None and traits.padding_idx is None:
        return rows, sums
    learns = torch.ones_like(rows, dtype=torch.bool)
    if traits.frozen is not None:
        learns &= traits.frozen[rows] == 0
    if traits.padding_idx is not None:
        learns &= rows != traits.padding_idx
    return (rows, sums) if bool(learns.all()) else (rows[learns], sums[learns])


def _summed_here(part: Part, size: int) -> tuple[Tensor, Tensor]:
    offsets, weights = part.offsets, part.weights
    batch = Batch(
        as_array(part.ids),
        as_array(part.values),
        None if offsets is None else as_array(offsets),
        None if weights is None else as_array(weights.float()),
    )
    rows, sums = coalesce(batch, size)
    return torch.from_numpy(rows), torch.from_numpy(sums)


def _summed_by_torch(part: Part, shape: Sequence[int]) -> tuple[Tensor, Tensor]:
    whole = torch.sparse_coo_tensor(
        part.ids.unsqueeze(0), part.spread(), tuple(shape), check_invariants=False
    ).coalesce()
    return whole._indices()[0], whole._values()
