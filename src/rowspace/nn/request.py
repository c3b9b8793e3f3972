"""What a look-up is asked: for which layer, and, where it pools, which bags.

Axes: `R` rows, `D` dimensions, `N` ids, `B` bags.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, final

from torch import Tensor

from rowspace.nn.contributions import Traits


class Layer(Protocol):
    """What a look-up asks of the layer it is for."""

    padding_idx: int | None
    scale_grad_by_freq: bool
    sparse: bool

    def traits(self) -> Traits:
        """What its rows are like."""


@final
class Bags(NamedTuple):
    """ids int64 [N], each a row of the table; offsets int64 [B + 1]; weights [N] or None; length:
    that of each bag, where all are known to have one, else 0."""

    ids: Tensor
    offsets: Tensor
    weights: Tensor | None
    mode: str
    length: int = 0
