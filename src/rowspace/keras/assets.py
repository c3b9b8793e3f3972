"""A vocabulary in a folder of a saved model: arrays beside each other, and no code.

vocabulary.safetensors   the arrays of `Vocabulary.arrays`; `Vocabulary.config` as metadata
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from rowspace.errors import FormatError, InputError
from rowspace.vocabulary import Vocabulary

FILE = "vocabulary.safetensors"


def save(vocabulary: Vocabulary, folder: str) -> None:
    """Write `vocabulary` into `folder`, which is there."""
    arrays = {name: np.ascontiguousarray(one) for name, one in vocabulary.arrays().items()}
    save_file(arrays, Path(folder) / FILE, {"vocabulary": json.dumps(vocabulary.config())})


def load(folder: str | None) -> Vocabulary:
    """The inverse of `save`; the file is read whole. Raises FormatError."""
    path = Path(folder or ".") / FILE
    if folder is None or not path.is_file():
        raise FormatError(path, "the vocabulary of a layer is not in the saved model")
    try:
        with safe_open(path, "numpy") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
            config = _config(file.metadata())
        vocabulary = Vocabulary.from_arrays(arrays, config)
        vocabulary.items.check()
    except (SafetensorError, InputError) as error:
        raise FormatError(path, f"no vocabulary: {error}") from error
    return vocabulary


def _config(metadata: dict[str, str] | None) -> dict[str, Any]:
    try:
        config = json.loads((metadata or {})["vocabulary"])
    except (KeyError, ValueError) as error:
        raise InputError("its configuration is missing or broken") from error
    if not isinstance(config, dict):
        raise InputError("its configuration is no object")
    return config
