"""`train_tagger`: words with tags in, a network that tags others out.

sentences → rows → batches → epochs, judged by F1 → best weights → model, beside a yardstick
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, final

from rowspace.corpus.conll import Tagged, TagReading
from rowspace.corpus.conll import tagged as read
from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.spans import judge_tags, most_frequent
from rowspace.networks.compare import require_one, trained
from rowspace.networks.course import Event
from rowspace.networks.kept import to_model
from rowspace.networks.making import Making
from rowspace.networks.settings import Run, settings_of
from rowspace.networks.start import require_dim
from rowspace.networks.tag import TagSettings
from rowspace.networks.tag_answers import Answers, Found, tables_of
from rowspace.networks.tag_task import Parts, TagTask, require_kind
from rowspace.training.classify_settings import warned
from rowspace.training.start import Source
from rowspace.vectors import Model, Vectors

RUN: dict[str, Any] = {
    "epochs": 40, "batch": 16, "lr": 2e-3, "clip": 5.0, "average": 5, "beta2": 0.99,
}  # fmt: skip
"""What a run is where nothing else is said; a batch counts sentences."""
CAPITALS = 0.05
"""The share of vectors with capitals from which on they are taken to tell them apart."""


def train_tagger(  # noqa: PLR0913 - what every trainer of a network takes
    data: Any,
    *,
    output: str | Path | None = None,
    test: Any = None,
    start: Source | None = None,
    resume: bool = False,
    compare: bool = False,
    baselines: bool = True,
    progress: Callable[[Event], None] | None = None,
    **settings: Any,
) -> Model:
    """Learn the tags of words: of entities, or of parts of speech. data: files as
    `corpus.conll.tagged` reads them.

    settings: those of `networks.tag.TagSettings` (dim, hidden, encoder, …), `corpus.conll.
    TagReading` (tag_column, scheme, …) and `networks.settings.Run` (epochs, valid, budget, …).
    test: data that nothing is chosen by. start: vectors that words start from; words that only
    they know have rows too. compare: train from random rows, from scratch and from `start`, keep
    the best. baselines: the tag each word has most often, in the record. The best epoch is that of
    the best F1 of entities, or accuracy of words, on `valid`.

    Ctrl-C raises Interrupted or Stopped, see `networks.making`. Raises InputError,
    SettingError, ResourceError; DivergedError, after saving the last good epoch.
    """
    tell = progress or warned
    given, reading, run = settings_of(settings, TagSettings, TagReading, RUN)
    require_one(compare, resume)
    parts = Parts.of(data, test, reading, run)

    def make(start: Vectors | None, own: dict[str, Any]) -> Tagging:
        network = _settled(given, require_dim(start, given.dim, "dim" in settings), start)
        return Tagging(parts, network, replace(run, **own), start, baselines, tell)

    return trained(make, start, output=output, resume=resume, compare=compare, tell=tell)


def tagged(model: Model, texts: Iterable[str]) -> Iterator[list[Found]]:
    """What a model of `train tag` finds in each text: spans with type and probability."""
    return Answers.of(model).spans(texts)


def judge_tagger(model: Model, source: Any, *, reading: TagReading | None = None) -> Judged:
    """Judge a model of `train tag` on words whose tags are known, read as those of the training
    unless `reading` says otherwise. Raises InputError."""
    answers = Answers.of(model)
    reading = reading or TagReading(**model.config.get("reading", {}))
    data = source if isinstance(source, Tagged) else read(source, reading)
    require_kind(data, answers.tags.spans)
    return judge_tags(data.tags, answers.tagged(data.words), spans=answers.tags.spans)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Tagging(Making[TagTask]):
    """All that makes one tagger."""

    parts: Parts
    settings: TagSettings
    run: Run
    start: Vectors | None
    baselines: bool
    tell: Callable[[Event], None]

    def config(self) -> dict[str, Any]:
        return {**asdict(self.settings), **self.run.as_data(), "data": self.parts.mark()}

    def task(self) -> TagTask:
        return TagTask(self.parts, self.settings, self.run, self.start)

    def kept(self, task: TagTask) -> Model:
        network = {
            "kind": "tag", **asdict(self.settings), "tags": list(task.tags.names),
            "spans": task.tags.spans,
        }  # fmt: skip
        train = self.parts.train
        record = {"data": {"sentences": len(train), "words": train.tokens, "scheme": train.scheme}}
        reading = asdict(self.parts.reading)
        config = {"network": network, "training": self.run.as_data(), "reading": reading}
        tables = tables_of(task.network, task.lexicon)
        return to_model(task.network, tables, config=config, record=record)

    def judge(self, task: TagTask, model: Model) -> None:
        """Scores of the test, or of the validation part, and of the yardstick."""
        record, parts, spans = model.record, self.parts, task.tags.spans
        by = parts.test or parts.valid
        if by is None:
            return
        if parts.test is not None and parts.valid is not None:
            found = judge_tags(parts.valid.tags, task.answer(parts.valid), spans=spans)
            record["validation_scores"] = [score.as_json() for score in found.scores]
        found = judge_tags(by.tags, task.answer(by), spans=spans, seed=self.run.seed)
        record["scored_on"] = "test" if parts.test is not None else "validation"
        record["judged"] = "entities" if spans else "words"
        record["scores"] = [score.as_json() for score in found.scores]
        record["types"] = found.table()
        if self.baselines:
            record["baselines"] = [self._yardstick(by, spans).as_json()]

    def _yardstick(self, by: Tagged, spans: bool) -> Baseline:
        began, train = time.monotonic(), self.parts.train
        best, other = most_frequent(train.words, train.tags, spans=spans)
        answers = [[best.get(word, other) for word in one] for one in by.words]
        found = judge_tags(by.tags, answers, spans=spans, seed=self.run.seed)
        size = sum(len(word.encode("utf-8", "replace")) + 1 for word in best)
        seconds = time.monotonic() - began
        return Baseline("each word's most frequent tag", found.scores, size, seconds)


def _settled(given: TagSettings, dim: int, start: Vectors | None) -> TagSettings:
    """The settings with what hangs on the vectors to start from."""
    lower = given.lower
    if lower is None:
        names = [] if start is None else list(start.vocabulary)
        lower = sum(name != name.lower() for name in names) <= CAPITALS * len(names)
    return replace(given, dim=dim, lower=lower)
