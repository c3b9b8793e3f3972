"""`train_translator`: sentences in two languages in, a network that translates others out.

pairs → subwords → batches → epochs, judged by BLEU → best weights → model, beside yardsticks
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, final

from rowspace.corpus.parallel import Parallel, ParallelReading, parallel
from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.score import Score
from rowspace.evaluate.translation import judge_translations, require_scores
from rowspace.evaluate.word_by_word import by_words, dictionary
from rowspace.networks.compare import require_one, trained
from rowspace.networks.course import Event
from rowspace.networks.device import with_precision
from rowspace.networks.kept import to_model
from rowspace.networks.making import Making
from rowspace.networks.settings import Run, settings_of
from rowspace.networks.start import require_dim
from rowspace.networks.translate import TranslateSettings
from rowspace.networks.translate_answers import OWN, Answers, tables_of
from rowspace.networks.translate_task import Parts, Prepared, TranslateTask
from rowspace.training.classify_settings import warned
from rowspace.training.start import Source
from rowspace.vectors import Model, Vectors

RUN: dict[str, Any] = {
    "epochs": 30, "batch": 2048, "lr": 1e-3, "schedule": "cosine", "warmup": 0.08,
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

    Ctrl-C raises Interrupted or Stopped, see `networks.making`. Raises InputError,
    SettingError, ResourceError, MissingExtraError; DivergedError, after saving the last good epoch.
    """
    tell = progress or warned
    given, reading, run = settings_of(settings, TranslateSettings, ParallelReading, RUN)
    require_one(compare, resume)
    require_scores()  # now, not when the training is over
    run = with_precision(run)
    data = Prepared.of(Parts.of(data, test, reading, run), given.subwords)
    for message in data.warnings():
        tell({"type": "warning", "message": message})

    def make(start: Vectors | None, own: dict[str, Any]) -> Translating:
        network = replace(given, dim=require_dim(start, given.dim, "dim" in settings))
        return Translating(data, network, replace(run, **own), start, baselines, tell)

    return trained(make, start, output=output, resume=resume, compare=compare, tell=tell)


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


@final
@dataclass(frozen=True, slots=True, eq=False)
class Translating(Making[TranslateTask]):
    """All that makes one translator."""

    data: Prepared
    settings: TranslateSettings
    run: Run
    start: Vectors | None
    baselines: bool
    tell: Callable[[Event], None]

    def config(self) -> dict[str, Any]:
        return {**asdict(self.settings), **self.run.as_data(), "data": self.data.parts.mark()}

    def task(self) -> TranslateTask:
        return TranslateTask(self.data, self.settings, self.run, self.start)

    def kept(self, task: TranslateTask) -> Model:
        longest = self.data.parts.reading.longest
        network = {"kind": "translate", **asdict(self.settings), "longest": longest}
        record = {"data": self.data.about()}
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
