"""What a round does, the same for torch, FBGEMM and us; for Pythons that have torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from benchmarks.harness.job import Job, Stages
from benchmarks.layer import inputs
from benchmarks.layer.runners.clock import keep, probed, timed

KEPT = 64  # outputs to compare


class Batches:
    """The ids of a job, int64 [batches, N], as NumPy's and as tensors; `offsets` int64 [B]."""

    def __init__(self, job: Job) -> None:
        torch.set_num_threads(job["threads"])
        self.ids: np.ndarray = np.load(job["batches"])
        self.tensors = [torch.from_numpy(one) for one in self.ids]
        self.offsets = torch.from_numpy(inputs.offsets(job))

    def __len__(self) -> int:
        return len(self.ids)

    def given(self, job: Job, at: int) -> tuple[Any, ...]:
        """What a layer is called with."""
        ids = self.tensors[at]
        return (ids, self.offsets) if job["pooled"] else (ids,)


class Several:
    """Layers side by side, as if they were one: the ids of a batch are parted among them."""

    def __init__(self, layers: Sequence[Any]) -> None:
        self.layers = layers
        self.weight = layers[0].weight

    def __call__(self, ids: Any, *more: Any) -> list[Any]:
        parts = ids.chunk(len(self.layers))
        return [one(part, *more) for one, part in zip(self.layers, parts, strict=True)]

    def parameters(self) -> list[Any]:
        """Of all of them."""
        return [parameter for one in self.layers for parameter in one.parameters()]


def looked_up(job: Job, layer: Any) -> dict[str, Any]:
    """The forward alone, no gradient wanted."""
    batches = Batches(job)
    with torch.no_grad():

        def act(at: int, stages: Stages) -> None:
            layer(*batches.given(job, at))
            stages.lap("forward")

        keep(job, out=layer(*batches.given(job, 0))[:KEPT].float().numpy())
        return timed(job, act, len(batches))


def learnt(job: Job, layer: Any, optimizer: Any) -> dict[str, Any]:
    """Forward, backward, step; `optimizer` None: the layer learns in its backward.

    The steps on the batches `checked` are compared with the others' before the clock starts.
    """
    batches = Batches(job)
    with torch.no_grad():
        like = layer(*batches.given(job, 0))
    many = isinstance(like, list)
    gradient: Any = torch.from_numpy(
        inputs.gradient((len(like[0]), len(like) * job["dim"]) if many else tuple(like.shape))
    )
    if many:  # side by side, as TBE has them
        gradient = [one.contiguous() for one in gradient.split(job["dim"], dim=1)]

    def act(at: int, stages: Stages) -> None:
        out = layer(*batches.given(job, at))
        stages.lap("forward")
        torch.autograd.backward(out, gradient)
        stages.lap("backward")
        if optimizer is not None:
            optimizer.step()
            stages.lap("step")
            optimizer.zero_grad()
            stages.lap("clear")

    for at in job["checked"]:
        act(at, Stages())
    with torch.no_grad():
        out = layer(*batches.given(job, 0))
        first = (out[0] if many else out)[:KEPT, : job["dim"]]
        rows = probed(batches.ids)
        learned = layer.weight.detach()[torch.from_numpy(rows)]
        keep(job, out=first.numpy(), rows=learned.numpy(), ids=rows)
    return timed(job, act, len(batches))
