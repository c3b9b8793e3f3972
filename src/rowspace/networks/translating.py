"""`train_translator`: sentences in two languages in, a network that translates others out.

pairs → subwords → batches → epochs, judged by BLEU → best weights → model, beside yardsticks
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, final

import torch

from rowspace.corpus.parallel import Parallel, ParallelReading, parallel
from rowspace.errors import SettingError
from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.score import Score
from rowspace.evaluate.translation import judge_translations, require_scores
from rowspace.evaluate.word_by_word import by_words, dictionary
from rowspace.files import save
from rowspace.networks.compare import compared
from rowspace.networks.course import Event
from rowspace.networks.device import device_of
from rowspace.networks.kept import to_model, tokenizer_of
from rowspace.networks.making import Recipe, made
from rowspace.networks.settings import Run, settings_of
from rowspace.networks.start import opened, require_dim
from rowspace.networks.translate import TranslateSettings
from rowspace.networks.translate_answers import OWN, Answers, tables_of
from rowspace.networks.translate_task import Parts, Prepared, TranslateTask
from rowspace.training.classify_settings import warned
from rowspace.training.start import Source
from rowspace.vectors import Model, Vectors

RUN: dict[str, Any] = {
    "epochs": 30, "batch": 4096, "lr": 1.5e-3, "schedule": "cosine", "warmup": 0.08,
    "floor": 0.02, "average": 5, "valid": 0.05,
}  # fmt: skip
"""What a run is where nothing else is said; a batch counts subwords of both sides."""


def train_translator(  # noqa: PLR0913 - what every trainer of a network takes
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
    """Learn to translate. data: pairs of sentences, as `corpus.parallel.parallel` reads them: two
    files, line by line, or one with two columns.

    settings: those of `networks.translate.TranslateSettings` (dim, layers, subwords, …), `corpus.
    parallel.ParallelReading` (source, target, longest, …) and `networks.settings.Run` (epochs,
    valid, budget, …). test: pairs that nothing is chosen by. start: vectors that subwords which are
    words start from. compare: train from random rows, from scratch and from `start`, keep the best.
    baselines: the source as it is, and word by word, in the record. The best epoch is that of the
    best BLEU on `valid`.

    Ctrl-C raises Interrupted or Stopped, see `networks.making.made`. Raises InputError,
    SettingError, ResourceError, MissingExtraError; DivergedError, after saving the last good epoch.
    """
    tell = progress or warned
    given, reading, run = settings_of(settings, TranslateSettings, ParallelReading, RUN)
    SettingError.unless(
        not (compare and resume), "resume", True, "false where variants are compared"
    )
    require_scores()  # now, not when the training is over
    run = with_precision(run)
    data = Prepared.of(Parts.of(data, test, reading, run), given.subwords)
    for message in data.warnings():
        tell({"type": "warning", "message": message})

    def train(source: Source | None, own: dict[str, Any], place: Any = None) -> Model:
        vectors = opened(source)
        dim = require_dim(vectors, given.dim, "dim" in settings)
        chosen, network = replace(run, **own), replace(given, dim=dim)
        return Making(data, network, chosen, vectors, baselines, tell).model(place, resume)

    if not compare:
        return train(start, {}, output)
    model, found = compared(train, start, tell)
    model.record["compare"] = found
    if output is not None:
        save(model, output, force=True, tokenizer=tokenizer_of(model))
    return model


def translated(model: Model, texts: Iterable[str], *, beam: int | None = None) -> Iterator[str]:
    """What a model of `train translate` makes of each text, in their order."""
    return Answers.of(model).lines(texts, beam=beam)


def judge_translator(
    model: Model, data: Any, *, reading: ParallelReading | None = None, beam: int | None = None
) -> list[Score]:
    """BLEU and chrF of a model of `train translate` on pairs. Raises InputError."""
    pairs = parallel(data, reading)
    answers = Answers.of(model).several(pairs.sources, beam=beam)
    return judge_translations(answers, pairs.targets)


def with_precision(run: Run) -> Run:
    """The run with its precision settled: products of this network are large enough to be twice as
    fast in bfloat16 on a processor that multiplies them itself."""
    if run.precision != "auto" or device_of(run.device).type != "cpu":
        return run
    asked = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return replace(run, precision="bfloat16" if asked() else "float32")


@final
@dataclass(frozen=True, slots=True, eq=False)
class Making:
    """All that makes one model."""

    data: Prepared
    settings: TranslateSettings
    run: Run
    start: Vectors | None
    baselines: bool
    tell: Callable[[Event], None]

    def model(self, output: Any, resume: bool) -> Model:
        """Train, judge, save."""
        mark = self.data.parts.mark()
        config = {**asdict(self.settings), **self.run.as_data(), "data": mark}
        recipe = Recipe(self.task, self.kept, self.judge)
        return made(recipe, self.run, config=config, output=output, resume=resume, tell=self.tell)

    def task(self) -> TranslateTask:
        """A network to train."""
        task = TranslateTask(self.data, self.settings, self.run, self.start)
        if task.found:
            self.tell({"type": "start", **task.found})
        return task

    def kept(self, task: TranslateTask) -> Model:
        """The network as a model."""
        longest = self.data.parts.reading.longest
        network = {"kind": "translate", **asdict(self.settings), "longest": longest}
        record: dict[str, Any] = {"data": self.data.about()}
        if task.found:
            record["start"] = task.found
        config = {"network": network, "training": self.run.as_data()}
        tables = tables_of(task.network, task.vocabulary)
        return to_model(task.network, tables, config=config, record=record, own=OWN)

    def judge(self, task: TranslateTask, model: Model) -> None:
        """Scores of the test, or of the validation part, and of the yardsticks."""
        parts, record, answers = self.data.parts, model.record, task.answers()
        by = parts.test or parts.valid
        if by is None:
            return
        if parts.test is not None and parts.valid is not None:
            found = judge_translations(answers.several(parts.valid.sources), parts.valid.targets)
            record["validation_scores"] = [score.as_json() for score in found]
        began = time.monotonic()
        made_of = answers.several(by.sources)
        record["answer_seconds"] = round(time.monotonic() - began, 3)
        record["scored_on"] = "test" if parts.test is not None else "validation"
        record["judged"] = "sentences"
        record["scores"] = [score.as_json() for score in judge_translations(made_of, by.targets)]
        if self.baselines:
            record["baselines"] = [one.as_json() for one in yardsticks(parts.train, by)]


def yardsticks(train: Parallel, by: Parallel) -> list[Baseline]:
    """The source as it is; each word by the one that it stands beside most."""
    copied = judge_translations(by.sources, by.targets)
    began = time.monotonic()
    words = dictionary(train.sources, train.targets)
    found = judge_translations(by_words(by.sources, words), by.targets)
    size = sum(len(f"{one}{other}".encode("utf-8", "replace")) for one, other in words.items())
    return [
        Baseline("the source as it is", copied, 0, 0.0),
        Baseline("word by word (dice)", found, size, time.monotonic() - began),
    ]
