"""`train_classifier`: texts with labels in, a model that tells them out.

labelled texts → words, runs, n-grams → bags of rows → epochs → best tables → calibrated → model
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.errors import DivergedError
from rowspace.files import save
from rowspace.kernels.jit import cold
from rowspace.training.classify_course import (
    ClassifyCourse,
    blank_loss,
    how_of,
    lost_beyond,
)
from rowspace.training.classify_prepared import Prepared, parts, prepare
from rowspace.training.classify_result import calibrated, course_of, judged
from rowspace.training.classify_settings import Run, as_data, settings_of, warned
from rowspace.training.classify_tables import started
from rowspace.training.classify_trainer import Event, Trainer
from rowspace.training.interrupt import Stopped, asked_to_stop
from rowspace.training.labelled import labelled
from rowspace.training.start import Source
from rowspace.vectors import Head, Model, Vectors
from rowspace.vocabulary.count import usable_cores

Progress = Callable[[Event], None]


def train_classifier(
    data: Any,
    *,
    output: str | Path | None = None,
    test: Any = None,
    start: Source | None = None,
    baselines: bool = True,
    progress: Progress | None = None,
    **settings: Any,
) -> Model:
    """Learn to tell the labels of texts: `data` is what `corpus.records` takes, or a file of lines
    that begin with `__label__…`.

    `settings` are those of `objectives.Labels` (dim, lr, loss, words, …; or `objective=Labels(…)`),
    `training.labelled.TextReading` (text, label, columns, tokenizer, …) and `Run` (epochs, valid,
    metric, seed, …). test: data that nothing is chosen by, judged at the end. start: vectors that
    words start from; dim is theirs. baselines: the same task by simpler ways, in the record.
    Warnings go to `progress` as events, or to Python's warnings where there is none.

    Probabilities are calibrated on the validation part. Ctrl-C ends the training with the best
    epoch so far, which is saved, and raises Stopped, a KeyboardInterrupt. Raises InputError,
    SettingError, ResourceError; DivergedError, after saving the last good epoch if there is one.
    """
    objective, reading, run = settings_of(settings)
    tell = progress or warned
    if cold():
        tell({"type": "compile"})
    began, heard = time.monotonic(), []

    def warn(message: str) -> None:
        heard.append(message)
        tell({"type": "warning", "message": message})

    train, valid = parts(labelled(data, reading), reading, run)
    tested = None if test is None else labelled(test, reading)
    prepared = prepare(train, valid, objective, reading, run, start=start, warn=warn)
    model, stopped, lost = fit(prepared, run, tell)
    model.record["warnings"] = heard
    if lost is None and not stopped:
        tell({"type": "judging", "baselines": baselines})
        judged(model, train, valid, tested, baselines=baselines, seed=run.seed)
    model.record["seconds"] = round(time.monotonic() - began, 3)
    best = model.record["best_epoch"]
    if output is not None and best:
        save(model, output, force=True)
    kept = ""
    if output is not None and best:
        kept = f"the model after epoch {best}, the best so far, is in {output}"
    if lost is not None:
        raise DivergedError(lost.message + (f"; {kept}" if kept else ""), hint=lost.hint)
    if stopped:
        raise Stopped(kept, stopped)
    return model


def fit(prepared: Prepared, run: Run, tell: Progress) -> tuple[Model, int, DivergedError | None]:
    """Train: the model of the best epoch, the signal that asked it to stop or 0, and why it was
    lost."""
    objective, labels = prepared.objective, prepared.labels
    vocabulary, dim, size = prepared.vocabulary, objective.dim, len(labels)
    threads = 1 if run.deterministic else run.threads or usable_cores()
    tables, found = started(vocabulary, size, dim, prepared.start, seed=run.seed, freeze=run.freeze)
    how = how_of(objective, labels.counts, run.seed)
    course = ClassifyCourse(
        objective, prepared.examples, tables, how, epochs=run.epochs, threads=threads, seed=run.seed
    )

    def model_of(rows: np.ndarray, heads: np.ndarray) -> Model:
        vectors = Vectors(prepared.vocabulary, rows[: vocabulary.n_rows, :dim])
        head = Head(labels, np.ascontiguousarray(heads[:size, :dim]), objective.loss, exact=True)
        return Model(vectors, head=head)

    judge = prepared.judge
    limit = lost_beyond(blank_loss(objective, labels.counts, how))
    figure = None if judge is None else lambda: judge.figure(model_of(tables.rows, tables.heads))
    trainer = Trainer(course, figure, tell, patience=run.patience, limit=limit)
    lost, stopped = None, 0
    try:
        with asked_to_stop() as asked:
            stopped = 0 if trainer.run(lambda: asked.number != 0) else asked.number
    except DivergedError as error:
        lost = error
    best = trainer.best
    kept = best.rows is not None and best.heads is not None
    rows, heads = (best.rows, best.heads) if kept else (tables.rows, tables.heads)
    made = model_of(rows, heads)  # type: ignore[arg-type]
    head, temperature = calibrated(made, judge if best.epoch else None)
    record = {
        "data": {"texts": len(prepared.examples), "labels": size},
        "determinism": "deterministic" if threads == 1 else "fast",
        **course_of(best, temperature),
        "rate": [objective.lr * (1 - (at + 0.5) / run.epochs) for at in range(len(best.losses))],
        **({"start": found} if found else {}),
    }
    vectors = Vectors(prepared.vocabulary, np.ascontiguousarray(made.vectors.rows))
    return Model(vectors, _config(prepared, run), record, head=head), stopped, lost


def _config(prepared: Prepared, run: Run) -> dict[str, Any]:
    """What made the model, as data."""
    return {
        "objective": prepared.objective.config(),
        "training": {**as_data(run), "text": as_data(prepared.reading)},
        "cutting": prepared.reading.cutting,
    }
