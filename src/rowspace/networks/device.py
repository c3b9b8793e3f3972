"""Where a network runs and in what numbers: device, precision, threads, fixed bits."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from rowspace.errors import SettingError
from rowspace.networks.settings import Run
from rowspace.table import get_threads, set_threads
from rowspace.vocabulary.count import usable_cores

FASTER_FROM = (8, 0)
"""Compute capability of the GPUs that are faster with bfloat16."""


def device_of(name: str) -> torch.device:
    """The device for "auto", "cpu" or "cuda". Raises SettingError for one that is not there."""
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise SettingError(
            "device cuda: PyTorch finds no GPU here",
            hint="--device cpu, or a PyTorch that is built for this GPU",
        )
    return torch.device("cuda" if there and name != "cpu" else "cpu")


def precision_of(name: str, device: torch.device) -> torch.dtype:
    """What products are computed in: float32 or bfloat16."""
    if name == "auto":
        fast = device.type == "cuda" and torch.cuda.get_device_capability(device) >= FASTER_FROM
        return torch.bfloat16 if fast else torch.float32
    return torch.bfloat16 if name == "bfloat16" else torch.float32


def with_precision(run: Run) -> Run:
    """The run with its precision settled, for a network whose products are large enough to gain by
    bfloat16 on a processor that multiplies it: a Transformer is twice as fast, an LSTM by half."""
    if run.precision != "auto" or device_of(run.device).type != "cpu":
        return run
    asked = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    return replace(run, precision="bfloat16" if asked() else "float32")


def autocast(device: torch.device, dtype: torch.dtype) -> Any:
    """The context in which a loss is computed; weights stay float32."""
    return torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32)


@contextlib.contextmanager
def settled(run: Run, device: torch.device) -> Iterator[None]:
    """Threads, seed and determinism of a run; afterwards all is as it was."""
    threads, rows = torch.get_num_threads(), get_threads()
    fixed = torch.are_deterministic_algorithms_enabled()
    wanted = run.threads or usable_cores()
    fork = [device] if device.type == "cuda" else []
    try:
        torch.set_num_threads(wanted)
        set_threads(wanted)
        if run.deterministic:
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
            torch.use_deterministic_algorithms(True)
        with torch.random.fork_rng(devices=fork):
            torch.manual_seed(run.seed)
            yield
    finally:
        torch.set_num_threads(threads)
        set_threads(rows)
        torch.use_deterministic_algorithms(fixed)


def moved(batch: Any, device: torch.device) -> Any:
    """The tensors of a batch (a tensor, or tuples, lists and dictionaries of them) on a device."""
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, dict):
        return {name: moved(one, device) for name, one in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(moved(one, device) for one in batch))
    if isinstance(batch, (tuple, list)):
        return type(batch)(moved(one, device) for one in batch)
    return batch
