"""`EmbeddingBag`: `torch.nn.EmbeddingBag`, with a gradient that costs what the batch does.

y[b] = the sum, mean or maximum of E[x] over the ids x of bag b. Axes: `R` rows, `D` dimensions,
`B` bags, `L` ids in a bag, `N` ids in all.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rowspace.errors import SettingError
from rowspace.nn.backward import counts_of
from rowspace.nn.bag_input import BagInput
from rowspace.nn.contributions import bags_of
from rowspace.nn.layer import TableLayer, prepared
from rowspace.nn.look_up import pooled, pooled_by_torch, watched
from rowspace.nn.memory import new_weight
from rowspace.nn.options import Options
from rowspace.nn.quantized import QuantizedEmbeddingBag
from rowspace.nn.request import Bags


class EmbeddingBag(BagInput, TableLayer, torch.nn.EmbeddingBag):
    """Rows pooled bag by bag: `torch.nn.EmbeddingBag`'s arguments, state and results.

    Besides: `mode="mean"` takes `per_sample_weights` and divides by their sum (0 where that is 0);
    "max" takes `sparse`; bags may be lists of differing length, of ids or of items, or a
    `rowspace.Ragged`. Nothing of size [N, D] is made for sums and means. The gradient, `max_norm`,
    `padding_idx` and the options are as in `Embedding`.

    Raises SettingError, and ResourceError for a table that memory cannot hold.
    """

    mode: str
    include_last_offset: bool

    def __init__(  # noqa: PLR0913 - torch's arguments in torch's order
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: Any = None,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        options: Options | None = None,
        **given: Any,
    ) -> None:
        modes = ("sum", "mean", "max")
        SettingError.unless(mode in modes, "mode", mode, "'sum', 'mean' or 'max'")
        SettingError.unless(
            mode != "max" or not scale_grad_by_freq, "scale_grad_by_freq", True, "False for max"
        )
        settled, padding = prepared(num_embeddings, embedding_dim, padding_idx, options, given)
        fresh = _weight is None
        if _weight is None:
            _weight = new_weight(num_embeddings, embedding_dim, device, dtype)
        torch.nn.EmbeddingBag.__init__(
            self, num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, mode,
            sparse, _weight, include_last_offset, padding,
        )  # fmt: skip
        self._settle(settled, fresh)

    def forward(
        self, input: Any, offsets: Any = None, per_sample_weights: Tensor | None = None
    ) -> Tensor:
        """Pooled rows [B, D]; zeros for an empty bag.

        input: ids [B, L], or [N] with `offsets` [B] (`include_last_offset`: [B + 1]); lists of
        lists of ids or items; a `rowspace.Ragged`; a nested tensor. per_sample_weights: of the
        shape of the input, for "sum" and "mean"; they get a gradient where they ask for one.

        Raises IdRangeError (an IndexError), IdTypeError (a TypeError), InputError (a ValueError)
        for offsets or weights that do not fit, VocabularyError for an item that has no row.
        """
        weight = self.table()
        bags = self._bags(weight, input, offsets, per_sample_weights)
        dropout = self.dropout if self.training else None
        if dropout is not None and dropout.by_occurrence:
            bags = self._thinned(bags, dropout.weigh(bags.ids))
        elif bags.weights is not None and bags.mode == "mean":
            bags = self._weighted_mean(bags)
        out = pooled_by_torch(weight, bags, self) if watched() else pooled(weight, bags, self)
        if self.factor != 1:
            out = out * self.factor
        if dropout is not None and not dropout.by_occurrence:
            out = dropout.thin(out, pooled=True)
        return out

    def quantized(self, dtype: torch.dtype = torch.float32) -> QuantizedEmbeddingBag:
        """The same for inference in a quarter of the memory; `dtype` of the vectors it gives."""
        return QuantizedEmbeddingBag.from_float(self, dtype=dtype)

    def _thinned(self, bags: Bags, kept: Tensor) -> Bags:
        """Bags of what dropout `kept`, a factor for each id: 0 where it is dropped."""
        ids, offsets, weights, mode, _ = bags
        if mode == "max":
            stays = kept > 0
            before = torch.zeros(len(ids) + 1, dtype=torch.int64, device=ids.device)
            torch.cumsum(stays, 0, out=before[1:])
            return Bags(ids[stays], before[offsets], None, mode)
        if mode == "mean":
            weights = self._weighted_mean(bags).weights
        return Bags(ids, offsets, kept if weights is None else weights * kept, "sum")

    def _weighted_mean(self, bags: Bags) -> Bags:
        """A mean as a sum: weights (None: ones) divided by what they come to in their bag."""
        ids, offsets, weights, *_ = bags
        owners = bags_of(offsets, len(ids))
        if weights is None:
            counts = counts_of(ids, offsets, self.padding_idx)
            return Bags(ids, offsets, (1 / counts.clamp(min=1))[owners], "sum")
        if self.padding_idx is not None:
            weights = weights * (ids != self.padding_idx)
        total = weights.new_zeros(len(offsets) - 1).index_add(0, owners, weights)
        share = torch.where(total == 0, 0, 1 / torch.where(total == 0, 1, total))
        return Bags(ids, offsets, weights * share[owners], "sum")
