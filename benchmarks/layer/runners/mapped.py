"""Learning on a table in a mapped file that is larger than the memory."""

from __future__ import annotations

import mmap
import os
import resource
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.harness.job import Job, Stages
from benchmarks.layer import inputs
from benchmarks.layer.runners.clock import keep, timed
from benchmarks.layer.runners.steps import Batches
from rowspace import nn


def learn(job: Job) -> dict[str, Any]:
    """Pooled row-wise Adagrad on a file without content yet, its state in a file as well.

    What the process may take besides is limited. The batches are learned once each and what that
    has changed is told: `resident` bytes of the process, mapped pages among them, and `written`
    bytes of the files.
    """
    folder, batches = Path(job["folder"]), Batches(job)
    path = folder / "table"
    with path.open("wb") as file:
        file.truncate(job["rows"] * job["dim"] * 4)
    limit = _status("VmData") + job["limit"]
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    size = job["rows"], job["dim"]
    rows = _mapped(path).reshape(size)
    layer: Any = nn.EmbeddingBag(*size, mode="sum", _weight=torch.from_numpy(rows))
    optimizer: Any = nn.RowWiseAdagrad(layer.parameters(), lr=job["lr"], folder=folder / "state")
    gradient = torch.from_numpy(inputs.gradient((job["bags"], job["dim"])))

    def act(at: int, stages: Stages) -> None:
        layer(*batches.given(job, at)).backward(gradient)
        optimizer.step()
        optimizer.zero_grad()
        stages.lap("step")

    act(0, Stages())
    resident, written = _status("VmRSS"), _written(folder)
    for at in range(1, len(batches)):
        act(at, Stages())
    found = {
        "resident": _status("VmRSS") - resident,
        "written": _written(folder) - written,
        "touched": len(np.unique(batches.ids)) - len(np.unique(batches.ids[0])),
        "steps": len(batches) - 1,
    }
    keep(job, out=rows[batches.ids[0][:1]])
    return {**timed(job, act, len(batches)), **found}


def _mapped(path: Path) -> np.ndarray:
    """The file's numbers; the system is told that nobody wants what lies beside a row."""
    with path.open("r+b") as file:
        block = mmap.mmap(file.fileno(), 0)
    if hasattr(mmap, "MADV_RANDOM"):
        block.madvise(mmap.MADV_RANDOM)
    return np.frombuffer(block, np.float32)


def _status(name: str) -> int:
    """Bytes of this process, as the system names them."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0


def _written(folder: Path) -> int:
    """Bytes that files have on the disk, holes left out."""
    os.sync()
    return sum(one.stat().st_blocks * 512 for one in folder.rglob("*") if one.is_file())
