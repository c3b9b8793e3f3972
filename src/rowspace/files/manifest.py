"""`config.json`: what a model is, as data. No paths, no addresses, no names of code.

format          "rowspace"
format_version  [major, minor]: a newer major is refused, a newer minor is read
requires        what a reader must know of: "codes" for rows, "labels", "parts", "arrays"
made_by         "rowspace 0.1.0"
table           items V, rows R, dim D, dtype; for codes dsub; {} without vectors of its own
vocabulary      policy for unseen items and its settings
settings        what the model was trained with
record          what was measured: data, scores, determinism; shown, never acted upon
head            of a model with labels: loss, labels
arrays          of a model with arrays beside its rows: their names
parts           of a model with models inside: a list of name, table, vocabulary, settings, record,
                head, arrays
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, TypeGuard

from rowspace.errors import FormatError, InputError
from rowspace.files import inner, jsondata
from rowspace.files.parts import FEATURES

FORMAT = "rowspace"
VERSION = (1, 0)
FIELDS = {
    "format": str,
    "format_version": list,
    "requires": list,
    "made_by": str,
    "table": dict,
    "vocabulary": dict,
    "settings": dict,
    "record": dict,
}


def made_by() -> str:
    """This program and its version."""
    try:
        return f"rowspace {metadata.version('rowspace')}"
    except metadata.PackageNotFoundError:  # run from a source tree that is not installed
        return "rowspace"


def build(
    contents: Mapping[str, Any],
    *,
    settings: Mapping[str, Any],
    record: Mapping[str, Any],
    requires: Sequence[str] = (),
    parts: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The configuration to store. Of a path in `settings` only its last part is kept.

    contents: table, vocabulary, and head and arrays, if there are any; parts: such contents, each
    with name, settings and record. Raises InputError for what is no data.
    """
    config = {
        "format": FORMAT,
        "format_version": list(VERSION),
        "requires": list(requires),
        "made_by": made_by(),
        "table": jsondata.plain(contents["table"], "table"),
        "vocabulary": jsondata.plain(contents["vocabulary"], "vocabulary"),
        "settings": jsondata.last_parts(jsondata.plain(settings, "settings")),
        "record": jsondata.plain(record, "record"),
    }
    config |= {
        name: jsondata.plain(contents[name], name)
        for name in ("head", "arrays")
        if name in contents
    }
    if parts:
        config["parts"] = [
            {**found, "settings": jsondata.last_parts(found["settings"])}
            for found in jsondata.plain(parts, "parts")
        ]
    fault = _elsewhere(config)
    if fault:
        raise InputError(f"{fault}, which a model file does not hold")
    return config


def check(config: Mapping[str, Any], path: Path) -> None:
    """Raise `FormatError` unless `config`, read from `path`, is one this program can read."""
    if config.get("format") != FORMAT:
        raise FormatError(
            path, "not a rowspace model", expected=repr(FORMAT), found=repr(config.get("format"))
        )
    version = config.get("format_version")
    if not _is_version(version):
        raise FormatError(path, "format_version", expected="[major, minor]", found=version)
    if version[0] != VERSION[0]:
        newer = "newer" if version[0] > VERSION[0] else "older"
        raise FormatError(
            path,
            f"a model of a {newer} format: made by {version[0]}.{version[1]} "
            f"({config.get('made_by')!s:.40}), this is {VERSION[0]}.{VERSION[1]}",
            hint="pip install --upgrade rowspace" if newer == "newer" else "save it again",
        )
    for name, kind in FIELDS.items():
        if not isinstance(config.get(name), kind):
            raise FormatError(
                path, f"field {name!r}", expected=kind.__name__, found=repr(config.get(name))[:80]
            )
    unknown = [name for name in config["requires"] if name not in FEATURES]
    if unknown:
        raise FormatError(
            path,
            f"it requires {unknown}, which this program does not know",
            hint="pip install --upgrade rowspace",
        )
    inner.check_fields(config, path)
    fault = _elsewhere(config)
    if fault:
        raise FormatError(path, f"{fault}; a model holds data only")


def _is_version(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and len(value) == 2 and all(type(part) is int for part in value)


def _elsewhere(config: Mapping[str, Any]) -> str | None:
    """The first path or address outside `record`, which is text for people."""
    people = ("record", "arrays")
    acted_upon = {name: value for name, value in config.items() if name not in people}
    if "parts" in acted_upon:
        acted_upon["parts"] = inner.without_names(acted_upon["parts"])
    return jsondata.leads_elsewhere(acted_upon, "config")
