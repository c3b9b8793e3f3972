"""Models inside a model, in its table file: that of part i stands behind the prefix `parts.i.`.

`parts` of the configuration lists them in order: name, table, vocabulary, settings, record, and
head and arrays where they have some.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.errors import FormatError, InputError
from rowspace.files.parts import (
    arrays_of,
    beside_from,
    check_rows,
    described,
    head_from,
    vectors_from,
)
from rowspace.files.tensors import Header
from rowspace.vectors import Model
from rowspace.vectors.inside import require_name
from rowspace.vectors.model import Context
from rowspace.vectors.stored import Rows


def prefix_of(place: int) -> str:
    """What the names of a part's arrays begin with."""
    return f"parts.{place}."


def parts_of(model: Model) -> list[dict[str, Any]]:
    """The parts as data; their arrays are in `all_arrays`."""
    return [
        {"name": name, **described(part), "settings": part.config, "record": part.record}
        for name, part in model.parts.items()
    ]


def all_arrays(model: Model) -> dict[str, Rows]:
    """The arrays of a model and of its parts, to store."""
    found = arrays_of(model)
    for place, part in enumerate(model.parts.values()):
        found |= {prefix_of(place) + name: array for name, array in arrays_of(part).items()}
    return found


def model_from(
    arrays: Mapping[str, np.ndarray], config: Mapping[str, Any], context: Context = None
) -> Model:
    """The inverse of `all_arrays` and the configuration. Raises InputError, naming the part."""
    parts, inside = {}, _by_part(arrays)
    for place, own in enumerate(config.get("parts", [])):
        try:
            parts[own["name"]] = model_from(inside.get(prefix_of(place), {}), own)
        except (InputError, KeyError, TypeError, ValueError, OverflowError) as error:
            reason = error.message if isinstance(error, InputError) else str(error)
            raise InputError(f"part {own['name']!r:.80}: {reason}") from error
    return Model(
        vectors_from(arrays, config),
        config["settings"],
        config["record"],
        context,
        head_from(arrays, config.get("head")),
        parts=parts,
        arrays=beside_from(arrays, config),
    )


def _by_part(arrays: Mapping[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of each part by its prefix, each by the rest of its name."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, array in arrays.items():
        first, place, rest = (*name.split(".", 2), "", "")[:3]
        found.setdefault(f"{first}.{place}.", {})[rest] = array
    return found


def check_parts(header: Header, config: Mapping[str, Any], path: Path) -> None:
    """Raises FormatError unless the file has the rows of the model and of its parts."""
    check_rows(header, config["table"], path)
    for place, part in enumerate(config.get("parts", [])):
        check_rows(header, part["table"], path, prefix_of(place))


PART_FIELDS = {"name": str, "table": dict, "vocabulary": dict, "settings": dict, "record": dict}


def check_fields(config: Mapping[str, Any], path: Path) -> None:
    """Raises FormatError unless parts, heads and arrays are data of the right kinds."""
    parts = config.get("parts", [])
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise FormatError(path, "field 'parts'", expected="a list of parts", found=f"{parts!r:.80}")
    for part in parts:
        for name, kind in PART_FIELDS.items():
            if not isinstance(part.get(name), kind):
                raise FormatError(
                    path,
                    f"part {part.get('name')!r:.80}: field {name!r}",
                    expected=kind.__name__,
                    found=f"{part.get(name)!r:.80}",
                )
        if "parts" in part:
            raise FormatError(path, f"part {part['name']!r:.80}: it has parts itself")
    names = [part["name"] for part in parts]
    if len(set(names)) != len(names):
        raise FormatError(path, "two parts have one name", found=f"{names!r:.80}", expected="other")
    _check_beside(config, path)
    for part in parts:
        _check_beside(part, path)
        _check_name(part["name"], "a part", path)


def _check_beside(one: Mapping[str, Any], path: Path) -> None:
    if not isinstance(one.get("head", {}), dict):
        raise FormatError(path, "field 'head'", expected="dict", found=f"{one['head']!r:.80}")
    arrays = one.get("arrays", [])
    if not isinstance(arrays, list):
        raise FormatError(path, "field 'arrays'", expected="names", found=f"{arrays!r:.80}")
    for name in arrays:
        _check_name(name, "an array", path)


def _check_name(name: object, what: str, path: Path) -> None:
    try:
        require_name(name, what)
    except InputError as error:
        raise FormatError(path, error.message) from None


def without_names(parts: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts without what only people read: their names and records."""
    return [{k: v for k, v in part.items() if k not in ("name", "record")} for part in parts]
