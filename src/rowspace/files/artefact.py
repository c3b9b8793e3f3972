"""A model on disk: a folder of data, opened by one memory map, replaced without a gap.

    model.safetensors    rows, counts, the vocabulary as flat arrays, and the configuration again
    config.json          the configuration (manifest.py), for people and other programs
    README.md            the model card
    context.safetensors  output-side rows for training on; only if the model has them
    tokenizer.json       only where a trained tokenizer is used

A model lives in one file, so replacing that file by a rename replaces the model: whoever opens it
sees the old one or the new one, whole, also while it is being saved over and after a power cut.
`config.json` and `context.safetensors` carry the content identity of the table file they belong
to; one left behind by an interrupted save is told by that and not used.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from rowspace.errors import FormatError, InputError
from rowspace.files import atomic, inner, jsondata, manifest, seal, tensors
from rowspace.files.card import card
from rowspace.files.folder import (
    ALL,
    CARD,
    CONFIG,
    CONTEXT,
    MAX_CONFIG,
    TABLE,
    TOKENIZER,
    model_folder,
    opened,
)
from rowspace.files.format import Format
from rowspace.files.parts import described, required
from rowspace.vectors import Model
from rowspace.vectors.model import Context
from rowspace.vectors.stored import Rows


def save(
    model: Model, path: str | Path, *, force: bool = True, tokenizer: bytes | None = None
) -> Path:
    """Write `model` to the folder `path`, which may hold an older model, mapped or not.

    `force=False` refuses to replace a model; a folder with other files of these names is never
    touched. `tokenizer` is the content of a tokenizer.json. Raises InputError, ResourceError.
    """
    folder = Path(os.path.realpath(path))
    _check_target(folder, force)
    for name, part in model.parts.items():
        if part.context is not None:
            warnings.warn(f"{folder}: the output rows of part {name!r} are left out", stacklevel=2)
    config, arrays = parts(model)
    context: dict[str, Rows] | None = None if model.context is None else {"context": model.context}
    metadata = {"rowspace": jsondata.render(config).decode()}
    needed = tensors.written_size(arrays, metadata) + len(metadata["rowspace"])
    needed += sum(array.nbytes for array in (context or {}).values())
    names = [TABLE, CONTEXT, CONFIG, CARD, TOKENIZER]
    dropped = {CONTEXT: context is None, TOKENIZER: tokenizer is None}
    kept = [name for name in names if not dropped.get(name, False)]
    with atomic.reporting(folder, needed=needed), _folder(folder):
        atomic.require_space(folder, needed)
        with atomic.drafts([folder / name for name in kept]) as begun:
            draft = dict(zip(kept, begun, strict=True))
            content = tensors.write(draft[TABLE], arrays, metadata)
            draft[CONFIG].write(jsondata.render({**config, "content": content}, indent=2) + b"\n")
            draft[CARD].write(card(config).encode("utf-8", "replace"))
            if context is not None:
                tensors.write(draft[CONTEXT], context, {"belongs_to": content})
            if tokenizer is not None:
                draft[TOKENIZER].write(tokenizer)
        for name in names:
            if dropped.get(name, False):
                atomic.remove(folder / name)
    return folder


def parts(model: Model) -> tuple[dict[str, Any], dict[str, Rows]]:
    """What a table file holds: the configuration, and the arrays by name. Raises InputError."""
    config = manifest.build(
        described(model),
        settings=model.config,
        record=model.record,
        requires=required(model),
        parts=inner.parts_of(model),
    )
    return config, inner.all_arrays(model)


def _check_target(folder: Path, force: bool) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; a model is a folder", hint="choose another name")
    present = [name for name in ALL if (folder / name).exists()]
    if not present:
        return
    with contextlib.suppress(FormatError), opened(folder / TABLE) as file:
        if "rowspace" in tensors.read_header(file, folder / TABLE).metadata:
            if force:
                return
            raise InputError(f"{folder} already holds a model", hint="give force to replace it")
    raise InputError(
        f"{folder} holds {', '.join(present)} but no rowspace model, and would be overwritten",
        hint="choose another folder",
    )


@contextlib.contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """The folder, made if need be and swept; a new one is removed again on failure."""
    new = not folder.exists()
    try:
        atomic.make_folder(folder)
        atomic.sweep(folder, ALL)
        yield
    except BaseException:
        if new:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def load(path: str | Path) -> Model:
    """Open the model in folder `path` by memory map; its rows are read-only and not yet read.

    Nothing here takes longer for a larger model. Raises FormatError naming file and place.
    """
    folder = model_folder(path)
    with opened(folder / TABLE) as file:
        header = tensors.read_header(file, folder / TABLE)
        config = read_config(header, folder)
        content = header.metadata["content"]
        return _contents(file, header, config, folder / TABLE, lambda: _context(folder, content))


def of_table(file: IO[bytes], header: tensors.Header, path: Path) -> Model:
    """The model in an open table file by itself, without context. Raises FormatError."""
    return _contents(file, header, _config(header, path), path)


def _contents(
    file: IO[bytes],
    header: tensors.Header,
    config: dict[str, Any],
    path: Path,
    context: Context = None,
) -> Model:
    try:
        return inner.model_from(tensors.map_arrays(file, header), config, context)
    except (InputError, KeyError, TypeError, ValueError, OverflowError) as error:
        reason = error.message if isinstance(error, InputError) else str(error)
        raise FormatError(path, f"the model does not hold together: {reason}") from error


def read_config(header: tensors.Header, folder: Path) -> dict[str, Any]:
    """The checked configuration from the table's header, held against config.json."""
    config = _config(header, folder / TABLE)
    _check_copy(config, header.metadata["content"], folder / CONFIG)
    return config


def _config(header: tensors.Header, path: Path) -> dict[str, Any]:
    """The checked configuration from the table's header."""
    raw = header.metadata.get("rowspace")
    if raw is None:
        raise FormatError(path, "a safetensors file, but not a rowspace model")
    config = jsondata.parse(raw.encode(), path)
    manifest.check(config, path)
    seal.check_header(header, path)
    inner.check_parts(header, config, path)
    return config


def _check_copy(config: dict[str, Any], content: str, path: Path) -> None:
    """config.json must say the same; one of another save is checked as data and set aside."""
    try:
        with opened(path) as file:
            raw = file.read(MAX_CONFIG + 1)
    except FormatError:
        if not os.path.lexists(path):  # a save was cut short before its last step
            return
        raise
    if len(raw) > MAX_CONFIG:
        raise FormatError(path, "too large", expected=f"up to {MAX_CONFIG} bytes", found=len(raw))
    copy = jsondata.parse(raw, path)
    manifest.check(copy, path)
    if copy.pop("content", None) == content and copy != config:
        changed = [name for name in (*config, *copy) if copy.get(name) != config.get(name)]
        raise FormatError(
            path,
            f"field {changed[0]!r} was changed by hand; it differs from {TABLE}",
            hint="load the model, change it and save it again",
        )


def load_context(path: str | Path) -> np.ndarray | None:
    """The output-side rows saved with the model in folder `path`, read-only; None without."""
    folder = model_folder(path)
    with opened(folder / TABLE) as file:
        content = seal.check_header(tensors.read_header(file, folder / TABLE), folder / TABLE)
    return _context(folder, content)


def _context(folder: Path, content: str) -> np.ndarray | None:
    """The context rows that belong to the table `content`; None, with a warning, for others."""
    path = folder / CONTEXT
    if not os.path.lexists(path):
        return None
    with opened(path) as file:
        header = tensors.read_header(file, path)
        seal.check_header(header, path)
        if header.metadata.get("belongs_to") != content:
            warnings.warn(f"{path} belongs to another save of {TABLE}: not used", stacklevel=3)
            return None
        if "context" not in header.entries:
            raise FormatError(path, "tensor 'context' is missing")
        return tensors.map_arrays(file, header)["context"]


def _fits_folder(folder: Path) -> bool:
    return (folder / TABLE).exists()


FORMAT = Format(
    "rowspace",
    "a model folder",
    fits_folder=_fits_folder,
    read=lambda path, spool: load(path),
    write=save,
    keeps_unseen=True,
)
