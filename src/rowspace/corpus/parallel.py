"""`Parallel`: texts in one language and the same in another, from two files or one with columns.

    train.en train.de     two files, line by line; compressed or not
    pairs.tsv             source and target with a tab between; what comes behind is passed over
    pairs.csv             a table, whose columns `source` and `target` are named

A pair with an empty side is left out and counted; it says nothing about translating.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, final

import numpy as np

from rowspace.corpus.columns import text_blocks
from rowspace.corpus.intake import Intake
from rowspace.corpus.opening import named
from rowspace.corpus.reading import ENCODING_ERRORS, Reading
from rowspace.corpus.records import records
from rowspace.corpus.sources import STDIN, TABULAR, bare_suffix, find
from rowspace.errors import InputError, SettingError

SOURCE, TARGET = "source", "target"
MOST_EMPTY = 0.5
"""The share of pairs with an empty side beyond which the files cannot be meant for each other."""
HINT = "look for a line that was lost or cut in two: line n of one is line n of the other"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelReading:
    """source, target: the columns of a table (None: "source" and "target"; of a TSV without names,
    its first two). longest: subwords of a side beyond which a pair is left out of training.
    encoding_errors: bytes that are no UTF-8 are an error, become U+FFFD, or are left out."""

    source: str | None = None
    target: str | None = None
    longest: int = 250
    encoding_errors: str = "strict"

    def __post_init__(self) -> None:
        whole = isinstance(self.longest, int) and 1 <= self.longest <= 1 << 16
        SettingError.unless(whole, "longest", self.longest, "a whole number from 1 to 65536")
        known = self.encoding_errors in ENCODING_ERRORS
        listed = ", ".join(ENCODING_ERRORS)
        SettingError.unless(known, "encoding_errors", self.encoding_errors, "one of " + listed)
        both = (self.source is None) == (self.target is None)
        SettingError.unless(both, "source", self.source, "given together with target")


@final
@dataclass(frozen=True, slots=True, eq=False)
class Parallel:
    """sources[i] means targets[i], white space at the ends removed. lines int64 [n]: where each
    pair stood. empty: pairs left out for an empty side, and the line of the first of them."""

    sources: Sequence[str]
    targets: Sequence[str]
    name: str
    lines: np.ndarray
    empty: int = 0
    first_empty: int = field(default=0)

    def __len__(self) -> int:
        return len(self.sources)

    def take(self, index: np.ndarray) -> Parallel:
        """The pairs of `index` int64."""
        at = index.tolist()
        sources, targets = [self.sources[i] for i in at], [self.targets[i] for i in at]
        return Parallel(sources, targets, self.name, self.lines[index])

    def warning(self) -> str:
        """What was left out, in words; "" for nothing."""
        if not self.empty:
            return ""
        return (
            f"{self.name}: {self.empty:,} of {self.empty + len(self):,} pairs have an empty side "
            f"and are left out, the first in line {self.first_empty}"
        )


def parallel(data: Any, reading: ParallelReading | None = None) -> Parallel:
    """Read `data`: two paths (or one text with a comma between them); the path of a TSV; what
    `corpus.records` takes, with a column for each side; a list of pairs of text.

    Raises InputError: files of different length, a line without a tab, no such column, no pair with
    both sides, more pairs with an empty side than without.
    """
    reading = reading or ParallelReading()
    if isinstance(data, Parallel):
        return data
    if isinstance(data, (str, os.PathLike)):
        return _of_path(os.fspath(data), reading)
    if isinstance(data, Sequence) and not isinstance(data, bytes) and data:
        if all(isinstance(one, (str, os.PathLike)) for one in data):
            return _of_paths([os.fspath(one) for one in data], reading)
        if all(isinstance(one, (tuple, list)) for one in data):
            return _of_pairs(data)
    return _of_records(data, reading)


def _of_paths(paths: Sequence[str], reading: ParallelReading) -> Parallel:
    if len(paths) == 1:
        return _of_path(paths[0], reading)
    if len(paths) != 2:
        raise InputError(
            f"wanted two files, one for each language, came {len(paths)}",
            hint="join the files of a language first: cat a.en b.en > all.en",
        )
    first, second = (_one_file(path) for path in paths)
    if first == second:
        raise InputError(f"{named(first)}: both sides are the same file", hint="name two files")
    sides = [list(_lines(path, reading)) for path in (first, second)]
    lengths = [len(side) for side in sides]
    if lengths[0] != lengths[1]:
        shorter, longer = sorted((0, 1), key=lambda at: lengths[at])
        names = [named(first), named(second)]
        raise InputError(
            f"{names[0]} has {lengths[0]:,} lines, {names[1]} has {lengths[1]:,}: line "
            f"{lengths[shorter] + 1} of {names[longer]} has no partner",
            hint=HINT,
        )
    return _paired(zip(*sides, strict=True), f"{named(first)} and {named(second)}")


def _of_path(path: str, reading: ParallelReading) -> Parallel:
    if "," in path and not os.path.exists(path):
        return _of_paths(path.split(","), reading)
    suffix = bare_suffix(path)
    if (suffix in TABULAR and suffix != ".tsv") or reading.source is not None:
        return _of_records(path, reading)
    one = _one_file(path)
    return _paired(_cut(_lines(one, reading), named(one)), named(one))


def _one_file(path: str) -> str:
    if os.path.isdir(path):
        raise InputError(f"{path}: wanted a file, came a folder", hint="name the file in it")
    return path if path == STDIN else find(path)[0]


def _lines(path: str, reading: ParallelReading) -> Iterator[str]:
    """The lines of a file. Only U+000A ends one, so that both sides are cut alike."""
    how = Reading(encoding_errors=reading.encoding_errors)
    for block in text_blocks(path, how, Intake(hash=None)):
        yield from block.data.decode().removesuffix("\n").split("\n")


def _cut(lines: Iterable[str], name: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(lines, 1):
        source, tab, rest = line.partition("\t")
        if not tab and line.strip():
            raise InputError(
                f"{name}: line {number}: wanted a source and a target with a tab between, came "
                f"{line.strip()!r:.60}",
                hint="give two files, one for each language, or a file with two columns",
            )
        yield source, rest.partition("\t")[0]


def _of_records(data: Any, reading: ParallelReading) -> Parallel:
    names = (reading.source or SOURCE, reading.target or TARGET)
    found = records(data, columns=names, encoding_errors=reading.encoding_errors)
    lines = None if found.places is None else found.places.line
    return _paired(zip(*map(found.text, names), strict=True), found.source, lines)


def _of_pairs(pairs: Sequence[Any]) -> Parallel:
    for at, pair in enumerate(pairs):
        if len(pair) != 2 or not all(isinstance(side, str) for side in pair):
            raise InputError(f"pair {at}: wanted (source, target), two texts, came {pair!r:.60}")
    return _paired(iter(pairs), "the pairs")


def _paired(
    pairs: Iterable[tuple[str, str]], name: str, lines: np.ndarray | None = None
) -> Parallel:
    """Both sides of each pair, those with an empty side left out. Raises InputError."""
    kept: list[tuple[str, str, int]] = []
    count = first = 0
    for count, (source, target) in enumerate(pairs, 1):
        source, target = source.strip(), target.strip()
        if source and target:
            kept.append((source, target, count))
        else:
            first = first or count
    empty = count - len(kept)
    if not kept or empty > MOST_EMPTY * count:
        what = f"in {empty:,} of {count:,} pairs a side is empty" if count else "there is no line"
        raise InputError(f"{name}: {what}", hint=HINT if count else "give lines of text")
    at = np.array([line for _, _, line in kept], np.int64)
    if lines is not None:
        at, first = lines[at - 1], int(lines[first - 1]) if first else 0
    sources, targets = [one for one, _, _ in kept], [one for _, one, _ in kept]
    return Parallel(sources, targets, name, at, empty, first)
