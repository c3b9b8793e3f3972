"""Logits from the embedding's own weight: what goes in as rows comes out as rows.

logits = scale · h Eᵀ + b (Press and Wolf 2017; Inan et al. 2017). Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from math import isfinite, sqrt
from typing import Any, Literal, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from rowspace.errors import InputError, SettingError
from rowspace.nn.grow import put_in_place

Scale = float | Literal["inverse-sqrt-dim"]


@final
class TiedLinear(nn.Module):
    """`torch.nn.Linear(D, R)` whose weight is that of `embedding`: shared, not copied.

    embedding: any layer with a `weight` [R, D]. It stays a module of whoever holds it: the weight
    is neither saved nor counted a second time, and the two are moved and copied together as parts
    of one model. bias: a number a row besides. scale: what logits are multiplied by;
    "inverse-sqrt-dim" is 1 / sqrt(D), as in T5, for tables that start at N(0, 1). mask_padding:
    the logit of the embedding's padding row is -inf, so that it is never chosen and softmax gives
    it no gradient.

    The gradient of the weight is dense, for every row is in every logit; it is added to that of
    the look-up. `rowspace.nn`'s optimizers leave the padding row and frozen rows where they are.
    When the embedding grows, so do the logits; a bias grows by zeros at the next forward, unless
    `rowspace.nn.grow` was told of this layer.

    Raises SettingError for a scale that is no number, or a mask without a padding row.
    """

    embedding: Any
    bias: nn.Parameter | None

    def __init__(
        self,
        embedding: nn.Module,
        bias: bool = False,
        *,
        scale: Scale | None = None,
        mask_padding: bool = False,
    ) -> None:
        super().__init__()
        weight = getattr(embedding, "weight", None)
        if not isinstance(weight, Tensor) or weight.dim() != 2:
            raise SettingError(
                f"TiedLinear needs a layer with a weight [rows, dim], not {embedding!r:.80}"
            )
        # Past nn.Module.__setattr__, which would make it a module of this one.
        self.__dict__["embedding"] = embedding
        self.scale = _number(scale, weight.shape[1])
        padding = getattr(embedding, "padding_idx", None)
        SettingError.unless(
            not mask_padding or padding is not None,
            "mask_padding",
            mask_padding,
            "False where the embedding has no padding_idx",
        )
        self.mask_padding = mask_padding
        made = torch.zeros(weight.shape[0], dtype=weight.dtype, device=weight.device)
        self.register_parameter("bias", nn.Parameter(made) if bias else None)

    @property
    def weight(self) -> Tensor:
        """The embedding's own, [R, D]."""
        weight: Tensor = self.embedding.weight
        return weight

    @property
    def in_features(self) -> int:
        """D."""
        return self.weight.shape[1]

    @property
    def out_features(self) -> int:
        """R."""
        return self.weight.shape[0]

    def forward(self, hidden: Tensor) -> Tensor:
        """Logits [..., R] of hidden states [..., D]. Raises InputError for another width."""
        weight = self.weight
        if hidden.shape[-1:] != weight.shape[1:]:
            raise InputError(
                f"tied logits need hidden states of {weight.shape[1]} numbers, "
                f"not of shape {tuple(hidden.shape)}",
                hint=f"bring them to the embedding's width: torch.nn.Linear(n, {weight.shape[1]})",
            )
        if self.bias is not None and len(self.bias) < len(weight):
            self.grow()
        # Scaling the narrow side is cheaper than scaling R numbers a state.
        scaled = hidden if self.scale == 1 else hidden * self.scale
        logits = functional.linear(scaled, weight, self.bias)
        if self.mask_padding:
            place = torch.tensor(self.embedding.padding_idx, device=logits.device)
            logits = logits.index_fill(-1, place, -torch.inf)
        return logits

    def grow(self) -> None:
        """Gives the bias a zero for each row that the embedding has more."""
        if self.bias is not None:
            more = self.bias.new_zeros(self.out_features - len(self.bias))
            put_in_place(self.bias, torch.cat([self.bias.detach(), more]))

    def extra_repr(self) -> str:
        return (
            f"in_features={self.in_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}, scale={self.scale:g}, mask_padding={self.mask_padding}"
        )


def _number(scale: Scale | None, dim: int) -> float:
    if scale is None:
        return 1.0
    if scale == "inverse-sqrt-dim":
        return 1 / sqrt(max(1, dim))
    number = isinstance(scale, (int, float)) and not isinstance(scale, bool) and isfinite(scale)
    SettingError.unless(number, "scale", scale, "a number or 'inverse-sqrt-dim'")
    return float(scale)
