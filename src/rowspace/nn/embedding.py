"""`Embedding`: `torch.nn.Embedding`, with a gradient that costs what the batch does.

y = E[x]. Axes: `R` rows, `D` dimensions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from rowspace.nn.check import require_ids
from rowspace.nn.items import shares
from rowspace.nn.layer import TableLayer, prepared
from rowspace.nn.look_up import pooled, rows, rows_by_torch, watched
from rowspace.nn.memory import new_weight
from rowspace.nn.options import Options
from rowspace.nn.quantized import QuantizedEmbedding
from rowspace.nn.reading import holds_items, ids_of
from rowspace.nn.request import Bags


class Embedding(TableLayer, torch.nn.Embedding):
    """Rows by id, or by item: `torch.nn.Embedding`'s arguments, state and results.

    `weight.grad` is a `RowGradient`, which torch's optimizers take and `rowspace.nn`'s take at the
    cost of the batch; with `sparse` it is torch's sparse tensor. `max_norm` holds when rows are
    made, loaded or learned: the forward writes nothing. `padding_idx` may be an item.

    options: what torch's has not (`rowspace.nn.options.Options`); each is a keyword, too.

    Raises SettingError, and ResourceError for a table that memory cannot hold.
    """

    def __init__(  # noqa: PLR0913 - torch's arguments in torch's order
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: Any = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        options: Options | None = None,
        **given: Any,
    ) -> None:
        settled, padding = prepared(num_embeddings, embedding_dim, padding_idx, options, given)
        fresh = _weight is None
        if _weight is None:
            _weight = new_weight(num_embeddings, embedding_dim, device, dtype)
        torch.nn.Embedding.__init__(
            self, num_embeddings, embedding_dim, padding, max_norm, norm_type,
            scale_grad_by_freq, sparse, _weight, _freeze,
        )  # fmt: skip
        self._settle(settled, fresh)

    def forward(self, input: Any) -> Tensor:
        """y = E[input], of the shape of the input and D.

        input: ids, int64 or int32, as a tensor, an array or nested lists; or items, as text, lists
        of text or columns, which need a vocabulary.

        Raises IdRangeError (an IndexError) for an id outside the table and IdTypeError (a
        TypeError) for what is no id, each with the value, its position and the table's size;
        VocabularyError for an item that has no row.
        """
        weight = self.table()
        if not isinstance(input, Tensor):
            if holds_items(input):
                return self._of_items(weight, input)
            input = ids_of(input, len(weight)).to(weight.device)
        if watched():
            out = rows_by_torch(weight, input, self)
        else:
            input = require_ids(input, len(weight))
            out = rows(weight, input, self)
        return self._finished(out, input) if self.dropout or self.factor != 1 else out

    def quantized(self, dtype: torch.dtype = torch.float32) -> QuantizedEmbedding:
        """The same for inference in a quarter of the memory; `dtype` of the vectors it gives."""
        return QuantizedEmbedding.from_float(self, dtype=dtype)

    def _of_items(self, weight: Tensor, items: Any) -> Tensor:
        reader = self.reader()
        read = reader.items(items)
        ids = torch.from_numpy(np.ascontiguousarray(read.rows.ids)).to(weight.device)
        if read.plain:
            return self.forward(ids.view(read.shape))
        offsets = torch.from_numpy(read.rows.offsets).to(weight.device)
        pool = reader.vocabulary.pool
        dropout = self.dropout if self.training else None
        if dropout is not None and dropout.of == "rows":
            # Each row of an item is dropped wherever it occurs, among those of other items too.
            each = shares(read, "sum", pool).to(weight.device) * dropout.weigh(ids)
            out = pooled(weight, Bags(ids, offsets, each, "sum"), self)
            return out.view(*read.shape, weight.shape[1]) * self.factor
        out = pooled(weight, Bags(ids, offsets, None, pool), self)
        places = torch.arange(len(offsets) - 1, device=weight.device)
        return self._finished(out.view(*read.shape, weight.shape[1]), places.view(read.shape))

    def _finished(self, out: Tensor, ids: Tensor) -> Tensor:
        """What was looked up, scaled and thinned out."""
        if self.factor != 1:
            out = out * self.factor
        if self.dropout is None or not self.training:
            return out
        if self.dropout.by_occurrence:
            return out * self.dropout.weigh(ids).to(out.dtype).unsqueeze(-1)
        return self.dropout.thin(out)
