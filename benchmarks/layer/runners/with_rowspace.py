"""rowspace's part."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from benchmarks.harness.job import Job, Stages, answer
from benchmarks.layer import inputs
from benchmarks.layer.runners import mapped
from benchmarks.layer.runners.clock import keep, probed, timed
from benchmarks.layer.runners.steps import KEPT, Batches, Several, learnt, looked_up
from rowspace import Ragged, RowWiseAdagrad, Table, nn
from rowspace.nn.quantized import QuantizedEmbeddingBag
from rowspace.table import zeros
from rowspace.table.lookup import look_up as rows_of
from rowspace.table.lookup import pool_bags
from rowspace.threads import set_threads


def layer(job: Job) -> Any:
    """Pooled where the job pools; as many as it has tables; torch's own where it says so."""
    set_threads(job["threads"])
    tables = job.get("tables", 1)
    return _one(job) if tables == 1 else Several([_one(job) for _ in range(tables)])


def _one(job: Job) -> Any:
    size = job["rows"], job["dim"]
    if job.get("layer") == "torch":
        made: Any = torch.nn.Embedding(*size, sparse=True, _weight=torch.empty(size))
    elif job["pooled"]:
        made = nn.EmbeddingBag(*size, mode="sum", init="zeros")
    else:
        made = nn.Embedding(*size, init="zeros")
    inputs.fill(made.weight.detach().numpy())
    return made


def look_up(job: Job) -> dict[str, Any]:
    """The layer's forward, no gradient wanted."""
    return looked_up(job, layer(job))


def table(job: Job) -> np.ndarray:
    """The numbers without a framework."""
    set_threads(job["threads"])
    made = zeros(job["rows"], job["dim"])
    inputs.fill(made)
    return made


def pool(job: Job) -> dict[str, Any]:
    """NumPy in, NumPy out."""
    data, ids = table(job), np.load(job["batches"])
    offsets = np.append(inputs.offsets(job), ids.shape[1])

    def act(at: int, stages: Stages) -> None:
        pool_bags(data, ids[at], offsets, job["dim"])
        stages.lap("forward")

    keep(job, out=pool_bags(data, ids[0], offsets, job["dim"])[:KEPT])
    return timed(job, act, len(ids))


def plain(job: Job) -> dict[str, Any]:
    """Rows into an output that is there already."""
    data, ids = table(job), np.load(job["batches"])
    out = zeros(ids.shape[1], job["dim"])
    out[:] = 0

    def act(at: int, stages: Stages) -> None:
        rows_of(data, ids[at], job["dim"], out=out)
        stages.lap("forward")

    act(0, Stages())
    keep(job, out=out[:KEPT])
    return timed(job, act, len(ids))


def learn(job: Job) -> dict[str, Any]:
    """Forward, backward and the step of one of our optimizers."""
    made = layer(job)
    chosen = getattr(nn, job["optimizer"])
    optimizer = chosen(list(made.parameters()), lr=job["lr"], eps=job["eps"])
    return learnt(job, made, optimizer)


def learn_bare(job: Job) -> dict[str, Any]:
    """Pooling and the step of a table, without a framework."""
    set_threads(job["threads"])
    rule = RowWiseAdagrad(lr=job["lr"], eps=job["eps"])
    made = Table(job["rows"], job["dim"], rule)
    start = np.empty((job["rows"], job["dim"]), np.float32)
    inputs.fill(start)
    made.rows[:] = start
    ids = np.load(job["batches"])
    offsets = np.append(inputs.offsets(job), ids.shape[1])
    gradient = inputs.gradient((len(offsets) - 1, job["dim"]))

    def act(at: int, stages: Stages) -> None:
        bags = Ragged(ids[at], offsets)
        made.pool(bags)
        stages.lap("forward")
        made.step(bags, gradient)
        stages.lap("step")

    for at in job["checked"]:
        act(at, Stages())
    rows = probed(ids)
    out = made.pool(Ragged(ids[0], offsets))
    keep(job, out=out[:KEPT], rows=made.rows[rows], ids=rows)
    return timed(job, act, len(ids))


def quantized(job: Job) -> dict[str, Any]:
    """The pooled look-up of int8 rows, and how far its bags point where float32's do."""
    whole = layer(job)
    batches = Batches(job)
    with torch.no_grad():
        exact = whole(*batches.given(job, 0))
        small = QuantizedEmbeddingBag.from_float(whole)
        del whole
        rounded = small(*batches.given(job, 0))
        cosine = torch.nn.functional.cosine_similarity(exact, rounded, dim=1)
    return {**looked_up(job, small), "cosine": float(cosine.min())}


if __name__ == "__main__":
    tasks = {
        "look_up": look_up, "pool": pool, "plain": plain, "learn": learn,
        "learn_bare": learn_bare, "quantized": quantized, "mapped": mapped.learn,
    }  # fmt: skip
    answer(tasks, ["rowspace", "torch", "numpy"])
