"""A part of a model by its path: `model/users`, where `model` is a model and no such file is there.

What is there under that name is opened instead.
"""

from __future__ import annotations

import os
from pathlib import Path

from rowspace.errors import FormatError
from rowspace.files import tensors
from rowspace.files.folder import TABLE, opened
from rowspace.vectors import Model
from rowspace.vectors.inside import no_part


def divided(path: Path) -> tuple[Path, str | None]:
    """The model and the part of it that a path means; the path itself and None for a whole one."""
    above = path.parent
    if os.path.lexists(path) or not path.name or not _is_model(above):
        return path, None
    return above, path.name


def part_of(model: Model, name: str, path: Path) -> Model:
    """The part that `path` names. Raises FormatError, naming those there are."""
    if name not in model.parts:
        raise FormatError(
            path,
            "there is no such folder or file, and the model above it has "
            + no_part(name, model.parts),
        )
    return model.parts[name]


def _is_model(path: Path) -> bool:
    """Whether it is a model folder of ours, or the table file of one; damaged or not."""
    if os.path.isdir(path):
        return os.path.lexists(path / TABLE)
    if not os.path.isfile(path):
        return False
    try:
        with opened(path) as file:
            return "rowspace" in tensors.read_header(file, path).metadata
    except FormatError:
        return False
