"""scikit-learn's side: histogram gradient boosting, and logistic regression on one-hot columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks.harness.job import Job, Stages, answer
from benchmarks.table.runners.cells import NUMBERS, TARGET, columns

STAGES = Stages()


def boosting(job: Job) -> dict[str, Any]:
    """`HistGradientBoostingClassifier` as it comes, levels as levels, "?" missing."""
    train, test = columns(job["train"]), columns(job["test"])
    names = [name for name in train if name != TARGET]
    levels = {
        name: {cell: at for at, cell in enumerate(dict.fromkeys(train[name])) if cell != "?"}
        for name in names
        if name not in NUMBERS
    }

    def matrix(cells: dict[str, list[str]]) -> np.ndarray:
        found = []
        for name in names:
            if name in NUMBERS:
                found.append([float(cell) for cell in cells[name]])
            else:
                found.append([levels[name].get(cell, np.nan) for cell in cells[name]])
        return np.array(found).T

    x, y, other = matrix(train), np.array(train[TARGET]), matrix(test)
    STAGES.lap("read")
    model = HistGradientBoostingClassifier(
        categorical_features=[name in levels for name in names], random_state=job["seed"]
    ).fit(x, y)
    STAGES.lap("train")
    return told(model.predict_proba(other)[:, list(model.classes_).index(job["label"])])


def logistic(job: Job) -> dict[str, Any]:
    """`LogisticRegression` on one-hot columns ("?" a level) and standardised numbers."""
    train, test = columns(job["train"]), columns(job["test"])
    names = [name for name in train if name != TARGET]

    def matrix(cells: dict[str, list[str]]) -> np.ndarray:
        found = [list(map(float, cells[n])) if n in NUMBERS else cells[n] for n in names]
        return np.array([np.array(one, object) for one in found], object).T

    x, y, other = matrix(train), np.array(train[TARGET]), matrix(test)
    STAGES.lap("read")
    numbers = [name in NUMBERS for name in names]
    model = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), [not one for one in numbers]),
            (StandardScaler(), numbers),
        ),
        LogisticRegression(max_iter=3000),
    ).fit(x, y)
    STAGES.lap("train")
    return told(model.predict_proba(other)[:, list(model.classes_).index(job["label"])])


def told(chances: np.ndarray) -> dict[str, Any]:
    """The answer of a job."""
    STAGES.lap("predict")
    return {"seconds": STAGES.seconds, "chances": [round(float(one), 6) for one in chances]}


if __name__ == "__main__":
    answer({"boosting": boosting, "logistic": logistic}, ["scikit-learn", "numpy"])
