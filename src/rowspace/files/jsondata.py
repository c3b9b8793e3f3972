"""JSON as data only: read strictly, written plainly.

Read: duplicate keys, NaN, Infinity, invalid UTF-8 and endless nesting are errors. Written: keys in
the order given, no NaN (it becomes null), NumPy numbers as numbers.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.errors import FormatError, InputError

_ELSEWHERE = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]*://"  # a URL
    r"|^(/|~|\\\\|[a-zA-Z]:[\\/])."  # an absolute path
    r"|(^|[\\/])\.\.([\\/]|$)"  # a way out of the folder
)


def parse(raw: bytes, path: Path, *, offset: int = 0) -> dict[str, Any]:
    """The JSON object in `raw`, found in `path` at `offset`; `FormatError` if it is not one."""
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise FormatError(path, "the JSON is not UTF-8", offset=offset + error.start) from error
    except json.JSONDecodeError as error:
        raise FormatError(path, f"broken JSON: {error.msg}", offset=offset + error.pos) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(path, f"JSON refused: {error}", offset=offset) from error
    if not isinstance(value, dict):
        raise FormatError(
            path, "not a JSON object", offset=offset, expected="{…}", found=type(value).__name__
        )
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"duplicate key {next(k for k in keys if keys.count(k) > 1)!r}")
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def render(value: Any, *, indent: int | None = None) -> bytes:
    """JSON bytes of a `plain` value, ASCII only, so that any text survives any reader."""
    separators = (",", ":") if indent is None else None
    return json.dumps(value, indent=indent, separators=separators, allow_nan=False).encode("ascii")


def plain(value: Any, where: str) -> Any:
    """`value` in JSON's own types; `InputError` naming `where` for anything that is not data."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, (np.bool_, np.integer)):
        return value.item()
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), where)
    if isinstance(value, Mapping):
        return {str(key): plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray)):
        items = sorted(value) if isinstance(value, Set) else value
        return [plain(item, f"{where}[{at}]") for at, item in enumerate(items)]
    raise InputError(
        f"{where} is a {type(value).__name__}, which a model file does not hold",
        hint="store numbers, text, lists and dictionaries of them",
    )


def leads_elsewhere(value: Any, where: str) -> str | None:
    """Where in `value` a path or a URL stands, in words; None if it is data only."""
    if isinstance(value, str) and _ELSEWHERE.search(value):
        return f"{where} holds the path or address {value!r}"
    items: Any = ()
    if isinstance(value, Mapping):
        items = ((f"{where}.{key}", item) for key, item in value.items())
    elif isinstance(value, list):
        items = ((f"{where}[{at}]", item) for at, item in enumerate(value))
    found = (leads_elsewhere(item, name) for name, item in items)
    return next((text for text in found if text), None)


def last_parts(value: Any) -> Any:
    """`value` with every path or URL cut to its last part, as `tokenizer.json`."""
    if isinstance(value, str) and _ELSEWHERE.search(value):
        parts = [part for part in re.split(r"[\\/]+", value) if part not in ("", "..", "~")]
        return parts[-1] if parts else ""
    if isinstance(value, dict):
        return {key: last_parts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [last_parts(item) for item in value]
    return value
