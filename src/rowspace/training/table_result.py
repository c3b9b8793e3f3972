"""What comes of training on a table: the model, its scores, and those of simpler ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from rowspace.corpus.records import Records
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.table_baselines import Rows, table_baselines
from rowspace.evaluate.tables import headlines, table_judged, table_scores, truth_of
from rowspace.evaluate.told import told
from rowspace.training.table_network import Network
from rowspace.vectors import Model, Vectors
from rowspace.vectors.table_columns import Column, numbers_of, texts_of, trimmed
from rowspace.vectors.tabular import KIND, Answer, Tabular


def model_of(
    network: Network, answer: Answer, config: Mapping[str, Any], record: Mapping[str, Any]
) -> Model:
    """The network as it is now, as a model: a part a column."""
    columns = network.sheet.columns
    parts = {
        column.part: Model(Vectors(column.levels, _rows(column, np.array(table.rows))))
        for column, table in zip(columns, network.tables, strict=True)
    }
    arrays: dict[str, np.ndarray] = {}
    for at, column in enumerate(columns):
        if column.pieces:
            arrays[f"knots.{at}"], arrays[f"centre.{at}"] = column.knots, column.centre
    for at, (weights, biases) in enumerate(network.layers):
        arrays[f"weights.{at}"], arrays[f"biases.{at}"] = weights.copy(), biases.copy()
    whole = {
        "kind": KIND,
        **config,
        "columns": [column.config() for column in columns],
        "layers": len(network.layers),
        "missing": sorted(network.sheet.missing),
        "target": {
            "name": answer.target,
            "classes": None if answer.classes is None else list(answer.classes),
            "temperature": answer.temperature,
            "mean": answer.mean,
            "scale": answer.scale,
            "missing": sorted(answer.missing),
        },
    }
    return Model(None, whole, record, parts=parts, arrays=arrays)


def _rows(column: Column, rows: np.ndarray) -> np.ndarray:
    """The rows, that of missing cells as that of unseen ones where training met no missing cell."""
    if column.levels.counts[1] == 0:
        rows[1] = rows[0]
    return rows


def judged(model: Model, valid: Records, test: Records | None, *, seed: int) -> None:
    """Scores of the test table, or else of the validation part, into the model's record, and its
    classes one by one."""
    known, record = Tabular.of(model), model.record
    record["scored_on"] = "validation" if test is None else "test"
    if test is not None:
        scores = table_scores(known, valid, seed=seed)
        record["validation_scores"] = [score.as_json() for score in scores]
    found = table_judged(known, valid if test is None else test, seed=seed)
    scores = headlines(found) if isinstance(found, Judged) else found
    record["scores"] = [score.as_json() for score in scores]
    if isinstance(found, Judged):
        record.update(told(found))


def beside(model: Model, tables: tuple[Records, Records], test: Records | None, seed: int) -> None:
    """The same task without learned vectors, learned from the same rows and judged on the same,
    into the model's record. Only figures that the model has are kept."""
    known = Tabular.of(model)
    learn, choose = (_known(known, one) for one in tables)
    judge = choose if test is None else _known(known, test)
    columns = zip(known.sheet.columns, known.rows, strict=True)
    dims = {column.name: one.shape[1] for column, one in columns}
    found = table_baselines(
        learn, judge, labels=known.answer.classes, valid=choose, dims=dims, seed=seed
    )
    names = {score["name"] for score in model.record["scores"]}
    kept = (replace(one, scores=[s for s in one.scores if s.name in names]) for one in found)
    model.record["baselines"] = [one.as_json() for one in kept]


def _known(model: Tabular, table: Records) -> Rows:
    """The rows whose target is known, as baselines take them."""
    table, missing = trimmed(table), model.sheet.missing
    truth, there = truth_of(model.answer, table)
    if model.answer.classes is not None:
        there &= truth >= 0
    table = table.take(np.flatnonzero(there))
    columns = {
        one.name: (numbers_of if one.kind == "number" else texts_of)(table, one.name, missing)
        for one in model.sheet.columns
    }
    return Rows(columns, truth[there])
