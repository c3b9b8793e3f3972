"""Layers in a quarter of the memory, for inference: int8 codes with a float32 scale a row.

    small = rowspace.nn.QuantizedEmbedding.from_float(layer)

Axes: `R` rows, `D` dimensions, `N` ids, `B` bags.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Any, TypeVar, final

import torch
from torch import Tensor, nn

from rowspace.errors import SettingError
from rowspace.nn.bag_input import BagInput
from rowspace.nn.check import require_ids, require_size
from rowspace.nn.codes import Codes, bags_of_rows, decoded, empty_codes, encoded, rows_of
from rowspace.nn.items import padding_row
from rowspace.nn.reading import holds_items, ids_of
from rowspace.nn.request import Bags
from rowspace.nn.worded import Worded
from rowspace.vocabulary import Vocabulary

FLOATS = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
Self = TypeVar("Self", bound="QuantizedLayer")


class QuantizedLayer(Worded, nn.Module, ABC):
    """`codes` int8 [R, D] and `scales` float32 [R]; vectors of `dtype` out. Nothing learns.

    `half()` and `to(dtype)` change what comes out; codes and scales stay as they are.
    """

    codes: Tensor
    scales: Tensor

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: Any = None,
        *,
        vocabulary: Vocabulary | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """A layer of zeros, to load a `state_dict` into. Raises SettingError."""
        super().__init__()
        require_size(num_embeddings, embedding_dim)
        SettingError.unless(dtype in FLOATS, "dtype", dtype, "a type of floats")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.dtype = dtype
        self._know(vocabulary, num_embeddings)
        padding = padding_row(vocabulary, padding_idx)
        fits = padding is None or -num_embeddings <= padding < num_embeddings
        SettingError.unless(fits, "padding_idx", padding, f"below {num_embeddings}")
        self.padding_idx = padding + num_embeddings if padding and padding < 0 else padding
        self._hold(empty_codes(num_embeddings, embedding_dim))

    @classmethod
    def _like(cls: type[Self], layer: Any, dtype: torch.dtype, **settings: Any) -> Self:
        rows, dim = layer.weight.shape
        vocabulary = getattr(layer, "vocabulary", None)
        made = cls(
            rows, dim, padding_idx=layer.padding_idx, vocabulary=vocabulary, dtype=dtype, **settings
        )
        made._hold(
            encoded(
                layer.weight,
                max_norm=layer.max_norm,
                norm_type=layer.norm_type,
                factor=getattr(layer, "factor", 1.0),
            )
        )
        return made.train(layer.training)

    def _hold(self, table: Codes) -> None:
        self.register_buffer("codes", table.codes)
        self.register_buffer("scales", table.scales)

    @property
    def table(self) -> Codes:
        """The codes and their scales."""
        return Codes(self.codes, self.scales)

    def dequantized(self) -> Tensor:
        """The rows that the codes mean, of `dtype` [R, D]."""
        return decoded(self.table).to(self.dtype)

    def extra_repr(self) -> str:
        return (
            f"{self.num_embeddings}, {self.embedding_dim}, padding_idx={self.padding_idx}, "
            f"dtype={self.dtype}"
        )

    def _apply(self: Self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        kept = self.scales
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        if self.scales.dtype != torch.float32:
            self.dtype, self.scales = self.scales.dtype, kept.to(self.codes.device)
        return self


@final
class QuantizedEmbedding(QuantizedLayer):
    """`Embedding` for inference, in a quarter of the memory."""

    @classmethod
    def from_float(cls, layer: Any, *, dtype: torch.dtype = torch.float32) -> QuantizedEmbedding:
        """From `rowspace.nn.Embedding` or torch's; `dtype` is that of the vectors looked up.

        The layer's `max_norm` and `scale` are worked into the codes; its dropout is no part of
        inference. Raises InputError at the first row that holds NaN or an infinity.
        """
        return cls._like(layer, dtype)

    def forward(self, input: Any) -> Tensor:
        """y = E[input], of the shape of the input and D; input and errors as in `Embedding`."""
        size, device = self.num_embeddings, self.codes.device
        if isinstance(input, Tensor):
            ids = input
        elif holds_items(input):
            reader = self.reader()
            read = reader.items(input)
            ids = torch.from_numpy(read.rows.ids).to(device)
            if not read.plain:
                offsets = torch.from_numpy(read.rows.offsets).to(device)
                bags = Bags(ids, offsets, None, reader.vocabulary.pool)
                found = bags_of_rows(self.table, bags, self.padding_idx)
                return found.view(*read.shape, self.embedding_dim).to(self.dtype)
            ids = ids.view(read.shape)
        else:
            ids = ids_of(input, size).to(device)
        return rows_of(self.table, require_ids(ids, size)).to(self.dtype)


@final
class QuantizedEmbeddingBag(BagInput, QuantizedLayer):
    """`EmbeddingBag` for inference, in a quarter of the memory, which makes it faster as well."""

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        mode: str = "mean",
        *,
        padding_idx: Any = None,
        include_last_offset: bool = False,
        **settings: Any,
    ) -> None:
        """A layer of zeros, to load a `state_dict` into; `settings` are those of
        `QuantizedEmbedding`. Raises SettingError."""
        super().__init__(num_embeddings, embedding_dim, padding_idx, **settings)
        modes = ("sum", "mean", "max")
        SettingError.unless(mode in modes, "mode", mode, "'sum', 'mean' or 'max'")
        self.mode, self.include_last_offset = mode, include_last_offset

    @classmethod
    def from_float(cls, layer: Any, *, dtype: torch.dtype = torch.float32) -> QuantizedEmbeddingBag:
        """From `rowspace.nn.EmbeddingBag` or torch's, as `QuantizedEmbedding.from_float`."""
        last = layer.include_last_offset
        return cls._like(layer, dtype, mode=layer.mode, include_last_offset=last)

    def forward(
        self, input: Any, offsets: Any = None, per_sample_weights: Tensor | None = None
    ) -> Tensor:
        """Pooled rows [B, D]; input and errors as in `EmbeddingBag`."""
        bags = self._bags(self.codes, input, offsets, per_sample_weights)
        return bags_of_rows(self.table, bags, self.padding_idx).to(self.dtype)
