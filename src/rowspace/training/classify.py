"""`train_classifier`: texts with labels in, a model that tells them out.

labelled texts → words, runs, n-grams → bags of rows → epochs → best tables → calibrated → model
"""

from __future__ import annotations

import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, final

import numpy as np

from rowspace.corpus.splits import split
from rowspace.errors import DivergedError, InputError, SettingError
from rowspace.files import save
from rowspace.kernels.jit import cold
from rowspace.objectives.columns import weights_by_class
from rowspace.objectives.labels import Labels
from rowspace.table.table import require_memory
from rowspace.training.classify_course import (
    ClassifyCourse,
    Event,
    Examples,
    Trainer,
    blank_loss,
    how_of,
    lost_beyond,
)
from rowspace.training.classify_result import Judge, calibrated, course_of, judged, unseen_labels
from rowspace.training.classify_tables import examples_of, started, vocabulary_of
from rowspace.training.interrupt import Stopped, asked_to_stop
from rowspace.training.labelled import Labelled, TextReading, labelled
from rowspace.training.start import Source, Start
from rowspace.training.table_target import class_weights
from rowspace.vectors import Head, Model, Vectors
from rowspace.vocabulary import Vocabulary, to_text
from rowspace.vocabulary.count import usable_cores

Progress = Callable[[Event], None]
MANY = 10_000
"""Labels from which on softmax is slow enough to say so."""


@final
@dataclass(frozen=True, slots=True)
class Run:
    """epochs: passes over the texts. valid: the share of the rows that judges each epoch and
    calibrates, or other data; 0: none. metric: what the best epoch is chosen by
    (`evaluate.metrics`); None: accuracy, or micro-f1 where texts have several labels. patience:
    epochs without a better one before it stops; None: all are gone through. class_weights: what
    each label's texts count for, by name or as "a=2,b=1", or "balanced"; of several labels the
    first counts. threads: None is one for each usable core. deterministic: the same bits for the
    same seed and data, on one thread. freeze: rows that came from the start stay as they are."""

    epochs: int = 10
    valid: Any = 0.1
    metric: str | None = None
    patience: int | None = None
    class_weights: str | dict[str, float] | None = None
    threads: int | None = None
    seed: int = 0
    deterministic: bool = False
    freeze: bool = False

    def __post_init__(self) -> None:
        whole = [("epochs", 1, 10**6), ("seed", 0, 2**63 - 1)]
        whole += [("threads", 1, usable_cores())] if self.threads is not None else []
        whole += [("patience", 0, 10**6)] if self.patience is not None else []
        for name, low, high in whole:
            value = getattr(self, name)
            right = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
            SettingError.unless(right, name, value, f"a whole number from {low} to {high}")
        if isinstance(self.valid, (int, float)):
            share = not isinstance(self.valid, bool) and 0 <= self.valid < 1
            SettingError.unless(share, "valid", self.valid, "a share from 0 to below 1, or data")
        object.__setattr__(self, "class_weights", weights_by_class(self.class_weights))


@final
@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All a training needs, made once: several runs may use it."""

    objective: Labels
    reading: TextReading
    vocabulary: Vocabulary
    labels: Vocabulary
    examples: Examples
    judge: Judge | None
    start: Vectors | None


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
    objective, reading, run = _settings(settings)
    tell = progress or _warned
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


def parts(whole: Labelled, reading: TextReading, run: Run) -> tuple[Labelled, Labelled | None]:
    """What is learned and what judges it; None for no validation part."""
    if not isinstance(run.valid, (int, float)):
        return whole, labelled(run.valid, reading)
    if run.valid == 0:
        return whole, None
    first = np.array([b"\0".join(sorted(row)) for row in whole.labels], object)
    _, groups = np.unique(first, return_inverse=True)
    rows, other = split(len(whole), run.valid, seed=run.seed, labels=groups)
    return whole.take(rows), (whole.take(other) if len(other) else None)


def prepare(
    train: Labelled,
    valid: Labelled | None,
    objective: Labels,
    reading: TextReading,
    run: Run,
    *,
    start: Source | None,
    warn: Callable[[str], None],
) -> Prepared:
    """The vocabulary, the labels and the texts as bags; what is odd about the data is told."""
    counts = Counter(label for row in train.labels for label in row)
    if len(counts) < 2:
        raise InputError(
            f"{train.source}: there is only one label, {to_text(next(iter(counts)))!r:.60}: "
            "nothing to tell apart",
            hint="give texts of two labels at least",
        )
    if train.dropped:
        warn(f"{train.dropped:,} rows without a label are left out")
    empty = sum(not text.strip() for text in train.texts)
    if empty:
        warn(f"{empty:,} texts are empty: they teach what the labels' shares are")
    if len(counts) >= MANY and objective.loss in ("softmax", "ova"):
        warn(f"{len(counts):,} labels: each text is held against all of them; --loss hs is faster")
    require_memory(len(counts), objective.dim)
    labels = Vocabulary.from_counts(counts)
    opened = None if start is None else Start.of(start).vectors
    if opened is not None:
        if objective.dim not in (opened.dim, Labels().dim):
            warn(f"dim is that of the start, {opened.dim}, and not {objective.dim}")
        objective = replace(objective, dim=opened.dim)
    vocabulary = vocabulary_of(train, objective)
    several = any(len(row) > 1 for row in train.labels)
    if several and objective.loss != "ova":
        warn(f"texts have several labels, and {objective.loss} tells one: --loss ova tells each")
    names = tuple(map(to_text, labels.items.tokens()))
    own = class_weights(_first(train, labels), names, run.class_weights)
    examples = examples_of(train, vocabulary, labels)
    examples.weights[:] *= own[_first(train, labels)]
    judge = None if valid is None else Judge.of(valid, vocabulary, labels, run.metric)
    if valid is not None and (unseen := unseen_labels(valid, labels).total()):
        warn(f"{unseen:,} labels of the validation part were never seen in training: all missed")
    return Prepared(objective, reading, vocabulary, labels, examples, judge, opened)


def fit(prepared: Prepared, run: Run, tell: Progress) -> tuple[Model, int, DivergedError | None]:
    """Train: the model of the best epoch, the signal that asked it to stop or 0, and why it was
    lost."""
    objective, labels = prepared.objective, prepared.labels
    vocabulary, dim, size = prepared.vocabulary, objective.dim, len(labels)
    tables, found = started(vocabulary, size, dim, prepared.start, seed=run.seed, freeze=run.freeze)
    how = how_of(objective, labels.counts, run.seed)
    threads = 1 if run.deterministic else run.threads or usable_cores()
    course = ClassifyCourse(
        objective, prepared.examples, tables, how, epochs=run.epochs, threads=threads, seed=run.seed
    )

    def model_of(rows: np.ndarray, heads: np.ndarray) -> Model:
        vectors = Vectors(prepared.vocabulary, rows[:-1, :dim])
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
        **({"start": found} if found else {}),
    }
    vectors = Vectors(prepared.vocabulary, np.ascontiguousarray(made.vectors.rows))
    return Model(vectors, _config(prepared, run), record, head=head), stopped, lost


def _config(prepared: Prepared, run: Run) -> dict[str, Any]:
    """What made the model, as data."""
    return {
        "objective": prepared.objective.config(),
        "training": {**_plain(run), "text": _plain(prepared.reading)},
        "cutting": prepared.reading.cutting,
    }


def _first(train: Labelled, labels: Vocabulary) -> np.ndarray:
    """The first label of each text, int64."""
    return labels.items.find_many([row[0] for row in train.labels]).astype(np.int64)


def _plain(settings: Any) -> dict[str, Any]:
    """The fields that are data."""
    found = asdict(settings)
    return {k: v for k, v in found.items() if v is None or isinstance(v, (str, int, float, tuple))}


def _warned(event: Event) -> None:
    if event["type"] == "warning":
        warnings.warn(event["message"], stacklevel=3)


def _settings(given: dict[str, Any]) -> tuple[Labels, TextReading, Run]:
    """The three sets of settings. Raises SettingError for a name that is in none of them."""
    given = dict(given)
    objective = given.pop("objective", None)
    kinds: Sequence[type] = (Labels, TextReading, Run)
    own = [{one.name for one in fields(kind)} for kind in kinds]
    every = set().union(*own)
    for name in given:
        SettingError.unless(name in every, "a setting", name, "one of " + ", ".join(sorted(every)))
    chosen = [{k: v for k, v in given.items() if k in names} for names in own]
    if objective is not None:
        SettingError.unless(isinstance(objective, Labels), "objective", objective, "Labels(…)")
        SettingError.unless(
            not chosen[0], "objective", objective, f"alone, not with {[*chosen[0]]}"
        )
    return objective or Labels(**chosen[0]), TextReading(**chosen[1]), Run(**chosen[2])
