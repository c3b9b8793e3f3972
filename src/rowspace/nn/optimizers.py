"""SGD, Adagrad, row-wise Adagrad, Adam and AdamW for layers of rows, in the ordinary loop.

    optimizer = nn.AdamW(network.parameters(), lr=1e-3)
    loss.backward()
    optimizer.step()

The arguments are torch's, and dense parameters learn exactly as with torch. Weights whose gradient
is one of rows, ours or that of `torch.nn.Embedding(sparse=True)`, learn by the rules of
`rowspace.table.rules`: a step costs what its batch does. `untouched` says what becomes of rows that
a batch does not name; see there.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, final

import torch

from rowspace.nn.row_optimizer import Group, RowOptimizer, require_plain
from rowspace.table import rules
from rowspace.table.rules import Untouched


@lru_cache(maxsize=64)
def rule(kind: type[rules.Rule], **settings: Any) -> rules.Rule:
    """A rule, looked at once: a step makes the same one again, until a scheduler moves it."""
    return kind(**settings)


class _Momenta(RowOptimizer):
    """An optimizer of torch's whose rows have momenta: its arguments, and ours as keywords."""

    def __init__(
        self,
        params: Any,
        *args: Any,
        untouched: Untouched = "skip",
        seed: int = 0,
        folder: str | Path | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(params, *args, **kwargs)
        self._settle(seed=seed, folder=folder, untouched=untouched)


@final
class SGD(_Momenta, torch.optim.SGD):
    """`torch.optim.SGD`; rows by `rules.SGD`. Raises SettingError for dampening on rows."""

    def rule_of(self, group: Group, step: int) -> rules.Rule:
        require_plain(group, dampening=0)
        return rule(
            rules.SGD,
            lr=float(group["lr"]),
            momentum=group["momentum"],
            nesterov=group["nesterov"],
            weight_decay=float(group["weight_decay"]),
            untouched=group["untouched"],
        )


@final
class Adagrad(RowOptimizer, torch.optim.Adagrad):
    """`torch.optim.Adagrad`; rows by `rules.Adagrad`, weight decay among it."""

    def __init__(
        self,
        params: Any,
        lr: Any = 1e-2,
        *args: Any,
        seed: int = 0,
        folder: str | Path | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(params, lr, *args, **kwargs)
        # torch makes the sums of all parameters at once; those of rows wait for their first step.
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.dim() == 2:
                    self.state.pop(parameter, None)
        self._settle(seed=seed, folder=folder)

    def rule_of(self, group: Group, step: int) -> rules.Rule:
        return rule(
            rules.Adagrad,
            lr=float(group["lr"]) / (1 + (step - 1) * group["lr_decay"]),
            weight_decay=group["weight_decay"],
            initial=group["initial_accumulator_value"],
            eps=group["eps"],
        )

    def step_dense(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None and not self.state[parameter]:
                    self.state[parameter] = {
                        "step": torch.tensor(0.0),
                        "sum": torch.full_like(parameter, group["initial_accumulator_value"]),
                    }
        super().step_dense()


@final
class RowWiseAdagrad(RowOptimizer):
    """Adagrad with one sum of squares for each row: a number a row is all it keeps.

    A dense parameter of two dimensions learns so too; of any other, each number is a row.
    """

    def __init__(  # noqa: PLR0913 - torch's arguments
        self,
        params: Any,
        lr: Any = 1e-2,
        *,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        maximize: bool = False,
        seed: int = 0,
        folder: str | Path | None = None,
    ) -> None:
        defaults = {
            "lr": lr,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "maximize": maximize,
        }
        super().__init__(params, defaults)
        self._settle(seed=seed, folder=folder)

    def rule_of(self, group: Group, step: int) -> rules.Rule:
        return rule(
            rules.RowWiseAdagrad,
            lr=float(group["lr"]),
            weight_decay=group["weight_decay"],
            initial=group["initial_accumulator_value"],
            eps=group["eps"],
        )

    def step_dense(self) -> None:
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self.step_all_rows(group, parameter)


class _Adams(_Momenta):
    """What Adam and AdamW have in common."""

    def _settings(self, group: Group) -> dict[str, Any]:
        require_plain(group, amsgrad=False)
        return {
            "lr": float(group["lr"]),
            "betas": tuple(map(float, group["betas"])),
            "eps": group["eps"],
            "weight_decay": group["weight_decay"],
            "untouched": group["untouched"],
        }


@final
class Adam(_Adams, torch.optim.Adam):
    """`torch.optim.Adam`; rows by `rules.Adam`. Raises SettingError for amsgrad on rows."""

    def rule_of(self, group: Group, step: int) -> rules.Rule:
        kind = rules.AdamW if group.get("decoupled_weight_decay") else rules.Adam
        return rule(kind, **self._settings(group))


@final
class AdamW(_Adams, torch.optim.AdamW):
    """`torch.optim.AdamW`; rows by `rules.AdamW`: their decay too is that of touched rows."""

    def rule_of(self, group: Group, step: int) -> rules.Rule:
        return rule(rules.AdamW, **self._settings(group))
