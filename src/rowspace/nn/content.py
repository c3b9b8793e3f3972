"""What a gradient and its aliases (`detach`, `data`) hold in common, and sums done on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, final

import torch
from torch import Tensor

from rowspace.nn.contributions import HALVES, Part, Traits, summed


@final
class Content:
    """`parts`, and a `dense` gradient of `shape` [R, D], or None, that is added to theirs.

    `single`: there is one part at most, whose rows learn, are distinct and in order.
    `owned`: nobody else holds the values of the parts, so they may be written. `dense` is always
    our own, and stays the same tensor: views of it may be about.
    """

    __slots__ = ("dense", "device", "dtype", "owned", "parts", "shape", "single", "traits")

    def __init__(
        self,
        parts: list[Part],
        traits: Traits,
        shape: torch.Size,
        dtype: torch.dtype,
        device: torch.device,
    ) -> None:
        self.parts, self.traits = parts, traits
        self.shape, self.dtype, self.device = shape, dtype, device
        self.dense: Tensor | None = None
        self.single = self.owned = False

    def copy(self) -> Content:
        """The same again; the parts' values are shared, and so may not be written any more."""
        other = Content(list(self.parts), self.traits, self.shape, self.dtype, self.device)
        self.owned, other.single = False, self.single
        other.dense = None if self.dense is None else self.dense.clone()
        return other

    def cast(self, dtype: torch.dtype, device: torch.device) -> Content:
        """A copy elsewhere, or in other numbers."""
        other = self.copy()
        other.dtype, other.device = dtype, device
        wide = torch.float32 if dtype in HALVES and self.single else dtype
        other.parts = [part.to(device=device, dtype=wide) for part in self.parts]
        if self.traits.frozen is not None:
            other.traits = replace(self.traits, frozen=self.traits.frozen.to(device))
        if other.dense is not None:
            other.dense = other.dense.to(device=device, dtype=dtype)
        return other

    def clear(self) -> None:
        """Become zero."""
        self.parts, self.single, self.owned = [], False, False
        if self.dense is not None:
            self.dense.zero_()

    def sums(self) -> tuple[Tensor, Tensor]:
        """The distinct rows of `parts` that learn, and their sums, which take the parts' place."""
        if not self.parts:
            ids = torch.zeros(0, dtype=torch.int64, device=self.device)
            dtype = torch.float64 if self.dtype == torch.float64 else torch.float32
            return ids, torch.zeros(0, self.shape[1], dtype=dtype, device=self.device)
        if not self.single:
            rows, sums = summed(self.parts, self.shape, self.traits)
            self.parts, self.single, self.owned = [Part(rows, None, None, sums)], True, True
        return self.parts[0].ids, self.parts[0].values

    def whole(self) -> Tensor:
        """A dense copy."""
        if self.dense is None:
            out = torch.zeros(self.shape, dtype=self.dtype, device=self.device)
        else:
            out = self.dense.clone()
        return self.traits.hush(self.put_into(out))

    def put_into(self, out: Tensor, alpha: Any = 1) -> Tensor:
        """`out` [R, D] with the sums of the parts, times `alpha`, added."""
        if self.parts:
            rows, sums = self.sums()
            out[rows] = (out[rows] + (sums if alpha == 1 else sums * alpha)).to(out.dtype)
        return out

    def become_dense(self) -> Tensor:
        """Make all of it `dense`, which others may view and write from now on."""
        whole = self.whole()
        self.dense = whole if self.dense is None else self.dense.copy_(whole)
        self.parts, self.single = [], False
        return self.dense

    def add(self, other: Content, alpha: Any = 1) -> None:
        """Add another, times `alpha`."""
        mine, theirs, traits = self.parts, other.parts, self.traits
        if not traits.same(other.traits):
            mine = [part.without(traits.padding_idx) for part in mine]
            theirs = [part.without(other.traits.padding_idx) for part in theirs]
            traits = traits.with_those(other.traits)
        if alpha != 1:
            theirs = [part._replace(values=part.values * alpha) for part in theirs]
        self.parts, self.traits = [*mine, *theirs], traits
        self.single = self.owned = other.owned = False
        if other.dense is not None:
            self.add_dense(other.dense, alpha)

    def add_dense(self, dense: Tensor, alpha: Any = 1) -> None:
        """Add a dense gradient, times `alpha`."""
        if self.dense is None:
            self.dense = dense.to(self.dtype, copy=True)
            if alpha != 1:
                self.dense.mul_(alpha)
        else:
            self.dense.add_(dense, alpha=alpha)

    def change(self, operation: Callable[[Tensor], object]) -> None:
        """Do to every number, in place, what leaves sums of them and zero right."""
        for values in self.values():
            operation(values)

    def values(self) -> list[Tensor]:
        """All the numbers there are, to be written."""
        if not self.owned:
            self.parts = [part._replace(values=part.values.clone()) for part in self.parts]
            self.owned = True
        own = [part.values for part in self.parts]
        return own if self.dense is None else [*own, self.dense]

    def multiply_rows(self, factor: Tensor) -> None:
        """Multiply by a tensor that spreads over [R, D], in place."""
        spread = factor.expand(self.shape)
        rows, _ = self.sums()
        self.change(lambda t: t.mul_(spread if t is self.dense else spread[rows]))

    def clamp(self, low: float | None, high: float | None) -> None:
        """Bring every number between `low` and `high` (None: no bound), in place."""
        if self.dense is not None or (low or 0) > 0 or (high or 0) < 0:
            self.become_dense().clamp_(low, high)
        else:
            self.sums()
            self.change(lambda t: t.clamp_(low, high))

    def norm(self, p: float) -> Tensor:
        """The p-norm of all R · D numbers, of the gradient's dtype."""
        if self.dense is not None or p < 0:
            return torch.linalg.vector_norm(self.whole(), p)
        return torch.linalg.vector_norm(self.sums()[1], p).to(self.dtype)
