"""`schedule`: a learning-rate schedule by name, as an ordinary scheduler of torch's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, SupportsFloat, final

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from rowspace.errors import InputError, SettingError
from rowspace.table.schedules import FRESH, Constant, Schedule, Watch
from rowspace.table.schedules import schedule as named


def schedule(
    optimizer: Optimizer,
    name: str | Mapping[str, Any] | Schedule = "linear",
    *,
    steps: int | None = None,
    warmup: float = 0.0,
    floor: float = 0.0,
    **settings: Any,
) -> LRScheduler:
    """A scheduler for every parameter group of `optimizer`, whose `lr` is the height of the rate.

    constant, linear, cosine and inverse-sqrt go by progress: call `step()` after each of the
    `steps` of the optimizer. plateau and bold go by how well it goes: call `step(loss)` after
    each epoch or validation; `steps`, how many of these there will be, is needed for a warm-up
    alone. `warmup`: the share of the steps in which the rate climbs to its height, from 0 to below
    1. `floor`: the share of its height that the rate does not fall below afterwards. `settings`:
    the schedule's own, such as `factor` and `patience` (docs/schedules.md).

    Raises SettingError: an unknown name, with the nearest; a setting out of its range.
    """
    chosen = named(name, warmup=warmup, **settings)
    number = isinstance(floor, (int, float)) and not isinstance(floor, bool)
    SettingError.unless(number and 0 <= floor <= 1, "floor", floor, "a share from 0 to 1")
    whole = isinstance(steps, int) and not isinstance(steps, bool)
    SettingError.unless(
        steps is None or (whole and steps > 0), "steps", steps, "a whole number from 1"
    )
    if steps is None and (chosen.warmup or not (chosen.by_loss or isinstance(chosen, Constant))):
        raise SettingError(
            f"{chosen.name} with a warm-up of {chosen.warmup:g} needs the number of steps",
            hint="steps=…, how often the scheduler's step() will be called",
        )
    if chosen.by_loss:
        return ByLoss(optimizer, chosen, steps=steps or 1, floor=floor)
    total = steps or 1

    def share(step: int) -> float:
        return chosen.rate(step, total, high=1.0, low=floor)

    return LambdaLR(optimizer, share)


@final
class ByLoss(LRScheduler):
    """The rate by the losses told to `step(loss)`: `watch` is all that is remembered of them."""

    def __init__(
        self, optimizer: Optimizer, chosen: Schedule, *, steps: int = 1, floor: float = 0.0
    ) -> None:
        self.schedule, self.steps, self.floor = chosen, steps, floor
        self.watch, self._begun = FRESH, False
        super().__init__(optimizer)  # takes a step without a loss
        self._begun = True

    def get_lr(self) -> list[float | Tensor]:
        """The rates of the groups now."""
        share = self.schedule.rate(
            self.last_epoch, self.steps, high=1.0, low=self.floor, watch=self.watch
        )
        return [height * share for height in self.base_lrs]

    def step(self, loss: SupportsFloat | None = None) -> None:
        """Take note of a loss, a number or a tensor of one, and set the rates. Raises InputError
        without one."""
        if self._begun:
            if loss is None:
                raise InputError(
                    f"the schedule {self.schedule.name} goes by the loss, and was told none",
                    hint="scheduler.step(loss), once an epoch",
                )
            self.watch = self.schedule.after(self.watch, float(loss))
        super().step()

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, as plain data."""
        return {
            "schedule": self.schedule.config(),
            "watch": list(self.watch),
            "last_epoch": self.last_epoch,
            "base_lrs": list(self.base_lrs),
            "last_lr": list(self.get_last_lr()),
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from `state_dict()`. Raises InputError if that is of another schedule."""
        before, now = state_dict.get("schedule"), self.schedule.config()
        if before != now:
            raise InputError(f"the state is that of the schedule {before}, this is {now}")
        self.watch = Watch(*state_dict["watch"])
        self.last_epoch = state_dict["last_epoch"]
        self.base_lrs = list(state_dict["base_lrs"])
        self._last_lr = list(state_dict["last_lr"])
