"""`train_table`: columns of a table in, a model that predicts one of them out.

records → kinds, levels, knots → cells → epochs of steps → best weights → scores → model
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.corpus.records import Records, records
from rowspace.corpus.splits import split
from rowspace.errors import DivergedError, InputError, SettingError
from rowspace.evaluate.calibration import temperature
from rowspace.evaluate.tables import truth_of
from rowspace.files import save
from rowspace.kernels.jit import cold
from rowspace.objectives.columns import MULTIPLES, SEARCH, Columns
from rowspace.training.one_blas import one_thread
from rowspace.training.table_columns import Chosen, memory, sheet_of
from rowspace.training.table_course import (
    Best,
    Event,
    Examples,
    TableCourse,
    scores_of,
)
from rowspace.training.table_network import Network
from rowspace.training.table_result import beside, judged, model_of
from rowspace.training.table_target import (
    Target,
    class_weights,
    row_weights,
    target_of,
    with_target,
)
from rowspace.vectors import Model
from rowspace.vectors.table_columns import Sheet, spellings, trimmed
from rowspace.vectors.tabular import NO_TARGET, Answer

Progress = Callable[[Event], None]


@final
@dataclass(frozen=True, slots=True)
class Reading:
    """How a table is read. category, number, ignore: columns whose kind is given (text: names
    parted by commas). missing: what stands for an empty cell (text: parted by commas; None: what
    `Records.numbers` takes for one). weights: a column of what each row counts for. task:
    "classes" or "number", None by the target's cells. valid: the share of the rows that judges
    the training, or another table. seed: of every choice by chance."""

    category: str | Sequence[str] = ()
    number: str | Sequence[str] = ()
    ignore: str | Sequence[str] = ()
    missing: str | Sequence[str] | None = None
    weights: str | None = None
    task: str | None = None
    valid: Any = 0.15
    seed: int = 0

    def chosen(self) -> Chosen:
        """The columns whose kind is given."""
        return Chosen(
            _names(self.category), _names(self.number), _names(self.ignore), spellings(self.missing)
        )


@final
@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The rows trained on and those that judge, as examples and as records."""

    sheet: Sheet
    answer: Answer
    train: Examples
    valid: Examples
    tables: tuple[Records, Records]


def train_table(
    data: Any,
    target: str,
    *,
    output: str | Path | None = None,
    test: Any = None,
    baselines: bool = True,
    progress: Progress | None = None,
    **settings: Any,
) -> Model:
    """Learn to tell the column `target` of `data` (what `corpus.records` takes) by the others.

    `settings` are those of `objectives.Columns` (dim, hidden, epochs, …) and of `Reading`
    (category, missing, valid, seed, …). test: a table that nothing is chosen by, judged at the
    end. baselines: the same task by one-hot columns and others, in the record. Warnings go to
    `progress` as events, or to Python's warnings where there is none.

    The model's `parts` are the columns' vectors, its `arrays` the layers; `predicted_table` asks
    it. Raises InputError, SettingError, ResourceError; DivergedError, after saving the last good
    weights where there are any and an output is given.
    """
    columns, reading = _settings(settings)
    tell = progress or _warned
    if cold():
        tell({"type": "compile"})
    began = time.monotonic()
    heard: list[str] = []

    def warn(message: str) -> None:
        heard.append(message)
        tell({"type": "warning", "message": message})

    parts = _parts(records(data), target, columns, reading, warn)
    tested = _tested(test, parts, reading, warn)
    try:
        with one_thread():
            network, best, multiple = _trained(parts, columns, reading.seed, tell)
    except _LostAfter as lost:
        if output is None:
            raise lost.error from None
        model = _model(parts, lost.network, lost.best, columns, reading)
        save(model, output, force=True)
        kept = f"; the weights after epoch {lost.best.epoch}, the last good ones, are in {output}"
        raise DivergedError(lost.error.message + kept, hint=lost.error.hint) from None
    model = _model(parts, network, best, columns, reading)
    model.record["multiple"] = multiple
    model.record["warnings"] = heard
    judged(model, parts.tables[1], tested, seed=reading.seed)
    model.record["seconds"] = round(time.monotonic() - began, 3)
    if baselines:
        tell({"type": "baselines"})
        beside(model, parts.tables, tested, reading.seed)
    if output is not None:
        save(model, output, force=True)
    return model


def _settings(given: dict[str, Any]) -> tuple[Columns, Reading]:
    """The two sets of settings. Raises SettingError for a name that is in neither."""
    own = {one.name for one in fields(Columns)}
    other = {one.name for one in fields(Reading)}
    for name in given:
        SettingError.unless(
            name in own | other, "a setting", name, "one of " + ", ".join(sorted(own | other))
        )
    seed = given.get("seed", 0)
    whole = isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < 2**63
    SettingError.unless(whole, "seed", seed, "a whole number from 0")
    return (
        Columns(**{k: v for k, v in given.items() if k in own}),
        Reading(**{k: v for k, v in given.items() if k in other}),
    )


def _parts(
    table: Records, name: str, columns: Columns, reading: Reading, warn: Callable[[str], None]
) -> Parts:
    """The table read, split and turned into examples."""
    chosen, table = reading.chosen(), trimmed(table)
    spelled = NO_TARGET if reading.missing is None else chosen.missing
    table = with_target(table, name, spelled, warn)
    own = replace(chosen, missing=spelled)
    found = target_of(table, name, reading.task, own)
    if isinstance(reading.valid, (int, float)) and not isinstance(reading.valid, bool):
        if len(table) < 2:
            raise InputError(f"{table.source}: one row cannot be both learned and judged by")
        rows, other = split(
            len(table), reading.valid, seed=reading.seed,
            labels=None if found.answer.classes is None else found.y,
        )  # fmt: skip
        tables = (table.take(rows), table.take(other))
    else:
        given = with_target(trimmed(records(reading.valid)), name, spelled, warn)
        rows, tables = np.arange(len(table)), (table, given)
    apart = [name] if reading.weights is None else [name, reading.weights]
    sheet = sheet_of(table, rows, columns, chosen, apart=apart, warn=warn)
    train, valid = (_examples(one, sheet, found, columns, reading.weights) for one in tables)
    if not (valid.y >= 0).any() and found.answer.classes is not None:
        raise InputError(f"{tables[1].source}: no row of the validation part is of a known class")
    return Parts(sheet, found.answer, train, valid, tables)


def _examples(
    table: Records, sheet: Sheet, target: Target, columns: Columns, weights: str | None
) -> Examples:
    share = row_weights(table, weights, sheet.missing)
    y, _ = truth_of(target.answer, table)
    if target.answer.classes is None:
        scaled = ((y - target.answer.mean) / target.answer.scale).astype(np.float32)
        return Examples(sheet.cells(table), scaled, share.astype(np.float32))
    own = class_weights(y[y >= 0], target.answer.classes, columns.class_weights)
    whole = share * np.where(y >= 0, own[y], 0.0)
    return Examples(sheet.cells(table), y, whole.astype(np.float32))


def _tested(
    test: Any, parts: Parts, reading: Reading, warn: Callable[[str], None]
) -> Records | None:
    """The test table, looked over before the training begins. Raises InputError."""
    if test is None:
        return None
    table = with_target(trimmed(records(test)), parts.answer.target, parts.answer.missing, warn)
    parts.sheet.cells(table.take(np.arange(min(len(table), 100))))
    extra = parts.sheet.unused(
        table, [parts.answer.target, reading.weights, *_names(reading.ignore)]
    )
    known = set(parts.tables[0].names)
    if extra := [one for one in extra if one not in known]:
        warn(f"{table.source}: columns that were not trained on are left out: {extra!s:.200}")
    return table


class _LostAfter(Exception):
    """A run that diverged after it had learned something."""

    def __init__(self, error: DivergedError, network: Network, best: Best) -> None:
        super().__init__(error.message)
        self.error, self.network, self.best = error, network, best


def _trained(
    parts: Parts, columns: Columns, seed: int, tell: Progress
) -> tuple[Network, Best, float]:
    """The best network of those tried, what came of it, and the multiple of the dimensions."""
    found: tuple[Network, Best, float] | None = None
    for multiple in MULTIPLES if columns.dim == SEARCH else (1.0,):
        levels = [len(one.levels) for one in parts.sheet.columns]
        outputs = 1 if parts.answer.classes is None else len(parts.answer.classes)
        dims = columns.dims(levels, multiple)
        network = Network(parts.sheet, dims, outputs, columns, seed)
        course = TableCourse(
            network, parts.train, parts.valid, classes=parts.answer.classes, tell=tell
        )
        try:
            best = course.run()
        except DivergedError as error:
            if course.learned:
                raise _LostAfter(error, network, course.best) from None
            raise
        if columns.dim == SEARCH:
            tell({"type": "trial", "multiple": multiple, "valid": best.figure,
                  "message": f"dimensions × {multiple:g}: {best.figure:.5f}"})  # fmt: skip
        if found is None or best.figure > found[1].figure:
            found = network, best, multiple
    if found is None:
        raise InputError("no dimension was tried")
    return found


def _model(parts: Parts, network: Network, best: Best, columns: Columns, reading: Reading) -> Model:
    answer = parts.answer
    if answer.classes is not None:
        known = parts.valid.y >= 0
        scores = scores_of(network, parts.valid.cells)[known]
        warmth = temperature(scores, parts.valid.y[known])
        answer = replace(answer, temperature=warmth)
    dims = [one.dim for one in network.tables]
    record = {
        "data": {
            "source": parts.tables[0].source,
            "rows": sum(map(len, parts.tables)),
            "trained_on": len(parts.tables[0]),
            "validation": len(parts.tables[1]),
            "columns": len(parts.sheet.columns),
        },
        "determinism": "deterministic: the same bits for one seed on one machine",
        "loss": [round(loss, 6) for loss in best.losses],
        "valid": [round(figure, 6) for figure in best.figures],
        "rate": best.rates,
        "best_epoch": best.epoch,
        "memory": memory(parts.sheet, dims),
        "bytes": 4 * (network.dense.size + sum(len(one) * one.dim for one in network.tables)),
    }
    training = {
        "seed": reading.seed,
        "valid": reading.valid if isinstance(reading.valid, (int, float)) else "a table",
        "batch": columns.batch_of(len(parts.train.y)),
        "epochs": columns.epochs_of(len(parts.train.y)),
    }
    return model_of(network, answer, {"objective": columns.config(), "training": training}, record)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    parts = given.split(",") if isinstance(given, str) else given
    return tuple(name for one in parts if (name := str(one).strip()))


def _warned(event: Event) -> None:
    if event.get("type") == "warning":
        warnings.warn(str(event.get("message")), stacklevel=4)
