"""What a model may hold beside its own vectors: how it may be called, and which arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

import numpy as np

from rowspace.errors import InputError

LONGEST = 200
"""Characters of a name at most."""
NUMBERS = (np.dtype(np.float32), np.dtype(np.float64), np.dtype(np.int64))
SHOWN = 10
"""Names that a message gives at most."""
_UNNAMABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff/]")


def require_name(name: object, what: str) -> None:
    """Raises InputError unless a part or an array may be called so.

    1 to 200 characters, neither "." nor "..", without a slash or a control character: a part is
    opened as a path is, `model/users`.
    """
    fault = ""
    if not isinstance(name, str):
        fault = f"wanted text, came {type(name).__name__}"
    elif not 1 <= len(name) <= LONGEST:
        fault = f"wanted 1 to {LONGEST} characters, came {len(name)}"
    elif name in (".", ".."):
        fault = "that means a folder"
    elif found := _UNNAMABLE.search(name):
        fault = "it holds a slash" if found[0] == "/" else f"it holds the character {found[0]!r}"
    if fault:
        raise InputError(f"{what} cannot be called {name!r:.60}: {fault}", hint="rename it")


def checked_arrays(arrays: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """The arrays as they will stay. Raises InputError for a name or a kind of number."""
    for name, array in arrays.items():
        require_name(name, "an array")
        if not isinstance(array, np.ndarray) or array.dtype not in NUMBERS:
            came = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise InputError(
                f"array {name!r}: wanted float32, float64 or int64, came {came}",
                hint="convert it with .astype",
            )
    return MappingProxyType(dict(arrays))


def listed(names: Iterable[str]) -> str:
    """`'users', 'items'`, and how many more."""
    known = list(names)
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return ", ".join(map(repr, known[:SHOWN])) + more


def no_vectors(parts: Iterable[str]) -> InputError:
    """The error of a model that has no vectors of its own."""
    known = list(parts)
    if not known:
        return InputError("this model has no vectors: it answers by its arrays alone")
    return InputError(
        f"this model has no vectors of its own; its parts have: {listed(known)}",
        hint=f"name one behind the model's path, MODEL/{known[0]}, or model.parts[{known[0]!r}]",
    )


def no_part(name: str, parts: Iterable[str]) -> str:
    """What to say where a part is asked for that is not there."""
    known = list(parts)
    near = get_close_matches(name, known, n=1)
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return f"no part {name!r:.80}; the parts are {listed(known) or 'none'}{meant}"
