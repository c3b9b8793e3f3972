"""What comes of training on a table: the model and its scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rowspace.corpus.records import Records
from rowspace.evaluate.tables import table_scores
from rowspace.training.table_network import Network
from rowspace.vectors import Model, Vectors
from rowspace.vectors.table_columns import Column
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
    """Scores of the test table, or else of the validation part, into the model's record."""
    known, record = Tabular.of(model), model.record
    record["scored_on"] = "validation" if test is None else "test"
    found = table_scores(known, valid, seed=seed)
    if test is not None:
        record["validation_scores"] = [score.as_json() for score in found]
        found = table_scores(known, test, seed=seed)
    record["scores"] = [score.as_json() for score in found]
