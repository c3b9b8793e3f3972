"""What a layer of bags was given, as bags of rows, looked at.

Axes: `R` rows, `B` bags, `L` ids in a bag, `N` ids in all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import InputError, SettingError
from rowspace.nn.check import even_offsets, require_ids, require_offsets
from rowspace.nn.items import shares
from rowspace.nn.look_up import watched
from rowspace.nn.reading import bags_of_ids, holds_items, ids_of
from rowspace.nn.request import Bags
from rowspace.nn.worded import Worded
from rowspace.ragged import Ragged


class BagInput(Worded):
    """Reads ids, items and weights for layers that pool, learned or quantised; to be built upon."""

    mode: str
    include_last_offset: bool

    def _bags(self, weight: Tensor, input: Any, offsets: Any, weights: Any) -> Bags:
        """The input as bags of rows, looked at. Raises as `forward` does."""
        if weights is not None and not isinstance(weights, Tensor):
            raise InputError(f"per_sample_weights must be a tensor, not {type(weights).__name__}")
        if weights is not None and self.mode == "max":
            raise SettingError(
                "per_sample_weights have no meaning for mode='max'",
                hint="use mode='sum' or mode='mean'",
            )
        if not isinstance(input, Tensor):
            if isinstance(input, Ragged):
                return self._of_ragged(weight, input, weights)
            if holds_items(input):
                return self._of_items(weight, input, offsets, weights)
            if offsets is None and not isinstance(input, np.ndarray):
                return self._of_ragged(weight, bags_of_ids(input, len(weight)), weights)
            input = ids_of(input, len(weight)).to(weight.device)
        return self._of_tensor(weight, input, offsets, weights)

    def _of_tensor(
        self, weight: Tensor, input: Tensor, offsets: Any, weights: Tensor | None
    ) -> Bags:
        require_weights(weights, input)
        if input.is_nested:
            nested: Any = input
            ids = require_ids(nested.values(), len(weight))
            inner = None if weights is None else weights.values()
            return Bags(ids, nested.offsets(), inner, self.mode)
        if input.dim() == 2:
            return self._of_matrix(weight, input, offsets, weights)
        if input.dim() != 1:
            raise InputError(f"bags have one axis or two, not {input.dim()}")
        if offsets is None:
            raise InputError(
                "ids of one axis need offsets: where each bag begins",
                hint="ids [B, L] are B bags of L",
            )
        if watched():
            return Bags(input, self._offsets(input, offsets), weights, self.mode)
        ids = require_ids(input, len(weight))
        offsets = require_offsets(offsets, len(ids), include_last=self.include_last_offset)
        return _cut(Bags(ids, offsets.to(ids.device), weights, self.mode))

    def _of_matrix(
        self, weight: Tensor, input: Tensor, offsets: Any, weights: Tensor | None
    ) -> Bags:
        if offsets is not None:
            raise InputError(
                "ids [B, L] are B bags of L and take no offsets",
                hint="give the ids in one axis, or leave the offsets out",
            )
        count, length = input.shape
        flat = None if weights is None else weights.reshape(-1)
        if watched():
            starts = torch.arange(count + 1, device=input.device) * length
            return Bags(input.reshape(-1), starts.to(input.dtype), flat, self.mode)
        ids = require_ids(input, len(weight)).view(-1)
        return Bags(ids, even_offsets(count, length, ids.device), flat, self.mode, length)

    def _of_ragged(self, weight: Tensor, ragged: Ragged, weights: Tensor | None) -> Bags:
        ids, offsets = (
            torch.from_numpy(np.ascontiguousarray(one, np.int64)).to(weight.device)
            for one in (ragged.ids, ragged.offsets)
        )
        if weights is None and ragged.weights is not None:
            weights = torch.from_numpy(np.array(ragged.weights)).to(weight.device)
        require_weights(weights, ids)
        return Bags(require_ids(ids, len(weight)), offsets, weights, self.mode)

    def _of_items(self, weight: Tensor, items: Any, offsets: Any, weights: Tensor | None) -> Bags:
        reader, device = self.reader(), weight.device
        starts = None
        if offsets is not None:
            last = self.include_last_offset
            starts = require_offsets(offsets, len(items), include_last=last).cpu().numpy()
        read = reader.bags(items, starts)
        ids = torch.from_numpy(np.ascontiguousarray(read.rows.ids)).to(device)
        ends = torch.from_numpy(read.row_offsets).to(device)
        if weights is not None and weights.shape != (len(read.rows),):
            raise InputError(
                f"{len(read.rows)} items need as many weights, not of shape {tuple(weights.shape)}"
            )
        if read.plain:
            return _cut(Bags(ids, ends, weights, self.mode))
        pool = reader.vocabulary.pool
        each = shares(read, self.mode, pool, weights=weights, padding=self.padding_idx)
        return _cut(Bags(ids, ends, each.to(device), "sum"))

    def _offsets(self, ids: Tensor, offsets: Tensor) -> Tensor:
        """Offsets [B + 1] that nobody looks at."""
        if self.include_last_offset:
            return offsets
        return torch.cat([offsets, offsets.new_full((1,), ids.shape[0])])


def require_weights(weights: Tensor | None, ids: Tensor) -> None:
    """Raises InputError or IdTypeError unless there are as many weights as ids, of floats."""
    if weights is None:
        return
    if not weights.is_floating_point():
        raise InputError(f"per_sample_weights must be floats, not {weights.dtype}")
    if weights.is_nested != ids.is_nested:
        raise InputError("per_sample_weights are nested where the ids are, and only there")
    if not ids.is_nested and weights.shape != ids.shape:
        raise InputError(
            f"per_sample_weights must have the shape of the ids, {tuple(ids.shape)}, "
            f"not {tuple(weights.shape)}"
        )


def _cut(bags: Bags) -> Bags:
    """Bags without the ids beyond the last of them."""
    ids, offsets, weights, mode, _ = bags
    end = int(offsets.numpy()[-1]) if offsets.is_cpu else int(offsets[-1])
    if end == len(ids):
        return bags
    return Bags(ids[:end], offsets, None if weights is None else weights[:end], mode)
