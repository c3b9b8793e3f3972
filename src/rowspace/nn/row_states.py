"""What an optimizer keeps for the rows of one weight: made when first needed, grown, loaded.

By torch's names, so that a checkpoint of torch's dense optimizer goes on here and the other way
about: `step`, and `exp_avg`, `sum`, …, float32 [R, D] (float64 for such weights) or [R, 1]; beside
them `clock` int32 [R] and `shrunk` float64 [steps] where untouched rows are kept account of.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from rowspace.errors import InputError
from rowspace.table.memory import scattered, zeros
from rowspace.table.rules import Rule
from rowspace.table.states import CLOCK, needs

State = dict[str, Any]


def prepare(state: State, weight: Tensor, rule: Rule, folder: Path | None) -> None:
    """Make what `rule` keeps for the rows of `weight` [R, D], or what is missing of it."""
    if "step" not in state:
        state["step"] = torch.tensor(0.0, dtype=torch.float32)
    size, dim = weight.shape
    wide = torch.float64 if weight.dtype == torch.float64 else torch.float32
    for need in needs(rule, dim):
        kept, device = state.get(need.name), weight.device
        if need.name == CLOCK:
            # Rows the table has gained owe nothing for the steps before them.
            now = 0 if rule.own_clock else int(state["step"])
            fitted = _fitted(kept, CLOCK, (size,), torch.int32, device, now, None)
        else:
            shape = (size, need.width)
            fitted = _fitted(kept, need.name, shape, wide, device, need.start, folder)
        state[need.name] = fitted
    if rule.clocked:
        state.setdefault("shrunk", torch.zeros(2, dtype=torch.float64))


def _fitted(
    kept: Tensor | None, name: str, shape: tuple[int, ...], dtype: torch.dtype,
    device: torch.device, start: float, folder: Path | None,
) -> Tensor:  # fmt: skip
    """`kept`, or a new one of `shape`; a shorter one with rows for those the table has gained."""
    if kept is not None and kept.shape == shape and kept.dtype == dtype and kept.device == device:
        return kept if kept.is_contiguous() else kept.contiguous()
    if kept is not None and (kept.shape[1:] != shape[1:] or len(kept) > shape[0]):
        raise InputError(
            f"the optimizer keeps {name} of shape {list(kept.shape)} for a weight that needs "
            f"{list(shape)}",
            hint="make a new optimizer for another weight, or load the state that belongs to it",
        )
    fresh = _made(shape, dtype, device, folder if kept is None else None, name)
    known = 0 if kept is None else len(kept)
    if kept is not None:
        fresh[:known] = kept.to(device=device, dtype=dtype)
    if start:
        fresh[known:] = start
    return fresh


def _made(
    shape: tuple[int, ...], dtype: torch.dtype, device: torch.device, folder: Path | None, name: str
) -> Tensor:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        path, number = folder / f"{name}.rows", np.float32 if dtype == torch.float32 else np.float64
        return torch.from_numpy(_mapped(path, number, shape))
    if device.type == "cpu" and dtype == torch.float32:
        return torch.from_numpy(zeros(shape[0], shape[1]))
    return torch.zeros(shape, dtype=dtype, device=device)


def _mapped(path: Path, number: type, shape: tuple[int, ...]) -> np.ndarray:
    """Zeros in a file that takes room where it is written."""
    size = math.prod(shape) * np.dtype(number).itemsize
    with path.open("w+b") as file:
        file.truncate(size)
        block = scattered(file, size)
    return np.frombuffer(block, number).reshape(shape)


def restore(own: State, saved: State, rule: Rule) -> None:
    """Put back what loading has cast to the weight's type: clocks, and the states of halves.

    All of it is copied, for torch lets two optimizers share what one has saved.
    """
    for name in ("step", "clock", "shrunk", *rule.states):
        if name in own and isinstance(saved.get(name), Tensor):
            value = saved[name].detach().clone()
            own[name] = value.to(own[name].device) if name in ("clock", *rule.states) else value
