"""Lists of words in groups: words that belong together and outliers, words and their categories.

Tables of CSV with a header, or lines; comments, line ends and errors as in `lists`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.lists import fields_of, lines_of

_QUOTED = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*""")
_TRUE, _FALSE = {"true", "1", "yes"}, {"false", "0", "no"}


@final
@dataclass(frozen=True, slots=True)
class Group:
    """Words that belong together, and each of some words that does not belong to them."""

    name: str
    words: list[str]
    outliers: list[str]


@final
@dataclass(frozen=True, slots=True)
class Categories:
    """n words; `category[i]` is the place of word i's category in `names`, int64 [n]."""

    words: list[str]
    category: np.ndarray
    names: list[str]


def read_groups(path: str | Path) -> list[Group]:
    """Lines `name: word word word | outlier outlier`; or a CSV table with the columns `category`,
    `words`, `outliers`, whose cells are lists ("['cat', 'dog']"), or `category`, `word`,
    `is_outlier`, a row a word. Raises InputError.
    """
    read = _tables if _header(path) else _lined
    groups: dict[str, Group] = {}
    for place, name, words, outliers in read(path):
        group = groups.setdefault(name, Group(name, [], []))
        if twice := (set(words) | set(outliers)) & {*group.words, *group.outliers}:
            raise InputError(f"{place}: {min(twice)!r:.40} stands in {name!r:.40} twice")
        group.words.extend(words)
        group.outliers.extend(outliers)
    if not groups:
        raise InputError(f"{path} holds no groups", hint="name: word word word | outlier outlier")
    for group in groups.values():
        if len(group.words) < 2 or not group.outliers:
            raise InputError(
                f"{path}: {group.name!r:.40} has {len(group.words)} words and "
                f"{len(group.outliers)} outliers; two words and one outlier are the least"
            )
    return list(groups.values())


def read_categories(path: str | Path) -> Categories:
    """Lines `category word`, or a CSV table with the columns `category` and `word`, whose rows
    without a word are passed over. The same word may have several categories. Raises InputError.
    """
    words: list[str] = []
    category: list[int] = []
    names: dict[str, int] = {}
    for place, fields in _rows(path, ("category", "word")):
        if len(fields) == 2 and fields[0] and not fields[1]:
            continue
        if len(fields) != 2 or not fields[0]:
            raise InputError(f"{place}: expected a category and a word, found {fields!r:.80}")
        category.append(names.setdefault(fields[0], len(names)))
        words.append(fields[1])
    if len(names) < 2:
        raise InputError(f"{path}: categories are at least 2, not {len(names)}")
    return Categories(words, np.array(category, np.int64), list(names))


def _header(path: str | Path) -> list[str]:
    """The names of a table's columns; none where the first line is not of such a table."""
    first = next(lines_of(Path(path)), ("", ""))[1]
    names = [name.strip().lower() for name in next(csv.reader([first]), [])]
    return names if {"category", "words"} <= {*names} or {"category", "word"} <= {*names} else []


def _rows(path: str | Path, columns: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """(place, fields) of a table's named columns, or of lines without a header."""
    header = _header(path)
    if not header:
        yield from ((place, fields_of(line)) for place, line in lines_of(Path(path)))
        return
    if missing := [name for name in columns if name not in header]:
        raise InputError(f"{path} has no column {missing[0]!r}; it has {', '.join(header)}")
    wanted = [header.index(name) for name in columns]
    for at, (place, line) in enumerate(lines_of(Path(path))):
        cells = next(csv.reader([line], strict=False), [])
        if len(cells) != len(header):
            raise InputError(f"{place}: {len(header)} columns were wanted, not {len(cells)}")
        if at:
            yield place, [cells[column].strip() for column in wanted]


def _tables(path: str | Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """(place, name, words, outliers) of each row of a table."""
    if "words" in _header(path):
        for place, (name, words, outliers) in _rows(path, ("category", "words", "outliers")):
            yield place, name, _listed(words, place), _listed(outliers, place)
        return
    for place, (name, word, told) in _rows(path, ("category", "word", "is_outlier")):
        if told.lower() not in _TRUE | _FALSE or not word:
            raise InputError(f"{place}: is_outlier is true or false, not {told!r:.40}")
        out = told.lower() in _TRUE
        yield place, name, [] if out else [word], [word] if out else []


def _listed(cell: str, place: str) -> list[str]:
    """The words of a cell like "['cat', 'dog', '']", empty ones left out."""
    inner = cell.strip()
    if not (inner.startswith("[") and inner.endswith("]")):
        raise InputError(f"{place}: a list of words was wanted, ['a', 'b'], not {cell!r:.60}")
    inner, at, words = inner[1:-1], 0, list[str]()
    while at < len(inner):
        found = _QUOTED.match(inner, at)
        if found is None or (found.end() < len(inner) and inner[found.end()] != ","):
            raise InputError(f"{place}: a list of words was wanted, ['a', 'b'], not {cell!r:.60}")
        words.append(re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2]))
        at = found.end() + 1
    return [word for word in words if word]


def _lined(path: str | Path) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """(place, name, words, outliers) of each line."""
    for place, line in lines_of(Path(path)):
        name, colon, rest = line.partition(":")
        words, bar, outliers = rest.partition("|")
        if not (name.strip() and colon and bar):
            raise InputError(
                f"{place}: expected 'name: word word | outlier outlier', found {line!r:.80}"
            )
        yield place, name.strip(), words.split(), outliers.split()
