"""The loop of every network: epochs, judgements, the best weights kept, checkpoints, a budget.

with settled(run, device_of(run.device)):
    task = …                      # the network is made after the seed is set
    outcome = fit(task, run, tell, folder=…)
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias, final

import torch
from torch import Tensor

from rowspace.errors import DivergedError
from rowspace.networks.device import autocast, device_of, moved, precision_of
from rowspace.networks.keeping import Keeper
from rowspace.networks.settings import ENDLESS, Run
from rowspace.networks.steps import Steps
from rowspace.networks.task import Task
from rowspace.table.schedules import FRESH
from rowspace.table.schedules import schedule as named
from rowspace.training.interrupt import Asked, asked_to_stop

Event: TypeAlias = dict[str, Any]
Weights: TypeAlias = dict[str, Tensor]

REPORT = 0.5
"""Seconds between two progress events."""
THAW = 0.2
"""The share of a run after which rows frozen "after-warm-up" learn."""
TICKS = 10_000
"""Steps of a schedule that goes by time."""


@final
@dataclass(slots=True)
class Outcome:
    """best_epoch: 0 for none. figures, losses, rates: of each judged epoch. seconds: of training.
    stopped: the signal that ended it, or 0. lost: that it diverged, or None. averaged: whether the
    weights are an average. shares: seconds by `steps.PARTS`."""

    best_epoch: int = 0
    best: dict[str, float] = field(default_factory=dict)
    figures: list[dict[str, float]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    seconds: float = 0.0
    stopped: int = 0
    lost: DivergedError | None = None
    averaged: bool = False
    shares: dict[str, float] = field(default_factory=dict)


def fit(
    task: Task,
    run: Run,
    tell: Callable[[Event], None],
    *,
    keeper: Keeper | None = None,
) -> Outcome:
    """Train `task.network`, which holds the best weights afterwards; in `device.settled`.

    keeper: where checkpoints go, and what there is to go on from. Ctrl-C ends it after the step.
    """
    course = _Course(task, run, tell)
    with asked_to_stop() as asked:
        if keeper is not None and (found := keeper.found) is not None:
            course.restore(keeper.state(found))
            tell({"type": "resumed", "words": course.count, "counted": task.counted})
        try:
            course.go(asked, keeper)
        finally:
            course.steps.close()
    return course.finish()


@final
class _Course:
    def __init__(self, task: Task, run: Run, tell: Callable[[Event], None]) -> None:
        self.task, self.run, self.tell = task, run, tell
        self.device = device_of(run.device)
        self.dtype = precision_of(run.precision, self.device)
        task.network.to(self.device)
        self.steps = Steps(task.network, task.tables(), run)
        self.schedule, self.watch = named(run.schedule, warmup=run.warmup), FRESH
        self.outcome, self.best = Outcome(), Weights()
        self.last: deque[Weights] = deque(maxlen=run.average or 1)
        self.epoch = self.step = self.count = self.bad = 0
        self.total = max(1, task.steps()) * run.epochs
        self.rate = 0.0  # the mean one of the epoch
        self.before, self.began = 0.0, time.monotonic()
        self.ended = False

    @property
    def seconds(self) -> float:
        """Of the training, those before it was gone on with included."""
        return self.before + time.monotonic() - self.began

    @property
    def share(self) -> float:
        """How much of the run is done, by steps or by time."""
        by_steps = self.step / self.total
        budget = self.run.budget
        return min(1.0, by_steps if budget is None else max(by_steps, self.seconds / budget))

    def go(self, asked: Asked, keeper: Keeper | None) -> None:
        """Epochs until the run is over, is asked to stop or is lost."""
        while self.epoch < self.run.epochs and not self.ended:
            loss = self._epoch(asked)
            if self.outcome.lost is not None:
                return
            if asked.number:
                self.outcome.stopped = asked.number
                return
            self.epoch += 1
            self.ended = self.ended or self._spent()
            last = self.ended or self.epoch == self.run.epochs
            if self.epoch % self.run.judge_every == 0 or last:
                self._close(loss)
            if keeper is not None and not last:
                keeper.keep(self.epoch, self.state)

    def _spent(self) -> bool:
        return self.run.budget is not None and self.seconds >= self.run.budget

    def _epoch(self, asked: Asked) -> float:
        """Each batch once; the mean loss."""
        self.task.network.train()
        lost = sums = rates = steps = 0.0
        reported, counted, began = time.monotonic(), self.count, self.seconds
        for batch, count in self.task.batches(self.epoch):
            rate = self._pace()
            loss = self.steps.take(lambda batch=batch: self._loss(batch))  # type: ignore[misc]
            lost = self._lost(loss)
            if lost or asked.number:
                break
            sums, rates, steps = sums + loss, rates + rate, steps + 1
            self.step, self.count = self.step + 1, self.count + count
            if (now := time.monotonic()) - reported >= REPORT:
                speed = (self.count - counted) / max(1e-9, self.seconds - began)
                self._report(sums / steps, rate, speed)
                reported = now
            if self._spent():
                self.ended = True
                break
        self.rate = rates / max(1.0, steps)
        return sums / max(1.0, steps)

    def _loss(self, batch: Any) -> Tensor:
        with autocast(self.device, self.dtype):
            return self.task.loss(moved(batch, self.device))

    def _pace(self) -> float:
        run, total = self.run, float(self.total)
        done = float(self.step)
        if run.budget is not None:
            done, total = self.share * TICKS, float(TICKS)
        share = self.schedule.rate(done, total, high=1.0, low=run.floor, watch=self.watch)
        self.steps.pace(share)
        if run.tune == "after-warm-up" and self.share >= THAW:
            for table in self.task.tables():
                if table.frozen_rows is not None:
                    table.frozen_rows.zero_()
        return share * run.lr

    def _lost(self, loss: float) -> bool:
        if math.isfinite(loss):
            return False
        lr = self.run.lr
        self.outcome.lost = DivergedError(
            f"training diverged in epoch {self.epoch + 1}, step {self.step + 1}, at a learning "
            f"rate of {lr:g}: the loss is {loss:g}",
            hint=f"lower --lr (now {lr:g}), or give --warmup and --clip",
        )
        return True

    def _close(self, loss: float) -> None:
        """Judge the epoch, keep its weights if they are the best."""
        figures, run = self.judged(), self.run
        figure = next(iter(figures.values()), float(self.epoch))
        weights = copied(self.task.network)
        if run.average:
            self.last.append(weights)
        self.outcome.figures.append(figures)
        self.outcome.losses.append(loss)
        self.outcome.rates.append(self.rate)
        best = next(iter(self.outcome.best.values()), -math.inf)
        if not figures or figure > best or not self.outcome.best_epoch:
            self.outcome.best_epoch, self.outcome.best, self.bad = self.epoch, figures, 0
            self.best = weights
        else:
            self.bad += 1
            self.ended = self.ended or (run.patience is not None and self.bad > run.patience)
        self.watch = self.schedule.after(self.watch, -figure)
        self.tell({
            "type": "epoch", "epoch": self.epoch, **self._epochs(), "loss": loss, **figures,
            "seconds": round(self.seconds, 3),
        })  # fmt: skip

    def judged(self) -> dict[str, float]:
        """The network's figures now."""
        self.task.network.eval()
        with torch.no_grad(), autocast(self.device, self.dtype):
            return self.task.judge()

    def finish(self) -> Outcome:
        """The outcome; the network holds the best weights, or their average."""
        outcome, network = self.outcome, self.task.network
        outcome.seconds, outcome.shares = round(self.seconds, 3), dict(self.steps.seconds)
        if self.best:
            put(network, self.best)
        if len(self.last) > 1 and not outcome.lost and not outcome.stopped:
            put(network, averaged(list(self.last)))
            found = self.judged()
            if not found or next(iter(found.values())) > next(iter(outcome.best.values())):
                outcome.averaged, outcome.best = True, found
            else:
                put(network, self.best)
        network.eval()
        return outcome

    def _epochs(self) -> dict[str, int]:
        return {} if self.run.epochs == ENDLESS else {"epochs": self.run.epochs}

    def _report(self, loss: float, lr: float, speed: float) -> None:
        share, seconds = self.share, self.seconds
        self.tell({
            "type": "progress", "epoch": self.epoch + 1, **self._epochs(), "fraction": share,
            "examples": self.count, "examples_per_second": speed, "counted": self.task.counted,
            "loss": loss, "lr": lr, "eta": seconds / share - seconds if share > 0 else None,
        })  # fmt: skip

    def state(self) -> dict[str, Any]:
        """All that a run goes on from, at the end of an epoch."""
        outcome = self.outcome
        chance = [torch.get_rng_state()]
        if self.device.type == "cuda":
            chance.append(torch.cuda.get_rng_state(self.device))
        return {
            "epoch": self.epoch, "step": self.step, "count": self.count, "bad": self.bad,
            "seconds": self.seconds, "watch": list(self.watch),
            "network": copied(self.task.network), "best": self.best, "last": list(self.last),
            "optimizers": self.steps.state(), "chance": chance,
            "best_epoch": outcome.best_epoch, "best_figures": outcome.best,
            "figures": outcome.figures, "losses": outcome.losses, "rates": outcome.rates,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self.epoch, self.step, self.count = state["epoch"], state["step"], state["count"]
        self.bad, self.before, self.began = state["bad"], state["seconds"], time.monotonic()
        self.watch = type(FRESH)(*state["watch"])
        put(self.task.network, state["network"])
        self.best, self.last = state["best"], deque(state["last"], maxlen=self.last.maxlen)
        self.steps.load(state["optimizers"])
        torch.set_rng_state(state["chance"][0])
        if self.device.type == "cuda" and len(state["chance"]) > 1:
            torch.cuda.set_rng_state(state["chance"][1], self.device)
        outcome = self.outcome
        outcome.best_epoch, outcome.best = state["best_epoch"], dict(state["best_figures"])
        outcome.figures, outcome.losses = list(state["figures"]), list(state["losses"])
        outcome.rates = list(state["rates"])


def copied(network: torch.nn.Module) -> Weights:
    """A copy of parameters and kept buffers, on the CPU."""
    own = {name for name, _ in (*network.named_parameters(), *network.named_buffers())}
    return {
        name: one.detach().to("cpu", copy=True)
        for name, one in network.state_dict().items()
        if name in own and isinstance(one, Tensor)
    }


def put(network: torch.nn.Module, weights: Weights) -> None:
    """Give a network these weights, in place."""
    own = dict((*network.named_parameters(), *network.named_buffers()))
    with torch.no_grad():
        for name, one in weights.items():
            own[name].copy_(one)


def averaged(several: list[Weights]) -> Weights:
    """The mean of each number; of whole numbers the last."""
    mean = dict(several[-1])
    for name, one in mean.items():
        if one.is_floating_point():
            mean[name] = torch.stack([weights[name].double() for weights in several]).mean(0)
    return mean
