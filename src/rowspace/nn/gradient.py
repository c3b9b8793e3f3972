"""`RowGradient`: what `weight.grad` is after the backward of a layer.

It looks like a dense gradient of shape [R, D] and costs what its batch does: it holds the ids and
the gradients that came back for them. Nothing of R rows is made until an operation asks for it
that has no meaning without: then that one is given a dense copy. The optimizers of `rowspace.nn`
read `parts`; torch's own get dense numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

import torch
from torch import Tensor

from rowspace.nn.content import Content
from rowspace.nn.contributions import Part, Traits, joined
from rowspace.nn.operations import operate

__all__ = ["Part", "RowGradient", "Traits"]


@final
class RowGradient(Tensor):
    """A gradient [R, D] as the contributions of a batch to its rows; see the module's head.

    Added, scaled, clipped, copied and measured (`norm`) without making it dense. A view of it
    (`grad[3]`), or any other operation in place, makes it dense for good, so that what is written
    there is written here.
    """

    content: Content
    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    @staticmethod
    def of(parts: list[Part], like: Tensor, traits: Traits) -> RowGradient:
        """The gradient of a weight `like` [R, D], of its dtype and on its device."""
        return RowGradient.around(Content(parts, traits, like.shape, like.dtype, like.device))

    @staticmethod
    def around(content: Content) -> RowGradient:
        """The gradient, or another alias of it, that has this content."""
        made: RowGradient = Tensor._make_wrapper_subclass(
            RowGradient, content.shape, dtype=content.dtype, device=content.device
        )
        made.content = content
        return made

    @property
    def parts(self) -> list[Part]:
        """The contributions; a row may occur many times. Padding may be among them."""
        return self.content.parts

    @property
    def dense(self) -> Tensor | None:
        """A dense gradient [R, D] that is added to that of `parts`: tied weights have one."""
        return self.content.dense

    @property
    def traits(self) -> Traits:
        """What the layer says of its rows."""
        return self.content.traits

    def joined(self) -> Part:
        """All of `parts` as one."""
        if self.parts:
            return joined(self.parts)
        rows, sums = self.content.sums()
        return Part(rows, None, None, sums)

    def coalesced(self) -> tuple[Tensor, Tensor]:
        """The distinct rows of `parts` that learn, int64 [U] ascending, and their gradients.

        [U, D], float32 (float64 for such weights). `dense` is not in them; what comes is kept, not
        to be written.
        """
        rows, sums = self.content.sums()
        self.content.owned = False
        return rows, sums

    def to_sparse_coo(self) -> Tensor:
        """A coalesced torch tensor of layout sparse_coo, with one sparse dimension."""
        if self.dense is not None:
            return self.to_dense().to_sparse(1)
        rows, sums = self.coalesced()
        return torch.sparse_coo_tensor(
            rows.unsqueeze(0),
            sums.to(self.dtype),
            self.shape,
            is_coalesced=True,
            check_invariants=False,
        )

    def to_dense(self, dtype: torch.dtype | None = None, **_: Any) -> Tensor:
        """A dense copy [R, D], zero in the padding row and in frozen ones."""
        whole = self.content.whole()
        return whole if dtype is None else whole.to(dtype)

    def numpy(self, *, force: bool = False) -> Any:
        """A dense copy as an array."""
        return self.to_dense().numpy(force=force)

    def tolist(self) -> Any:
        """A dense copy as lists."""
        return self.to_dense().tolist()

    def __deepcopy__(self, memo: dict[int, Any]) -> RowGradient:
        return self.around(self.content.copy())

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.to_sparse_coo().__reduce_ex__(protocol)  # type: ignore[no-untyped-call]

    def __repr__(self, **_: Any) -> str:  # type: ignore[override]
        rows, sums = self.coalesced()
        more = "" if self.dense is None else f", dense={self.dense!r}"
        return f"RowGradient(rows={rows!r}, values={sums!r}, size={tuple(self.shape)}{more})"

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Sequence[type], args: Any = (), kwargs: Any = None
    ) -> Any:
        return operate(func, args, kwargs or {})
