"""One step of some rows in torch's own operators: the rules of `rowspace.table` on any device.

The CPU has kernels for float32 and halves; this is for all else, and equals them up to rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from rowspace.kernels.layer_reference import Number, RuleCode
from rowspace.nn import counter
from rowspace.random import Stream, state
from rowspace.table.learning import Limits
from rowspace.table.rules import Rule


class Kept(NamedTuple):
    """What is kept of the rows: up to two states [R, D] or [R, 1], the clock int32 [R] or None,
    the number of steps, this one among them, and the logarithms of weight decay up to each."""

    states: list[Tensor]
    clock: Tensor | None
    step: int
    shrunk: Tensor


def learn(weight: Tensor, rule: Rule, kept: Kept, rows: Tensor, g: Tensor, limits: Limits) -> None:
    """One update of the distinct `rows` int64 [U] of `weight` by their gradients g [U, D]."""
    n = [float(number) for number in rule.numbers(max_norm=limits.max_norm, scale=limits.scale)]
    w, g = weight[rows].to(g.dtype), g * n[Number.SCALE]
    states = [one[rows] for one in kept.states]
    bias = _made_up(rule, kept, rows, w, states)
    g = g + n[Number.L2] * w if n[Number.L2] else g
    w = w * n[Number.SHRINK]
    w = w - n[Number.LR] * _step(rule, n, g, states, bias)
    if limits.max_norm:
        length = torch.linalg.vector_norm(w, dim=1, keepdim=True)
        w = torch.where(length > limits.max_norm, w * (limits.max_norm / length), w)
    for one, new in zip(kept.states, states, strict=True):
        one[rows] = new
    weight[rows] = rounded(w, weight.dtype, rows, limits.seed, kept.step)


def flush(weight: Tensor, rule: Rule, kept: Kept, frozen: Tensor | None, limits: Limits) -> None:
    """Give the rows what they still miss at this step, but for padding and `frozen` ones."""
    if kept.clock is None:
        return
    late = kept.clock < kept.step
    if limits.padding >= 0:
        late[limits.padding] = False
    rows = (late if frozen is None else late & (frozen == 0)).nonzero().squeeze(1)
    before = kept.clock[rows].long()
    missed = (kept.step - before).double().unsqueeze(1)
    for one, beta in zip(kept.states, rule.betas_kept, strict=False):
        one[rows] *= (beta**missed).to(one.dtype)
    if rule.owes_decay:
        shrunk = kept.shrunk.to(weight.device)
        wide = torch.float64 if weight.dtype == torch.float64 else torch.float32
        w = weight[rows].to(wide) * (shrunk[kept.step] - shrunk[before]).exp().to(wide).unsqueeze(1)
        weight[rows] = rounded(w, weight.dtype, rows, ~limits.seed, kept.step)
    kept.clock.fill_(kept.step)


def _step(
    rule: Rule, n: list[float], g: Tensor, states: list[Tensor], bias: tuple[Tensor, Tensor]
) -> Tensor:
    """What the learning rate is multiplied by; the states are moved on."""
    if rule.code == RuleCode.SGD:
        return g
    if rule.code == RuleCode.MOMENTUM:
        states[0] = states[0] * n[Number.MOMENTUM] + g
        return g + n[Number.MOMENTUM] * states[0] if n[Number.NESTEROV] else states[0]
    if rule.code == RuleCode.ADAM:
        one, two = rule.betas_kept
        states[0] = states[0] + (1 - one) * (g - states[0])
        states[1] = two * states[1] + (1 - two) * g * g
        return states[0] / bias[0] / (states[1].sqrt() / bias[1] + n[Number.EPS])
    squares = g * g
    if rule.code == RuleCode.ROW_ADAGRAD:
        squares = squares.mean(1, keepdim=True)
    states[0] = states[0] + squares
    return g / (states[0].sqrt() + n[Number.EPS])


def _made_up(
    rule: Rule, kept: Kept, rows: Tensor, w: Tensor, states: list[Tensor]
) -> tuple[Tensor, Tensor]:
    """Give the rows what they missed, in place; the corrections of Adam's bias, [U, 1] or [1]."""
    steps = torch.full((1,), kept.step, dtype=torch.float64, device=w.device)
    if kept.clock is not None and rule.own_clock:
        kept.clock[rows] += 1
        steps = kept.clock[rows].double().unsqueeze(1)
    elif kept.clock is not None:
        before = kept.clock[rows].long()
        missed = (kept.step - 1 - before).clamp(min=0).double().unsqueeze(1)
        for one, beta in zip(states, rule.betas_kept, strict=False):
            one.mul_((beta**missed).to(one.dtype))
        if rule.owes_decay:
            shrunk = kept.shrunk.to(w.device)
            lost = shrunk[kept.step - 1] - shrunk[before.clamp(max=kept.step - 1)]
            w.mul_(lost.exp().to(w.dtype).unsqueeze(1))
        kept.clock[rows] = kept.step
    if rule.code != RuleCode.ADAM:
        return steps, steps
    beta_one, beta_two = rule.betas_kept
    return (1 - beta_one**steps).to(w.dtype), (1 - beta_two**steps).sqrt().to(w.dtype)


def rounded(values: Tensor, dtype: torch.dtype, rows: Tensor, seed: int, step: int) -> Tensor:
    """`values` [U, D] as `dtype`; halves are rounded up or down by chance, right in the mean."""
    if dtype not in (torch.float16, torch.bfloat16):
        return values.to(dtype)
    size = values.shape[1]
    start = int(state(seed, Stream.ROUNDING).astype("int64"))
    places = rows.unsqueeze(1) * size + torch.arange(size, device=rows.device)
    base = torch.tensor([start + step], dtype=torch.int64, device=rows.device)
    share = counter.uniform(base, Stream.ROUNDING, places)
    near = values.to(dtype)
    other = torch.nextafter(
        near, torch.where(near.float() < values, torch.inf, -torch.inf).to(dtype)
    )
    gap = (other.float() - near.float()).abs()
    chance = (values - near.float()).abs() / torch.where(gap > 0, gap, torch.ones_like(gap))
    move = (share < chance) & torch.isfinite(values) & (near.float() != values)
    return torch.where(move, other, near)
