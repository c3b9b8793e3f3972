"""`tune_dimension`: how many numbers a vector needs for these data, by one training or few."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.corpus.label_lines import looks_labelled
from rowspace.errors import InputError, SettingError
from rowspace.files import save
from rowspace.objectives.nested import prefixes
from rowspace.training.autotune_budget import seconds_of_budget
from rowspace.training.dimension_curve import DimensionCurve, with_seconds
from rowspace.training.tune_labels import label_curve
from rowspace.training.tune_text import text_curve

TEXT_DIMS = (16, 32, 64, 128, 256)
LABEL_DIMS = (2, 4, 8, 16, 32, 64)
TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
Tell = Callable[[dict[str, Any]], None]


def tune_dimension(
    data: Any,
    *,
    dims: Sequence[int] | str | None = None,
    similarity: Sequence[str | Path] = (),
    analogies: Sequence[str | Path] = (),
    budget: float | str | None = None,
    output: str | Path | None = None,
    progress: Tell | None = None,
    **settings: Any,
) -> DimensionCurve:
    """A curve of quality, memory and speed against the number of dimensions, and which to take.

    Running text, as `rowspace.train` takes it, is trained once: skip-gram with `nested=dims`, of
    which each prefix is a model (Kusupati et al. 2022). Its score is the mean reciprocal rank of a
    word among drawn ones, by a word that stands near it in text held out. `similarity` and
    `analogies` are files whose scores stand beside it. `settings`: those of `SkipGram` and
    `training.Settings` (epochs: 5), and `held_out`, the share held out (0.05).

    Texts with labels (`label=…`, a file of labelled lines, a table or a frame) are trained once
    for each dimension; the score is the accuracy on the validation part. `settings` are those of
    `train_classifier`.

    The recommendation is the smallest dimension whose score lies within the 95 % interval of the
    best one's. budget: seconds, or text such as 2m: fewer epochs, less of the text, or fewer
    dimensions are taken. output: a folder for the nested model, or the recommended classifier.
    Raises InputError for too little data, SettingError.
    """
    began = time.monotonic()
    tell = progress or (lambda event: None)
    until = None if budget is None else began + seconds_of_budget(budget)
    labels = has_labels(data, settings)
    sizes = prefixes((LABEL_DIMS if labels else TEXT_DIMS) if dims is None else dims)
    SettingError.unless(len(sizes) > 0, "dims", dims, "lengths that ascend, such as 16,32,64")
    if labels:
        if similarity or analogies:
            raise InputError(
                "similarity and analogies are of words, and these data are texts with labels",
                hint="leave them away",
            )
        curve, notes = label_curve(data, sizes, settings, tell=tell, until=until)
    else:
        files = {"similarity": listed(similarity), "analogies": listed(analogies)}
        curve, notes = text_curve(data, sizes, settings, files=files, tell=tell, until=until)
    curve = with_seconds(curve, time.monotonic() - began, *notes)
    curve.model.record["dimensions"] = curve.as_json()
    if output is not None:
        save(curve.model, output, force=True)
    return curve


def listed(given: str | Path | Sequence[str | Path]) -> list[str | Path]:
    """One path or several."""
    return [given] if isinstance(given, (str, Path)) else list(given)


def has_labels(data: Any, settings: Mapping[str, Any]) -> bool:
    """Whether data are texts with labels: told so, or seen by their first line or their shape."""
    if "label" in settings or isinstance(data, Mapping):
        return True
    first = data[0] if isinstance(data, (list, tuple)) and data else data
    if isinstance(first, (str, Path)):
        path = Path(first)
        if not path.is_file():
            return False
        table = any(suffix in TABLES for suffix in path.suffixes) and "column" not in settings
        return table or looks_labelled(path)
    return not isinstance(data, (list, tuple, np.ndarray)) and hasattr(data, "columns")
