"""Dropout that costs little: eight numbers are kept or dropped by one draw.

PyTorch draws a number of 32 bits for each one on the CPU, which takes longer than the products
between two layers of a small network. A byte is enough, if p is a whole number of 256ths; what is
kept is divided by exactly what p then is, so that nothing changes on average.
"""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor, nn

from rowspace.errors import SettingError

PARTS = 256


@final
class Thinning(nn.Module):
    """`torch.nn.Dropout(p)`, p rounded to a 256th. On a GPU it is that very dropout.

    Raises SettingError for a p outside [0, 1).
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        SettingError.unless(0 <= p < 1, "dropout", p, "a share from 0 to below 1")
        self.p = p
        self.dropped = min(PARTS - 1, round(p * PARTS))

    def forward(self, values: Tensor) -> Tensor:
        """While training, some of the values are 0 and the others larger."""
        if not self.training or not self.dropped:
            return values
        if values.device.type != "cpu":
            return nn.functional.dropout(values, self.p)
        count = values.numel()
        drawn = torch.empty((count + 7) // 8, dtype=torch.int64).random_(-(2**63), None)
        kept = drawn.view(torch.uint8)[:count].view(values.shape) >= self.dropped
        return values * (kept * torch.tensor(PARTS / (PARTS - self.dropped), dtype=values.dtype))

    def extra_repr(self) -> str:
        return f"p={self.p}"
