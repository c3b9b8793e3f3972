"""The task of a probe: texts, and the labels or numbers that are to be told from them.

Axes: `n` texts, `L` labels.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.corpus.label_lines import label_lines, looks_labelled
from rowspace.corpus.records import Records, records
from rowspace.corpus.sources import TABULAR, bare_suffix
from rowspace.errors import InputError, SettingError
from rowspace.random import Stream, bits
from rowspace.vocabulary import to_text

KINDS = ("auto", "labels", "numbers")
CLASSES = 20
"""Whole numbers of more distinct values are numbers, of fewer labels."""
MOST_TEXTS = 50_000
"""Of more texts so many are drawn."""
MOST_LABELS = 4096
FEWEST = 10


@final
@dataclass(frozen=True, slots=True)
class Given:
    """What a file holds: texts that are not empty, each with its labels, or with a number.

    `dropped`: rows left out, for want of a text or a target.
    """

    texts: Sequence[str]
    targets: Sequence[tuple[str, ...]] | np.ndarray
    source: str
    dropped: int

    @property
    def numeric(self) -> bool:
        """Whether the targets are numbers, float64 [n]."""
        return isinstance(self.targets, np.ndarray)

    def take(self, at: np.ndarray) -> Given:
        """Some of the texts."""
        some = at.tolist()
        targets = self.targets
        kept = targets[at] if isinstance(targets, np.ndarray) else [targets[i] for i in some]
        return Given([self.texts[i] for i in some], kept, self.source, self.dropped)


@final
@dataclass(frozen=True, slots=True)
class Task:
    """texts [n], of which the first `own` are of the file itself, the others of a test file.

    truth: int64 [n], one label a text; bool [n, L], several; float64 [n], numbers (`labels` None).
    cases int64 [n]: equal for texts that are the same letter by letter.
    """

    texts: Sequence[str]
    truth: np.ndarray
    labels: tuple[str, ...] | None
    cases: np.ndarray
    own: int
    source: str
    dropped: int

    @property
    def strata(self) -> np.ndarray | None:
        """A number for each text's labels, for parts with as many of each; None for numbers."""
        if self.labels is None:
            return None
        if self.truth.ndim == 1:
            return self.truth
        return np.unique(self.truth, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def given_texts(
    source: Any,
    *,
    text: str | None = None,
    target: str | None = None,
    separator: str | None = None,
    kind: str = "auto",
) -> Given:
    """Read `source`: fastText's labelled lines, or what `corpus.records` takes, with a column of
    texts ("text") and one of labels or numbers ("label").

    kind: "labels", "numbers", or "auto": numbers where every cell is one and they are not all
    whole, or more than 20 distinct ones. separator: what parts several labels in a cell. Raises
    InputError: no such column, no row with a text and a target, infinity.
    """
    SettingError.unless(kind in KINDS, "kind", kind, " or ".join(KINDS))
    if text is None and target is None and _has_lines(source):
        lines, found = label_lines(source)
        labels = [tuple(dict.fromkeys(map(to_text, one))) for one in found]
        return _kept([to_text(line) for line in lines], labels, os.fspath(source))
    rows = records(source)
    texts, column = rows.text(text or "text"), target or "label"
    numbers = None if kind == "labels" else _numbers(rows, column, surely=kind == "numbers")
    if numbers is not None:
        return _kept(texts, numbers, rows.source)
    found_labels = [tuple(dict.fromkeys(one)) for one in rows.lists(column, separator)]
    return _kept(texts, found_labels, rows.source)


def task_of(own: Given, test: Given | None, *, seed: int = 0) -> Task:
    """The task of a file, and of another that tests. Raises InputError for what cannot be probed:
    fewer than 10 texts, one label, labels without end, numbers that are all the same."""
    if test is not None and own.numeric != test.numeric:
        kinds = {True: "numbers", False: "labels"}
        raise InputError(
            f"{own.source} has {kinds[own.numeric]}, {test.source} {kinds[test.numeric]}",
            hint="say which they are: kind='labels'",
        )
    distinct = len(set(own.texts))
    if distinct < FEWEST:
        raise InputError(
            f"{own.source}: {distinct} different texts with a target are too few to learn from and "
            f"judge by; at least {FEWEST} are wanted",
        )
    own, test = _drawn(own, seed), None if test is None else _drawn(test, seed)
    parts = [own] if test is None else [own, test]
    texts = [text for part in parts for text in part.texts]
    numbers: dict[str, int] = {}
    cases = np.fromiter((numbers.setdefault(t, len(numbers)) for t in texts), np.int64, len(texts))
    truth, labels = _truth(own, parts)
    dropped = sum(part.dropped for part in parts)
    return Task(texts, truth, labels, cases, len(own.texts), own.source, dropped)


def _has_lines(source: Any) -> bool:
    """Whether it is a file, and not one of those that have columns."""
    if not isinstance(source, (str, os.PathLike)):
        return False
    return bare_suffix(os.fspath(source)) not in TABULAR or looks_labelled(source)


def _numbers(rows: Records, column: str, *, surely: bool) -> np.ndarray | None:
    """The column as numbers, None where it holds labels."""
    if surely:
        return rows.numbers(column)
    cells = rows.column(column)
    if cells.dtype == bool or (cells.dtype == object and any(isinstance(c, list) for c in cells)):
        return None
    try:
        found = rows.numbers(column)
    except InputError:
        return None
    there = found[~np.isnan(found)]
    whole = bool((there == np.round(there)).all())
    return None if not len(there) or (whole and len(np.unique(there)) <= CLASSES) else found


def _kept(
    texts: Sequence[str], targets: Sequence[tuple[str, ...]] | np.ndarray, source: str
) -> Given:
    """Those with a text and a target. Half a surrogate pair in a text becomes a question mark."""
    texts = [t if t.isascii() else t.encode("utf-8", "replace").decode() for t in texts]
    if isinstance(targets, np.ndarray):
        there = ~np.isnan(targets)
    else:
        there = np.fromiter(map(len, targets), np.int64, len(targets)) > 0
    there &= np.fromiter((bool(text.strip()) for text in texts), bool, len(texts))
    if not there.any():
        raise InputError(
            f"{source}: no row has both a text and a target",
            hint="name their columns: FILE:TEXT:TARGET",
        )
    whole = Given(texts, targets, source, int((~there).sum()))
    return whole if there.all() else whole.take(np.flatnonzero(there))


def _drawn(given: Given, seed: int) -> Given:
    """At most so many, the seed says which."""
    if len(given.texts) <= MOST_TEXTS:
        return given
    order = np.argsort(bits(seed, Stream.BASELINE, np.arange(len(given.texts))), kind="stable")
    return given.take(np.sort(order[:MOST_TEXTS]))


def _truth(own: Given, parts: Sequence[Given]) -> tuple[np.ndarray, tuple[str, ...] | None]:
    if isinstance(own.targets, np.ndarray):
        if (own.targets == own.targets[0]).all():
            raise InputError(f"{own.source}: every target is {own.targets[0]:g}")
        return np.concatenate([np.asarray(part.targets) for part in parts]), None
    counts = Counter(name for row in own.targets for name in row)
    if len(counts) < 2:
        raise InputError(
            f"{own.source}: every text has the label {next(iter(counts))!r:.60}: there is nothing "
            "to tell apart"
        )
    if len(counts) > min(MOST_LABELS, len(own.texts) // 2):
        raise InputError(
            f"{own.source}: {len(counts)} different labels for {len(own.texts)} texts are too many "
            "to learn",
            hint="is this the column that was meant? Numbers go with kind='numbers'",
        )
    rows = [row for part in parts for row in part.targets]
    place = {name: at for at, name in enumerate(sorted(counts))}
    for row in rows:
        for name in row:
            place.setdefault(name, len(place))
    if all(len(row) == 1 for row in rows):
        return np.array([place[row[0]] for row in rows], np.int64), tuple(place)
    several = np.zeros((len(rows), len(place)), bool)
    for at, row in enumerate(rows):
        several[at, [place[name] for name in row]] = True
    return several, tuple(place)
