"""From settings to a saved model: what the trainers of all networks do around the loop."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch

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


class Making(ABC, Generic[T]):
    """All that makes one model of a network: data, settings, `run`, whom to `tell`. To be built
    upon: a network says what its task is, and what it is as a model."""

    __slots__ = ()
    run: Run
    tell: Callable[[Event], None]

    @abstractmethod
    def config(self) -> dict[str, Any]:
        """Settings, and what tells the data apart: the same where a run is gone on with."""

    @abstractmethod
    def task(self) -> T:
        """A network to train; called once the seed is set."""

    @abstractmethod
    def kept(self, task: T) -> Model:
        """The task's network, as it is now, as a model."""

    @abstractmethod
    def judge(self, task: T, model: Model) -> None:
        """Scores and baselines, into the model's record."""

    def model(self, output: str | Path | None = None, *, resume: bool = False) -> Model:
        """Train, judge and save.

        Ctrl-C keeps the best weights so far and a checkpoint, and raises Interrupted, or Stopped
        where there is no checkpoint. Raises DivergedError, after saving the last good weights.
        """
        began, run, tell = time.monotonic(), self.run, self.tell
        with (
            settled(run, device_of(run.device)),
            kept_run(output, self.config(), resume=resume, tell=tell) as keeper,
        ):
            task = self.task()
            if task.found:
                tell({"type": "start", **task.found})
            outcome = fit(task, run, tell, keeper=keeper)
            with torch.no_grad():
                outcome.best = task.settle(outcome.best)
            model = self.kept(task)
            model.record.update(record_of(outcome, task))
            if outcome.lost is None and not outcome.stopped:
                tell({"type": "judging"})
                self.judge(task, model)
            model.record["seconds"] = round(time.monotonic() - began, 3)
            kept = ""
            if output is not None and outcome.best_epoch:
                store(model, output)
                best = f"the model after epoch {outcome.best_epoch}, the best so far"
                kept = f"{best}, is in {output}"
            _ended(outcome, kept, keeper)
            if keeper is not None:
                keeper.spent = True
        return model


def store(model: Model, output: str | Path) -> None:
    """Save a network, its tokenizer beside it if it has one."""
    save(model, output, force=True, tokenizer=tokenizer_of(model))


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
            {"loss": loss, "rate": rate, **figures}
            for loss, rate, figures in zip(
                outcome.losses, outcome.rates, outcome.figures, strict=True
            )
        ],
        "training_seconds": outcome.seconds,
        "step_seconds": {name: round(value, 3) for name, value in outcome.shares.items()},
        "parameters": {"all": weights, "tables": tables},
        **({"start": task.found} if task.found else {}),
    }
