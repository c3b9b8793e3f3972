"""A vocabulary as one tensor, so that it is saved with a layer and loaded as plain data."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load, save
from torch import Tensor

from rowspace.errors import InputError
from rowspace.vocabulary import Vocabulary

_CONFIG = "config"


def packed(vocabulary: Vocabulary) -> Tensor:
    """A vocabulary as uint8 [bytes]: its arrays and its policy, as a safetensors file."""
    config = np.frombuffer(json.dumps(vocabulary.config()).encode(), np.uint8)
    arrays = {name: np.ascontiguousarray(array) for name, array in vocabulary.arrays().items()}
    return torch.frombuffer(bytearray(save({**arrays, _CONFIG: config})), dtype=torch.uint8)


def unpacked(tensor: Tensor) -> Vocabulary:
    """The inverse. Raises InputError for what is no vocabulary, or a damaged one."""
    try:
        arrays = load(tensor.cpu().numpy().tobytes())
        config: Any = json.loads(arrays.pop(_CONFIG).tobytes())
    except (SafetensorError, KeyError, ValueError) as error:
        raise InputError(f"the layer's vocabulary cannot be read: {error}") from error
    if not isinstance(config, dict):
        raise InputError("the layer's vocabulary cannot be read: its settings are no table")
    vocabulary = Vocabulary.from_arrays(arrays, config)
    vocabulary.items.check()
    return vocabulary
