"""torch's part."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.harness.job import Job, Stages, answer
from benchmarks.layer import inputs
from benchmarks.layer.runners.clock import keep, timed
from benchmarks.layer.runners.steps import KEPT, Batches, Several, learnt, looked_up


def weight(job: Job) -> torch.Tensor:
    """The table, in memory as torch gives it."""
    table = torch.empty(job["rows"], job["dim"])
    inputs.fill(table.numpy())
    return table


def layer(job: Job, *, sparse: bool = True) -> Any:
    """Pooled where the job pools; as many as it has tables."""
    size = job["rows"], job["dim"]

    def one() -> Any:
        if job["pooled"]:
            return torch.nn.EmbeddingBag(*size, mode="sum", sparse=sparse, _weight=weight(job))
        return torch.nn.Embedding(*size, sparse=sparse, _weight=weight(job))

    tables = job.get("tables", 1)
    return one() if tables == 1 else Several([one() for _ in range(tables)])


def look_up(job: Job) -> dict[str, Any]:
    """The layer's forward, no gradient wanted."""
    return looked_up(job, layer(job))


def plain(job: Job) -> dict[str, Any]:
    """Rows into an output that is there already."""
    batches, table = Batches(job), weight(job)
    out = torch.empty(batches.ids.shape[1], job["dim"])

    def act(at: int, stages: Stages) -> None:
        torch.index_select(table, 0, batches.tensors[at], out=out)
        stages.lap("forward")

    act(0, Stages())
    keep(job, out=out[:KEPT].numpy())
    return timed(job, act, len(batches))


def learn(job: Job) -> dict[str, Any]:
    """Forward, backward and the step of one of torch's optimizers."""
    made = layer(job, sparse=job["optimizer"] != "Adam")
    optimizers: dict[str, Any] = {
        "Adagrad": torch.optim.Adagrad,
        "SparseAdam": torch.optim.SparseAdam,
        "Adam": torch.optim.Adam,
    }
    chosen = optimizers[job["optimizer"]]
    optimizer = chosen(list(made.parameters()), lr=job["lr"], eps=job["eps"])
    return learnt(job, made, optimizer)


if __name__ == "__main__":
    answer({"look_up": look_up, "plain": plain, "learn": learn}, ["torch", "numpy"])
