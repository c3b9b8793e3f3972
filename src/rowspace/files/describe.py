"""What `rowspace info` shows, without reading a row; and the check of every byte."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from rowspace.errors import FormatError, InputError
from rowspace.files import artefact, inner, readers, safetensors_file, seal, tensors
from rowspace.files.artefact import load, read_config
from rowspace.files.folder import ALL, CONTEXT, TABLE, model_folder, opened
from rowspace.files.part_path import divided
from rowspace.files.parts import described
from rowspace.files.row_kinds import told
from rowspace.vectors import Model
from rowspace.vectors.stored import Rows

SEALED = "every byte matches its checksum, every number is finite"
UNSEALED = "the structure is right, every number is finite; this format has no checksums"


def describe(path: str | Path) -> dict[str, Any]:
    """The model in folder or file `path` in JSON's own types. Raises FormatError.

    Rows that can be mapped are not read. Text says little about itself and is read as a whole.
    """
    whole, part = divided(Path(path))
    if part is not None:
        return _described(readers.load(path), f"a part of {whole.name}", {})
    if not _is_model_folder(path):
        return _describe_other(Path(path))
    folder = model_folder(path)
    with opened(folder / TABLE) as file:
        header = tensors.read_header(file, folder / TABLE)
        config = read_config(header, folder)
    record = config["record"]
    sizes = {name: (folder / name).stat().st_size for name in ALL if (folder / name).is_file()}
    return {
        "format": config["format"],
        "format_version": config["format_version"],
        "made_by": config["made_by"],
        "content": header.metadata["content"],
        **_shape(config),
        **_inside(config),
        "bytes": sum(sizes.values()),
        "files": sizes,
        "tensors": {
            name: {"dtype": field["dtype"], "shape": field["shape"]}
            for name, field in header.layout.items()
        },
        "settings": config["settings"],
        "data": record.get("data"),
        "scores": record.get("scores", []),
        **{name: record[name] for name in ("baselines",) if name in record},
        "determinism": record.get("determinism"),
        "record": record,
    }


def _shape(config: Mapping[str, Any]) -> dict[str, Any]:
    """Of a model or a part, as data: its table, and codes and labels in a few words."""
    table, head = config["table"], config.get("head")
    found = {name: table[name] for name in ("items", "rows", "dim", "dtype") if name in table}
    if table:
        found["unseen"] = config["vocabulary"].get("unseen")
    codes = told(table)
    if codes is not None:
        found["codes"] = codes
    if head is not None:
        labels = head.get("labels")
        size = labels.get("size") if isinstance(labels, dict) else None
        found["head"] = {"labels": size, "loss": head.get("loss")}
    return found


def _inside(config: Mapping[str, Any]) -> dict[str, Any]:
    """The models inside it, and the names of its arrays, where there are any."""
    found: dict[str, Any] = {}
    if config.get("parts"):
        found["parts"] = [{"name": one["name"], **_shape(one)} for one in config["parts"]]
    if config.get("arrays"):
        found["arrays"] = config["arrays"]
    return found


def _is_model_folder(path: str | Path) -> bool:
    """Whether it is a folder that no other format fits."""
    return Path(path).is_dir() and readers.chosen(Path(path)) is artefact.FORMAT


def _describe_other(path: Path) -> dict[str, Any]:
    model = readers.load(path)
    source = model.record.get("source", {})
    return _described(model, source.get("format", "vectors"), sizes_of(path))


def _described(model: Model, format: str, sizes: dict[str, int]) -> dict[str, Any]:
    """An open model; `sizes` of its files."""
    config = {**described(model), "parts": inner.parts_of(model)}
    counts = {"counts": bool(model.vectors.counts.any())} if model.has_vectors else {}
    return {
        "format": format,
        **_shape(config),
        **counts,
        **_inside(config),
        **({"bytes": sum(sizes.values()), "files": sizes} if sizes else {}),
        "settings": model.config,
        "record": model.record,
    }


def sizes_of(path: Path) -> dict[str, int]:
    """Bytes of a file, or of each file of a folder, by name."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return {one.name: one.stat().st_size for one in files if one.is_file()}


def verify(path: str | Path) -> str:
    """Read everything: checksums of every array, the vocabulary's structure, finite rows.

    What was found good, in words. Raises FormatError naming the file and the array or line.
    """
    path = divided(Path(path))[0]
    if not _is_model_folder(path):
        sealed = _is_sealed(Path(path))
        _check(readers.load(path), Path(path))
        return SEALED if sealed else UNSEALED
    folder = model_folder(path)
    for name in (TABLE, CONTEXT):
        if name == TABLE or (folder / name).exists():
            with opened(folder / name) as file:
                _check_seal(file, tensors.read_header(file, folder / name), folder / name)
    _check(load(folder), folder / TABLE)
    return SEALED


def _is_sealed(path: Path) -> bool:
    """Whether it is the table file of a model folder by itself, which is checked."""
    if not path.is_file() or readers.chosen(path) is not safetensors_file.FORMAT:
        return False
    with open(path, "rb") as file:
        header = tensors.read_header(file, path)
        if "rowspace" not in header.metadata:
            return False
        _check_seal(file, header, path)
    return True


def _check_seal(file: IO[bytes], header: tensors.Header, path: Path) -> None:
    seal.check_header(header, path)
    seal.check_arrays(file, header, path)


def _check(model: Model, path: Path, part: str = "") -> None:
    """Every item finds itself, every number is finite. Raises FormatError."""
    head = model.head
    try:
        if model.has_vectors:
            model.vectors.vocabulary.items.check()
        if head is not None:
            head.labels.items.check()
    except InputError as error:
        raise FormatError(path, part + error.message) from error
    if model.has_vectors:
        _require_finite(model.vectors.rows, path, f"{part}row")
    if head is not None:
        _require_finite(head.weights, path, f"{part}row of label")
    if model.context is not None:
        _require_finite(model.context, path, f"{part}output row")
    for name, array in model.arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise FormatError(path, f"{part}array {name!r} holds a number that is not finite")
    for name, inside in model.parts.items():
        _check(inside, path, f"part {name!r}: ")


def _require_finite(rows: Rows, path: Path, what: str) -> None:
    step = max(1, (1 << 22) // max(1, rows.shape[1]))
    for start in range(0, len(rows), step):
        finite = np.isfinite(rows[start : start + step]).all(axis=1)
        if not finite.all():
            row = start + int(np.argmin(finite))
            raise FormatError(path, f"{what} {row} holds a number that is not finite")
