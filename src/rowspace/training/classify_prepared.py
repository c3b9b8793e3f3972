"""`Prepared`: labelled texts made ready for one training or many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain
from typing import final

import numpy as np

from rowspace.corpus.splits import split
from rowspace.errors import InputError
from rowspace.objectives.labels import Labels
from rowspace.table.table import require_memory
from rowspace.training.classify_course import Examples
from rowspace.training.classify_result import Judge, unseen_labels
from rowspace.training.classify_settings import Run
from rowspace.training.classify_tables import examples_of, vocabulary_of
from rowspace.training.labelled import Labelled, TextReading, labelled
from rowspace.training.start import Source, Start
from rowspace.training.table_target import class_weights
from rowspace.vectors import Vectors
from rowspace.vocabulary import Vocabulary, to_text

MANY = 10_000
"""Labels from which on softmax is slow enough to say so."""


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


def parts(whole: Labelled, reading: TextReading, run: Run) -> tuple[Labelled, Labelled | None]:
    """What is learned and what judges it; None for no validation part."""
    if not isinstance(run.valid, (int, float)):
        return whole, labelled(run.valid, reading)
    if run.valid == 0:
        return whole, None
    known: dict[bytes, int] = {}
    joined = (b"\0".join(sorted(row)) for row in whole.labels)
    groups = np.array([known.setdefault(one, len(known)) for one in joined], np.int64)
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
    counts = Counter(chain.from_iterable(train.labels))
    if len(counts) < 2:
        raise InputError(
            f"{train.source}: there is only one label, {to_text(next(iter(counts)))!r:.60}: "
            "nothing to tell apart",
            hint="give texts of two labels at least",
        )
    if train.dropped:
        warn(f"{train.dropped:,} rows without a label are left out")
    empty = train.texts.count(b"") + sum(map(bytes.isspace, train.texts))
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
    examples = examples_of(train, vocabulary, labels)
    several = bool((examples.labels.lengths > 1).any())
    if several and objective.loss != "ova":
        warn(f"texts have several labels, and {objective.loss} tells one: --loss ova tells each")
    names = tuple(map(to_text, labels.items.tokens()))
    first = examples.labels.ids[examples.labels.offsets[:-1]]
    examples.weights[:] *= class_weights(first, names, run.class_weights)[first]
    judge = None if valid is None else Judge.of(valid, vocabulary, labels, run.metric)
    if valid is not None and (unseen := unseen_labels(valid, labels).total()):
        warn(f"{unseen:,} labels of the validation part were never seen in training: all missed")
    return Prepared(objective, reading, vocabulary, labels, examples, judge, opened)
