"""From settings to a saved model: what the trainers of all networks do around the loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, final

from rowspace.errors import DivergedError
from rowspace.files import save
from rowspace.networks.course import Event, Outcome, fit
from rowspace.networks.device import device_of, settled
from rowspace.networks.keeping import Keeper, kept_run
from rowspace.networks.kept import tokenizer_of
from rowspace.networks.settings import Run
from rowspace.networks.task import Task
from rowspace.training.interrupt import Interrupted, Stopped
from rowspace.vectors import Model

T = TypeVar("T", bound=Task)


@final
@dataclass(frozen=True, slots=True)
class Recipe(Generic[T]):
    """`build` makes the task, once the seed is set; `model_of` makes a model of it as it is then;
    `judge` puts scores and baselines into that model's record."""

    build: Callable[[], T]
    model_of: Callable[[T], Model]
    judge: Callable[[T, Model], None]


def made(
    recipe: Recipe[T],
    run: Run,
    *,
    config: Mapping[str, Any],
    output: str | Path | None = None,
    resume: bool = False,
    tell: Callable[[Event], None],
) -> Model:
    """Train, judge and save. `config`: settings, and what tells the data apart: they must be the
    same where a run is gone on with.

    Ctrl-C keeps the best weights so far and a checkpoint, and raises Interrupted, or Stopped where
    there is no checkpoint. Raises DivergedError, after saving the last good weights.
    """
    began = time.monotonic()
    with (
        settled(run, device_of(run.device)),
        kept_run(output, config, resume=resume, tell=tell) as keeper,
    ):
        task = recipe.build()
        outcome = fit(task, run, tell, keeper=keeper)
        model = recipe.model_of(task)
        model.record.update(record_of(outcome, task))
        whole = outcome.lost is None and not outcome.stopped
        if whole:
            tell({"type": "judging"})
            recipe.judge(task, model)
        model.record["seconds"] = round(time.monotonic() - began, 3)
        kept = ""
        if output is not None and outcome.best_epoch:
            save(model, output, force=True, tokenizer=tokenizer_of(model))
            kept = f"the model after epoch {outcome.best_epoch}, the best so far, is in {output}"
        _ended(outcome, kept, keeper)
        if keeper is not None:
            keeper.spent = True
    return model


def _ended(outcome: Outcome, kept: str, keeper: Keeper | None) -> None:
    """Raises what a run ended by, unless it ended by itself."""
    if (lost := outcome.lost) is not None:
        raise DivergedError(lost.message + (f"; {kept}" if kept else ""), hint=lost.hint)
    if outcome.stopped:
        if keeper is not None and keeper.folder.steps():
            raise Interrupted(keeper.folder.folder, outcome.stopped)
        raise Stopped(kept, outcome.stopped)


def record_of(outcome: Outcome, task: Task) -> dict[str, Any]:
    """How the training went, as data."""
    weights = sum(one.numel() for one in task.network.parameters())
    tables = sum(table.weight.numel() for table in task.tables())
    return {
        "best_epoch": outcome.best_epoch,
        "best": outcome.best,
        "averaged": outcome.averaged,
        "epochs": [
            {"loss": loss, **figures}
            for loss, figures in zip(outcome.losses, outcome.figures, strict=True)
        ],
        "training_seconds": outcome.seconds,
        "step_seconds": {name: round(value, 3) for name, value in outcome.shares.items()},
        "parameters": {"all": weights, "tables": tables},
    }
