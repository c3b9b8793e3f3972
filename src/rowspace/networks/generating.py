"""`train_generator`: a text in, a network that writes on out.

text → units → runs → epochs, judged by ln p → best weights → model, beside counted n-grams
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, final

from rowspace.evaluate.bits import judge
from rowspace.evaluate.ngrams import ngram_baselines
from rowspace.networks.compare import require_one, trained
from rowspace.networks.course import Event
from rowspace.networks.device import with_precision
from rowspace.networks.generate import GenerateSettings
from rowspace.networks.generate_task import COUNTED, GenerateTask, Parts
from rowspace.networks.generate_units import UnitSettings
from rowspace.networks.kept import to_model
from rowspace.networks.making import Making
from rowspace.networks.sampling import Sampling
from rowspace.networks.settings import Run, settings_of
from rowspace.networks.start import require_dim
from rowspace.networks.writing import KIND, TABLE, Writer
from rowspace.training.classify_settings import warned
from rowspace.training.start import Source
from rowspace.vectors import Model, Vectors

RUN: dict[str, Any] = {
    "epochs": 20, "batch": 2048, "lr": 3e-3, "weight_decay": 0.1, "schedule": "cosine",
    "warmup": 0.02, "floor": 0.02, "valid": 0.1, "average": 0,
}  # fmt: skip
"""What a run is where nothing else is said; a batch counts units."""
ORDERS = {"characters": (1, 2, 6), "subwords": (1, 2, 3)}
"""n-grams that a model is held against; of words those of subwords."""


def train_generator(  # noqa: PLR0913 - what every trainer of a network takes
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
    """Learn to go on with a text. data: files as `corpus.read` takes them, or an open text file.

    settings: those of `networks.generate.GenerateSettings` (encoder, dim, context, …),
    `networks.generate_units.UnitSettings` (units, size, lower, …) and `networks.settings.Run`
    (epochs, valid, budget, …); `valid` is the share at the end of the text. test: a text that
    nothing is chosen by. start: vectors that rows start from. compare: train from random rows, from
    scratch and from `start`, keep the best. baselines: n-grams beside it, in the record. The best
    epoch is that of the best ln p on `valid`.

    Ctrl-C raises Interrupted or Stopped, see `networks.making`. Raises InputError,
    SettingError, ResourceError, MissingExtraError; DivergedError, after saving the last good epoch.
    """
    tell = progress or warned
    given, reading, run = settings_of(settings, GenerateSettings, UnitSettings, RUN)
    run = with_precision(run)
    require_one(compare, resume)
    parts = Parts.of(data, test, reading, run, tell)

    def make(start: Vectors | None, own: dict[str, Any]) -> Writing:
        network = replace(given, dim=require_dim(start, given.dim, "dim" in settings))
        return Writing(parts, network, reading, replace(run, **own), start, baselines, tell)

    return trained(make, start, output=output, resume=resume, compare=compare, tell=tell)


def generated(model: Model, prompt: str = "", **sampling: Any) -> Iterator[str]:
    """What a model of `train generate` writes after `prompt`, piece by piece, as it is drawn.

    sampling: length, temperature, top_k, top_p, seed, see `networks.sampling.Sampling`. Raises
    SettingError, and InputError for another kind of model.
    """
    return Writer.of(model).go_on(prompt, Sampling(**sampling))


@final
@dataclass(frozen=True, slots=True, eq=False)
class Writing(Making[GenerateTask]):
    """All that makes one generator."""

    parts: Parts
    settings: GenerateSettings
    reading: UnitSettings
    run: Run
    start: Vectors | None
    baselines: bool
    tell: Callable[[Event], None]

    def config(self) -> dict[str, Any]:
        return {**asdict(self.settings), **self.run.as_data(), "data": self.parts.mark()}

    def task(self) -> GenerateTask:
        return GenerateTask(self.parts, self.settings, self.run, self.start)

    def kept(self, task: GenerateTask) -> Model:
        reading, parts = self.reading, self.parts
        network = {
            "kind": KIND, **asdict(self.settings), "units": reading.units, "lower": reading.lower,
        }  # fmt: skip
        counted = {"units": len(parts.train), "vocabulary": len(parts.units.vocabulary)}
        config = {"network": network, "training": self.run.as_data(), "reading": asdict(reading)}
        tables = {TABLE: (task.network.units, parts.units.vocabulary)}
        return to_model(task.network, tables, config=config, record={"data": counted}, own=TABLE)

    def judge(self, task: GenerateTask, model: Model) -> None:
        """Scores of the test, or of the validation part, and of n-grams."""
        record, parts, seed = model.record, self.parts, self.run.seed
        by = parts.valid if parts.test is None else parts.test
        if by is None:
            return
        if parts.test is not None and parts.valid is not None:
            found = judge(parts.costs(task.network, parts.valid), seed=seed)
            record["validation_scores"] = [score.as_json() for score in found]
        costs = parts.costs(task.network, by)
        record["scored_on"] = "test" if parts.test is not None else "validation"
        record["judged"] = COUNTED.get(parts.units.kind, "units")
        record["scores"] = [score.as_json() for score in judge(costs, seed=seed)]
        if self.baselines:
            orders = ORDERS.get(parts.units.kind, ORDERS["subwords"])
            size = len(parts.units.vocabulary)
            beside = ngram_baselines(parts.train, by, size, costs=costs, orders=orders, seed=seed)
            record["baselines"] = [one.as_json() for one in beside]
