"""The same memory as torch's tensor and as the kernels' array."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

NUMBERS = (torch.float32, torch.float16, torch.bfloat16)
"""What kernels work on."""


def as_array(tensor: Tensor) -> np.ndarray:
    """A tensor on the CPU as an array, in rows without gaps; bfloat16 as its bits, int16."""
    tensor = tensor.detach().contiguous()
    array: np.ndarray = (
        tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
    ).numpy()
    return array


def as_tensor(array: np.ndarray, dtype: torch.dtype) -> Tensor:
    """The inverse, for a tensor of `dtype`."""
    tensor = torch.from_numpy(array)
    return tensor.view(dtype) if dtype == torch.bfloat16 else tensor
