"""A line of vectors as text: an item, then D numbers, one space between the fields.

`parsed` reads good lines at speed; where it cannot, `refuse` looks at each and says what is wrong
with the first. Axes: `n` lines, `D` dimensions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np

from rowspace.errors import FormatError

PADDING = b" \r"
"""What may stand before a line's end and does not count."""
LINE = "each line has an item and its numbers, one space between them; docs/vector-files.md"

# Possessive, so that a megabyte of digits is looked at once.
_FINITE = re.compile(rb"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?")
_NOT_FINITE = re.compile(rb"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_IN_NUMBERS = b"0123456789+-.eE "

Fault = tuple[str, str | None, str | None]
"""What is wrong with a line, what was expected, what was found."""


def parsed(lines: Sequence[bytes], dim: int) -> tuple[list[bytes], np.ndarray] | None:
    """Items and numbers float32 [n, D] of lines without padding; None if one of them is wrong."""
    items, tails = [], []
    for line in lines:
        fields = line.rsplit(b" ", dim)
        item = fields[0]
        if len(fields) <= dim or not item or (b" " in item and _is_misplaced(item)):
            return None
        items.append(item)
        tails.append(line[len(item) + 1 :])
    text = b" ".join(tails)
    if text.translate(None, _IN_NUMBERS):
        return None
    try:
        # It stops at the first field that is no number, so that a wrong one lowers the size.
        values = np.fromstring(text, np.float32, sep=" ")
    except ValueError:  # NumPy before 2.3 stops without it
        return None
    if values.size != len(lines) * dim or not np.isfinite(values).all():
        return None
    return items, values.reshape(len(lines), dim)


def refuse(path: Path, number: int, lines: Sequence[bytes], dim: int) -> NoReturn:
    """Raises FormatError at the first wrong one of the lines, of which `number` is the first."""
    for at, line in enumerate(lines, number):
        if fault := _fault(line, dim):
            what, expected, found = fault
            raise FormatError(path, f"line {at}{what}", expected=expected, found=found, hint=LINE)
    raise FormatError(path, f"lines {number} to {number + len(lines) - 1} cannot be read")


def _fault(line: bytes, dim: int) -> Fault | None:
    """None if nothing is wrong with the line."""
    if not line:
        return " is empty", None, None
    fields = line.rsplit(b" ", dim)
    item, there = fields[0], numbers_at_end(line)
    wanted = f"an item and {dim} numbers"
    wrong = [at for at, text in enumerate(fields[1:], 1) if not is_number(text)]
    if len(fields) <= dim or (wrong and b" " in item):
        return "", wanted, f"{there} numbers at its end"
    if wrong:
        return f", number {wrong[0]}", "a number", shown(fields[wrong[0]])
    for at, text in enumerate(fields[1:], 1):
        if _NOT_FINITE.fullmatch(text) or not _fits_float32(text):
            return f", number {at}", "a finite number (float32)", shown(text)
    if not item.strip(b" "):
        return ": the item is empty", wanted, f"{there} numbers alone"
    if b" " in item and is_number(item[item.rindex(b" ") + 1 :]):
        return "", wanted, f"{there} numbers at its end"
    if b" " in item and _is_misplaced(item):
        return ": the item begins or ends with a space", "one space between fields", shown(item)
    return None


def _is_misplaced(item: bytes) -> bool:
    """Whether an item with spaces begins or ends with one, or ends in a number: one too many."""
    last = item[item.rindex(b" ") + 1 :]
    return item[:1] == b" " or not last or is_number(last)


def _fits_float32(text: bytes) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.isfinite(np.float32(float(text))))


def numbers_at_end(line: bytes) -> int:
    """How many numbers the line ends in, finite or not; its first field is never one."""
    count = 0
    for text in reversed(line.rstrip(PADDING).split(b" ")[1:]):
        if not is_number(text):
            break
        count += 1
    return count


def is_number(text: bytes) -> bool:
    """Whether a field is a number, finite or not."""
    return bool(_FINITE.fullmatch(text) or _NOT_FINITE.fullmatch(text))


def shown(text: bytes) -> str:
    """The beginning of a field or line, for people."""
    return repr(text[:40].decode("utf-8", "backslashreplace")) if text else "nothing"
