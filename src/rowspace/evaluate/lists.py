"""The test lists people have made: word pairs with a score, questions of four words.

Line ends may be LF, CRLF or CR; a byte-order mark, empty lines and `#` comments are passed over.
Whatever else does not fit is an InputError that names file and line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rowspace.errors import InputError

MAX_BYTES = 1 << 28
_LINE_END = re.compile(rb"\r\n|\n|\r")


@final
@dataclass(frozen=True, slots=True)
class Pairs:
    """n pairs of words and how alike people found them, float64 [n]."""

    first: list[str]
    second: list[str]
    human: np.ndarray


@final
@dataclass(frozen=True, slots=True)
class Questions:
    """a is to b as c is to d; `section[i]` is the place of question i's section in `names`."""

    words: list[tuple[str, str, str, str]]
    section: np.ndarray
    names: list[str]


def read_pairs(path: str | Path) -> Pairs:
    """Lines `word word score`, separated by tabs, commas or spaces; one header line may lead.

    The score is the first number after the two words, so that other columns may stand between.
    """
    first: list[str] = []
    second: list[str] = []
    human: list[float] = []
    header = True
    for place, line in lines_of(Path(path)):
        fields = fields_of(line)
        if len(fields) < 3 or not (fields[0] and fields[1]):
            raise InputError(f"{place}: expected two words and a score, found {line!r:.80}")
        score = next((value for value in map(_number, fields[2:]) if value is not None), None)
        if score is None and not header:
            raise InputError(f"{place}: the score is not a number: {fields[2]!r:.40}")
        header = False
        if score is not None:
            first.append(fields[0])
            second.append(fields[1])
            human.append(score)
    if not human:
        raise InputError(f"{path} holds no word pairs", hint="lines of: word, word, score")
    return Pairs(first, second, np.array(human))


def read_questions(path: str | Path) -> Questions:
    """Sections `: name`, then lines of four words, as in questions-words.txt."""
    words: list[tuple[str, str, str, str]] = []
    section: list[int] = []
    names: list[str] = []
    for place, line in lines_of(Path(path)):
        if line.startswith(":"):
            names.append(line[1:].strip() or f"section {len(names) + 1}")
            continue
        fields = re.split(r"[ \t]+", line)
        if len(fields) != 4:
            raise InputError(f"{place}: expected four words or ': section', found {line!r:.80}")
        if not names:
            names.append("all")
        words.append((fields[0], fields[1], fields[2], fields[3]))
        section.append(len(names) - 1)
    if not words:
        raise InputError(f"{path} holds no questions", hint="lines of four words: a b c d")
    return Questions(words, np.array(section), names)


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """("file, line 3", text) of every line that says something."""
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path} is too large for a test list: over {MAX_BYTES} bytes")
    for number, line in enumerate(_LINE_END.split(raw.removeprefix(b"\xef\xbb\xbf")), 1):
        place = f"{path}, line {number}"
        try:
            text = line.decode("utf-8").strip(" \t")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{place}: not UTF-8 at byte {error.start} of the line",
                hint="convert the file to UTF-8",
            ) from error
        if text and not text.startswith("#"):
            yield place, text


def fields_of(line: str) -> list[str]:
    """Split at tabs if there are any, else at two or more commas, else at spaces."""
    if "\t" in line:
        return [field.strip(" ") for field in line.split("\t")]
    if line.count(",") >= 2:
        return [field.strip(" ") for field in line.split(",")]
    return re.split(r" +", line)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
