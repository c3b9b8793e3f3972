"""`rowspace.random` in torch's operators, bit for bit, on any device.

int64 stands in for uint64: sums and products wrap around alike, and a shift to the right has its
upper bits cut off.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from rowspace import random

_GOLDEN = int(random.GOLDEN.astype(np.int64))
_MIX_1, _MIX_2 = (int(one.astype(np.int64)) for one in (random.MIX_1, random.MIX_2))


def _right(bits: Tensor, by: int) -> Tensor:
    return (bits >> by) & ((1 << (64 - by)) - 1)


def mix(state: Tensor) -> Tensor:
    """SplitMix64's output for a state, int64 of the same shape."""
    z = (state ^ _right(state, 30)) * _MIX_1
    z = (z ^ _right(z, 27)) * _MIX_2
    return z ^ _right(z, 31)


def bits(seed: Tensor, stream: int, position: Tensor) -> Tensor:
    """64 random bits for each position, int64; `seed` int64 broadcasts."""
    start = mix(mix(seed) + _wrapped(stream * _GOLDEN))
    return mix(start + (position + 1) * _GOLDEN)


def uniform(seed: Tensor, stream: int, position: Tensor) -> Tensor:
    """Uniform in [0, 1), float32, from the upper 24 of the 64 bits."""
    return _right(bits(seed, stream, position), 40).to(torch.float32) * 2.0**-24


def _wrapped(number: int) -> int:
    """A Python number as int64 holds its lower 64 bits."""
    return (number + 2**63) % 2**64 - 2**63
