"""Memory for the tables of layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rowspace.nn.arrays import NUMBERS
from rowspace.nn.check import LARGE, require_room
from rowspace.table import zeros


def new_weight(rows: int, dim: int, device: Any, dtype: torch.dtype | None) -> Tensor:
    """Memory for a table [R, D], on huge pages where it is large. Raises ResourceError."""
    device = torch.get_default_device() if device is None else torch.device(device)
    dtype = torch.get_default_dtype() if dtype is None else dtype
    size = rows * dim * dtype.itemsize
    if device.type != "cpu" or torch._C._len_torch_dispatch_stack() > 0:
        return torch.empty(rows, dim, device=device, dtype=dtype)
    require_room(size, rows, dim)
    if size < LARGE or dtype not in (*NUMBERS, torch.float64):
        return torch.empty(rows, dim, device=device, dtype=dtype)
    flat = torch.from_numpy(zeros(1, -(-size // 4))).view(-1)
    return flat.view(dtype)[: rows * dim].view(rows, dim)
