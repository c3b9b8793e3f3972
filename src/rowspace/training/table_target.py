"""The target of a table and the rows that have one: classes, or a number; weights of the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.corpus.records import Records
from rowspace.errors import InputError, SettingError
from rowspace.training.table_columns import FEW, Chosen, kind_of
from rowspace.vectors.table_columns import numbers_of, texts_of
from rowspace.vectors.tabular import Answer

TASKS = ("classes", "number")
MOST = 10_000
"""Classes at most."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """answer: its name and classes, or mean and scale. y: int64 [n], or float64 [n]."""

    answer: Answer
    y: np.ndarray


def target_of(table: Records, name: str, task: str | None, chosen: Chosen) -> Target:
    """The target of rows that all have one. Text is classes; numbers are a number, unless they
    are few and whole (by the rule of `table_columns`); `task` says otherwise.

    Raises InputError for one class only, too many of them, or text where a number is wanted.
    """
    SettingError.unless(task in (None, *TASKS), "task", task, "classes or number")
    if task is None:
        task = "number" if kind_of(table, name, chosen) == "number" else "classes"
    if task == "number":
        values = numbers_of(table, name, chosen.missing)
        with np.errstate(over="ignore", invalid="ignore"):
            scale = float(values.std())
        if not scale > 0:
            raise InputError(
                f"{table.source}: the target {name!r} is {values[0]:g} in every row",
                hint="there is nothing to learn from one value",
            )
        if not np.isfinite(scale):
            raise InputError(
                f"{table.source}: the target {name!r} holds numbers too large to square"
            )
        answer = Answer(name, None, 1.0, float(values.mean()), scale, chosen.missing)
        return Target(answer, values)
    cells = texts_of(table, name, chosen.missing).tolist()
    counts = Counter(cells)
    classes = tuple(sorted(counts, key=_by_value))
    if len(classes) < 2:
        raise InputError(
            f"{table.source}: the target {name!r} has one class only, {classes[0]!r:.60}",
            hint="there is nothing to tell apart",
        )
    if len(classes) > min(MOST, max(FEW, len(cells) // 2)):
        raise InputError(
            f"{table.source}: the target {name!r} has {len(classes):,} classes in "
            f"{len(cells):,} rows",
            hint="is it the right column? For a number, --task number",
        )
    place = {one: at for at, one in enumerate(classes)}
    answer = Answer(name, classes, missing=chosen.missing)
    return Target(answer, np.array([place[one] for one in cells], np.int64))


def with_target(
    table: Records, name: str, missing: frozenset[str], warn: Callable[[str], None]
) -> Records:
    """The rows that have a target. Raises InputError where none has, or the column is not there."""
    column = table.column(name)
    if column.dtype == object:
        there = np.array([one is not None for one in texts_of(table, name, missing)], bool)
    else:
        there = ~np.isnan(column.astype(np.float64))
    if there.all():
        return table
    if not there.any():
        raise InputError(f"{table.source}: no row has a target {name!r}")
    warn(f"{table.source}: {int((~there).sum()):,} of {len(there):,} rows have no target "
         f"{name!r} and are left out")  # fmt: skip
    return table.take(np.flatnonzero(there))


def row_weights(table: Records, name: str | None, missing: frozenset[str]) -> np.ndarray:
    """What each row counts for, float64 [n], their mean 1. Raises InputError unless all are
    numbers from 0, not all of them 0."""
    if name is None:
        return np.ones(len(table))
    found = numbers_of(table, name, missing)
    wrong = np.flatnonzero(~(found >= 0))
    if len(wrong):
        raise InputError(
            f"{table.place(int(wrong[0]))}: column {name!r}: wanted a weight from 0, came "
            f"{found[wrong[0]]:g}"
        )
    if not found.any():
        raise InputError(f"{table.source}: all weights in column {name!r} are 0")
    return np.asarray(found / found.mean())


def class_weights(
    y: np.ndarray, classes: tuple[str, ...], given: str | dict[str, float] | None
) -> np.ndarray:
    """What each class counts for, float64 [L]. Raises SettingError for a class there is not."""
    found = np.ones(len(classes))
    if given == "balanced":
        counts = np.bincount(y, minlength=len(classes))
        return np.asarray(len(y) / (len(classes) * np.maximum(counts, 1)))
    for name, weight in (given or {}).items():  # type: ignore[union-attr]
        SettingError.unless(name in classes, "class_weights", name, f"one of {classes!s:.200}")
        found[classes.index(name)] = weight
    return found


def _by_value(name: str) -> tuple[int, float, str]:
    """Numbers by size, before text by its letters."""
    try:
        return 0, float(name), name
    except ValueError:
        return 1, 0.0, name
