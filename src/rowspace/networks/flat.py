"""State as flat arrays and data, which a checkpoint holds: nothing is pickled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

SIGN = "tensor:"
"""What stands in the data where a tensor was."""


def flattened(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    """`value` as data, its tensors put into `arrays` under names that begin with `name`."""
    if isinstance(value, Tensor):
        arrays[name] = value.detach().cpu().contiguous().numpy()
        return SIGN + name
    if isinstance(value, Mapping):
        inside = [
            [key, flattened(one, f"{name}.{place}", arrays)]
            for place, (key, one) in enumerate(value.items())
        ]
        return {"pairs": inside}
    if isinstance(value, (list, tuple)):
        listed = [flattened(one, f"{name}.{at}", arrays) for at, one in enumerate(value)]
        return {"list": listed}
    return value


def restored(data: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    """The inverse of `flattened`; tuples come back as lists."""
    if isinstance(data, str) and data.startswith(SIGN):
        return torch.from_numpy(np.array(arrays[data.removeprefix(SIGN)]))
    if isinstance(data, Mapping) and "pairs" in data:
        return {key: restored(one, arrays) for key, one in data["pairs"]}
    if isinstance(data, Mapping) and "list" in data:
        return [restored(one, arrays) for one in data["list"]]
    return data
