"""`RowOptimizer`: what makes one of torch's optimizers learn rows by what a batch says of them.

A gradient of rows, ours or torch's sparse one, takes the way of `rowspace.table.learning`: the
contributions to a row are summed, and the row has one step. All other parameters go torch's way.
"""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import InputError, SettingError
from rowspace.nn import row_steps
from rowspace.nn.arrays import NUMBERS, as_array
from rowspace.nn.check import require_ids
from rowspace.nn.contributions import Part, Traits
from rowspace.nn.gradient import RowGradient
from rowspace.nn.row_states import prepare, restore
from rowspace.table.learning import Batch, Limits, Slots, flush, learn
from rowspace.table.rules import Rule, require_untouched

Group: TypeAlias = dict[str, Any]
_NO_TRAITS = Traits()


class RowOptimizer(torch.optim.Optimizer):
    """To be put before one of torch's optimizers; `rule_of` says what its rows follow.

    seed: of the rounding of halves. folder: where states are kept in files instead of in memory,
    a folder for each weight; as large as the tables, and only what is touched takes room.
    """

    def _settle(self, *, seed: int, folder: str | Path | None, **defaults: Any) -> None:
        """Settings of ours, for every group there is or will be."""
        self.seed, self.folder = seed, None if folder is None else Path(folder)
        self._traits: dict[Tensor, Traits] = {}  # what was last said of each weight's rows
        self.defaults.update(defaults)
        for group in self.param_groups:
            for name, value in defaults.items():
                group.setdefault(name, value)
            require_untouched(group.get("untouched", "skip"))

    @abstractmethod
    def rule_of(self, group: Group, step: int) -> Rule:
        """What the rows of a group follow at a step. Raises SettingError."""

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step for every parameter that has a gradient; the loss of `closure`, if given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        others, rows = False, []
        for group in self.param_groups:
            for parameter in group["params"]:
                gradient = parameter.grad
                if gradient is None:
                    continue
                if isinstance(gradient, RowGradient) or gradient.is_sparse:
                    rows.append((group, parameter, gradient))
                else:
                    others = True
        if others:
            self._step_others(rows)
        for group, parameter, gradient in rows:
            self._step_rows(group, parameter, gradient)
        return loss

    def _step_others(self, rows: list[tuple[Group, Tensor, Tensor]]) -> None:
        """The parameters with dense gradients, torch's way."""
        for _, parameter, _ in rows:
            parameter.grad = None
        try:
            self.step_dense()
        finally:
            for _, parameter, gradient in rows:
                parameter.grad = gradient

    def step_dense(self) -> None:
        """torch's own step, without the hooks that ours has called."""
        inspect.unwrap(super().step)(self)

    def _step_rows(self, group: Group, weight: Tensor, gradient: Tensor) -> None:
        part, traits = _contributions(gradient, weight)
        self._traits[weight] = traits
        self._learn(group, weight, weight, part, traits)

    def step_all_rows(self, group: Group, parameter: Tensor) -> None:
        """A step of a dense parameter by the rule of rows: each of its numbers is one, unless it
        has two dimensions."""
        shape = parameter.shape if parameter.dim() == 2 else (-1, 1)
        weight, values = parameter.view(shape), parameter.grad.reshape(shape)  # type: ignore[union-attr]
        rows = torch.arange(len(weight), device=weight.device)
        self._learn(group, parameter, weight, Part(rows, None, None, values), _NO_TRAITS)

    def _learn(
        self, group: Group, parameter: Tensor, weight: Tensor, part: Part, traits: Traits
    ) -> None:
        """One step of the rows of `weight`, which is `parameter` or a view of it."""
        state = self.state[parameter]
        rule = self.rule_of(group, int(state["step"]) + 1 if "step" in state else 1)
        prepare(state, weight, rule, self._folder_of(parameter))
        state["step"] += 1
        limits = self._limits(group, traits)
        if _for_kernels(weight):
            _learn_here(weight, rule, state, part, traits, limits)
        else:
            _learn_by_torch(weight, rule, state, part, traits, limits)
        if traits.max_norm is not None and traits.norm_type != 2:
            _hold(weight, torch.unique(part.ids), traits)

    def _limits(self, group: Group, traits: Traits) -> Limits:
        return Limits(
            max_norm=(traits.max_norm or 0.0) if traits.norm_type == 2 else 0.0,
            scale=-1.0 if group.get("maximize") else 1.0,
            seed=self.seed,
            padding=-1 if traits.padding_idx is None else traits.padding_idx,
        )

    def _folder_of(self, weight: Tensor) -> Path | None:
        if self.folder is None:
            return None
        every = chain.from_iterable(group["params"] for group in self.param_groups)
        return self.folder / str(next(i for i, one in enumerate(every) if one is weight))

    @torch.no_grad()
    def flush(self) -> None:
        """Under untouched="catch-up": give all rows the fading and decay they still miss, but for
        those that do not learn.

        To be called before the vectors are used or saved.
        """
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state.get(weight, {})
                if "clock" in state:
                    self._flush(group, weight, state)

    def _flush(self, group: Group, weight: Tensor, state: dict[str, Any]) -> None:
        rule, traits = self.rule_of(group, int(state["step"])), self._traits.get(weight, _NO_TRAITS)
        limits = self._limits(group, traits)
        if _for_kernels(weight):
            frozen = None if traits.frozen is None else as_array(traits.frozen)
            slots = _slots(state, rule)
            flush(as_array(weight), weight.shape[1], rule, slots, skipped=frozen, limits=limits)
        elif not rule.own_clock:
            states = [state[name] for name in rule.states]
            kept = row_steps.Kept(states, state["clock"], int(state["step"]), state["shrunk"])
            row_steps.flush(weight, rule, kept, traits.frozen, limits)

    def __getstate__(self) -> dict[str, Any]:
        own = {"seed": self.seed, "folder": self.folder, "_traits": self._traits}
        return {**super().__getstate__(), **own}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As torch does; clocks and the states of halves keep their types."""
        super().load_state_dict(state_dict)
        for group in self.param_groups:  # those of torch's optimizers know less
            for name, value in self.defaults.items():
                group.setdefault(name, value)
        saved = chain.from_iterable(group["params"] for group in state_dict["param_groups"])
        own = ((group, one) for group in self.param_groups for one in group["params"])
        for key, (group, parameter) in zip(saved, own, strict=True):
            if key in state_dict["state"] and parameter in self.state:
                restore(self.state[parameter], state_dict["state"][key], self.rule_of(group, 1))


def require_plain(group: Group, **refused: Any) -> None:
    """Raises SettingError for settings of torch's that rows have no rule for."""
    for name, plain in refused.items():
        if group.get(name, plain) != plain:
            raise SettingError(
                f"{name} must be {plain!r} for gradients of rows, not {group[name]!r}",
                hint="give dense parameters that need it an optimizer of their own",
            )


def _contributions(gradient: Tensor, weight: Tensor) -> tuple[Part, Traits]:
    """What a gradient says of which rows, as one part. Raises InputError, IdRangeError."""
    if gradient.shape != weight.shape:
        raise InputError(
            f"the gradient is {list(gradient.shape)}, the weight {list(weight.shape)}",
            hint="optimizer.zero_grad() drops the gradient of the table there was before",
        )
    if isinstance(gradient, RowGradient):
        if gradient.dense is None:
            return gradient.joined(), gradient.traits
        rows = torch.arange(len(weight), device=weight.device)
        return Part(rows, None, None, gradient.to_dense()), gradient.traits
    if gradient.sparse_dim() != 1 or gradient.dim() != 2:
        raise InputError(
            f"a sparse gradient of rows has one sparse and one dense dimension, not "
            f"{gradient.sparse_dim()} and {gradient.dense_dim()}"
        )
    # torch does not look whether the rows of a sparse tensor are there.
    rows = require_ids(gradient._indices()[0], len(weight))
    return Part(rows, None, None, gradient._values()), _NO_TRAITS


def _hold(weight: Tensor, rows: Tensor, traits: Traits) -> None:
    """Bring those of `rows` that learn back to their longest length, by any norm."""
    if traits.padding_idx is not None:
        rows = rows[rows != traits.padding_idx]
    if traits.frozen is not None:
        rows = rows[traits.frozen[rows] == 0]
    weight[rows] = weight[rows].renorm(traits.norm_type, 0, traits.max_norm or 0)


def _for_kernels(weight: Tensor) -> bool:
    return weight.is_cpu and weight.dtype in NUMBERS and weight.is_contiguous()


def _slots(state: dict[str, Any], rule: Rule) -> Slots:
    clock = state.get("clock") if rule.clocked else None
    return Slots(
        {name: state[name].numpy() for name in rule.states},
        None if clock is None else clock.numpy(),
        int(state["step"]),
        state["shrunk"].numpy() if rule.clocked else np.zeros(2),
    )


def _learn_here(
    weight: Tensor, rule: Rule, state: dict[str, Any], part: Part, traits: Traits, limits: Limits
) -> None:
    """By the kernels."""
    slots = _slots(state, rule)
    slots.step -= 1  # `learn` counts it
    ids, offsets, weights, values = part
    batch = Batch(
        as_array(ids),
        as_array(values if values.dtype in NUMBERS else values.float()),
        None if offsets is None else as_array(offsets),
        None if weights is None else as_array(weights.float()),
    )
    skipped = None if traits.frozen is None else as_array(traits.frozen)
    learn(as_array(weight), weight.shape[1], rule, slots, batch, skipped=skipped, limits=limits)
    if rule.clocked:
        state["shrunk"] = torch.from_numpy(slots.shrunk)


def _learn_by_torch(
    weight: Tensor, rule: Rule, state: dict[str, Any], part: Part, traits: Traits, limits: Limits
) -> None:
    """By torch's operators."""
    step = int(state["step"])
    shrunk = np.zeros(2)
    if rule.clocked:
        slots = Slots({}, None, step - 1, state["shrunk"].numpy())
        slots.tick(rule)
        shrunk, state["shrunk"] = slots.shrunk, torch.from_numpy(slots.shrunk)
    gradient = RowGradient.of([part], weight, traits)
    rows, sums = gradient.coalesced()
    clock = state["clock"] if rule.clocked else None
    states = [state[name] for name in rule.states]
    kept = row_steps.Kept(states, clock, step, torch.from_numpy(shrunk))
    row_steps.learn(weight, rule, kept, rows, sums, limits)
