"""Which prefixes of a vector learn to be vectors themselves, and how.

Kusupati et al. 2022, "Matryoshka Representation Learning": the first m numbers of a vector learn
the same task, for each m of a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rowspace.errors import SettingError

if TYPE_CHECKING:
    from rowspace.kernels.nested_reference import Nested

MOST = 64  # prefixes
CARRY = 0.15
_WANTED = "whole numbers above 0 that ascend, such as 16,32,64"


def prefixes(given: object) -> tuple[int, ...]:
    """The lengths in `16,32,64`, or numbers, as a tuple. Raises SettingError unless they ascend."""
    parts: Iterable[object]
    if isinstance(given, str):
        parts = [part.strip() for part in given.split(",")] if given.strip() else ()
    else:
        parts = given if isinstance(given, Iterable) else [given]
    found: list[int] = []
    for part in parts:
        length = _whole(part)
        ascends = length is not None and length > (found[-1] if found else 0)
        SettingError.unless(ascends, "nested", given, _WANTED)
        found.append(length or 0)
    SettingError.unless(len(found) <= MOST, "nested", given, f"at most {MOST} lengths")
    return tuple(found)


def _whole(part: object) -> int | None:
    """A whole number, or one in digits; None for anything else."""
    if isinstance(part, str):
        return int(part) if part.isascii() and part.isdigit() and len(part) < 9 else None
    whole = isinstance(part, (int, np.integer)) and not isinstance(part, bool)
    return int(part) if whole else None  # type: ignore[call-overload]


def blocks(ends: Sequence[int]) -> Nested:
    """How the block of numbers that each prefix adds learns, for the kernels.

    By its own prefix in full, by each longer one CARRY times as much as by the one before. The sum
    of all losses (CARRY 1) takes steps in the first numbers as many times too long as there are
    prefixes, and makes the shortest serve the others.
    """
    from rowspace.kernels.nested_reference import Nested

    own, carry = np.ones(len(ends), np.float32), np.full(len(ends), CARRY, np.float32)
    return Nested(np.array(ends, np.int64), own, carry)


def widen(rows: np.ndarray, ends: Sequence[int]) -> None:
    """Rows [R, D] drawn from ±1/2D: each block as wide as a training of its prefix alone begins.

    Else the first numbers would begin so near to zero that they learn later than alone.
    """
    for lo, end in zip([0, *ends], ends, strict=False):  # none, where nothing is nested
        rows[:, lo:end] *= np.float32(ends[-1] / end)
