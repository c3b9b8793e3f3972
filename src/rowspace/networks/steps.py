"""Steps: two optimizers, one for tables and one for the rest, and what a step costs where."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, final

import torch
from torch import Tensor, nn

from rowspace import nn as rows
from rowspace.networks.settings import Run

PARTS = ("embedding", "forward", "backward", "optimizer", "rows")
"""Where a step's time goes: look-ups, the rest of the way forward, the way back, the optimizer of
what is no table, that of the tables."""


def optimizer(name: str, groups: list[dict[str, Any]], lr: float, beta2: float) -> Any:
    """One of `settings.OPTIMIZERS`, of ours: rows that a batch does not name cost nothing."""
    if name == "sgd":
        return rows.SGD(groups, lr=lr, momentum=0.9)
    if name == "adagrad":
        return rows.Adagrad(groups, lr=lr)
    kind = rows.AdamW if name == "adamw" else rows.Adam
    return kind(groups, lr=lr, betas=(0.9, beta2))


@final
class Steps:
    """The optimizers of a network; `take` is one step, from loss to new weights."""

    def __init__(self, network: nn.Module, tables: Sequence[Any], run: Run) -> None:
        self.network, self.run = network, run
        own = {id(table.weight) for table in tables}
        every = [one for one in network.parameters() if one.requires_grad]
        kept = [one for one in every if id(one) not in own]
        decay = run.weight_decay
        groups: list[dict[str, Any]] = [
            {"params": [one for one in kept if one.dim() > 1], "weight_decay": decay},
            {"params": [one for one in kept if one.dim() <= 1], "weight_decay": 0.0},
        ]
        words = [{"params": [one for one in every if id(one) in own], "weight_decay": decay}]
        self.rates = [run.lr, run.row_lr or run.lr]
        kinds = [run.optimizer, run.row_optimizer or run.optimizer]
        self.optimizers = [
            optimizer(kind, [group for group in given if group["params"]], rate, run.beta2)
            if any(group["params"] for group in given)
            else None
            for kind, given, rate in zip(kinds, (groups, words), self.rates, strict=True)
        ]
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self._watch(tables)

    def _watch(self, tables: Sequence[Any]) -> None:
        began = [0.0]

        def before(*_: Any) -> None:
            began[0] = time.perf_counter()

        def after(*_: Any) -> None:
            self.seconds["embedding"] += time.perf_counter() - began[0]

        self._hooks = [table.register_forward_pre_hook(before) for table in tables]
        self._hooks += [table.register_forward_hook(after) for table in tables]

    def close(self) -> None:
        """The layers are not watched any more."""
        for hook in self._hooks:
            hook.remove()

    def pace(self, share: float) -> None:
        """The rates: `share` of their height."""
        for one, height in zip(self.optimizers, self.rates, strict=True):
            for group in [] if one is None else one.param_groups:
                group["lr"] = height * share

    def take(self, loss: Callable[[], Tensor]) -> float:
        """One step; the loss before it. A loss that is not finite changes nothing."""
        looked_up, began = self.seconds["embedding"], time.perf_counter()
        found = loss()
        value = float(found.detach())
        went = time.perf_counter()
        self.seconds["forward"] += went - began - (self.seconds["embedding"] - looked_up)
        if not abs(value) < float("inf"):
            return value
        found.backward()  # type: ignore[no-untyped-call]
        came = time.perf_counter()
        self.seconds["backward"] += came - went
        if self.run.clip:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.run.clip)
        for one, name in zip(self.optimizers, ("optimizer", "rows"), strict=True):
            if one is not None:
                one.step()
                one.zero_grad(set_to_none=True)
            now = time.perf_counter()
            self.seconds[name] += now - came
            came = now
        return value

    def state(self) -> list[dict[str, Any]]:
        """What the optimizers remember."""
        return [{} if one is None else one.state_dict() for one in self.optimizers]

    def load(self, state: Sequence[dict[str, Any]]) -> None:
        """Go on from `state`."""
        for one, own in zip(self.optimizers, state, strict=True):
            if one is not None:
                one.load_state_dict(own)
