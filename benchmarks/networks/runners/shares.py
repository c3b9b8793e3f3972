"""Where a training step's time goes, with our embedding and optimizer, or with torch's."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.harness.job import Job, answer
from rowspace import nn as rows
from rowspace import set_threads
from rowspace.networks.generate import GenerateSettings, Generator

DIM, HIDDEN, LABELS = 256, 512, 4
TEXTS, LENGTH = 32, 64
BATCHES = 8
PARTS = ("look-up", "forward", "way back", "backward", "clipping", "rest", "table")


class Classifier(nn.Module):
    """Rows → LSTM → mean → labels."""

    def __init__(self, size: int, ours: bool) -> None:
        super().__init__()
        kind = rows.Embedding if ours else nn.Embedding
        self.units: Any = kind(size, DIM)
        self.body = nn.LSTM(DIM, HIDDEN, batch_first=True)
        self.scores = nn.Linear(HIDDEN, LABELS)

    def loss(self, ids: Tensor) -> Tensor:
        hidden, _ = self.body(self.units(ids))
        labels = ids[:, 0] % LABELS
        return functional.cross_entropy(self.scores(hidden.mean(1)), labels)


class Words(nn.Module):
    """The network of `train generate`; torch's: the same with a layer and a loss of its own."""

    def __init__(self, size: int, ours: bool) -> None:
        super().__init__()
        settings = GenerateSettings(dim=DIM, hidden=HIDDEN, layers=1, context=LENGTH)
        self.whole, self.ours = Generator(size, settings), ours
        if not ours:
            self.whole.units = nn.Embedding(size, DIM)  # type: ignore[assignment]
            nn.init.normal_(self.whole.units.weight, std=DIM**-0.5)

    @property
    def units(self) -> Any:
        return self.whole.units

    def loss(self, ids: Tensor) -> Tensor:
        if self.ours:
            return self.whole.loss(ids)[0]
        hidden, _ = self.whole.body(self.units(ids[:, :-1]), None)
        logits = functional.linear(hidden, self.units.weight)
        return functional.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


class Watch:
    """Seconds of a step by part; hooks tell when the table is looked up and learned."""

    def __init__(self, table: Any) -> None:
        self.seconds = dict.fromkeys(PARTS, 0.0)
        self.at = 0.0
        table.register_forward_pre_hook(self._before)
        table.register_forward_hook(self._after)
        table.weight.register_post_accumulate_grad_hook(self._learned)

    def lap(self, name: str) -> None:
        """What passed since the last lap is of this part."""
        now = time.perf_counter()
        self.seconds[name] += now - self.at
        self.at = now

    def _before(self, *_: Any) -> None:
        self.lap("forward")

    def _after(self, _module: Any, _ids: Any, found: Tensor) -> None:
        self.lap("look-up")
        if found.requires_grad:
            found.register_hook(lambda _: self.lap("backward"))  # type: ignore[no-untyped-call]

    def _learned(self, _: Tensor) -> None:
        self.lap("way back")


def shares(job: Job) -> dict[str, Any]:
    """Medians of seconds by part, and of the step."""
    torch.manual_seed(0)
    torch.set_num_threads(job["threads"])
    set_threads(job["threads"])
    ours = job["whose"] == "rowspace"
    network = (Words if job["case"] == "tied" else Classifier)(job["rows"], ours).train()
    table, kind = network.units.weight, rows.AdamW if ours else torch.optim.AdamW
    rest = kind([one for one in network.parameters() if one is not table], lr=1e-3)
    own, watch = kind([table], lr=1e-3), Watch(network.units)
    batches = some_batches(job["rows"])
    laps: list[dict[str, float]] = []
    until = time.perf_counter() + job["seconds"]
    while len(laps) < 6 or (time.perf_counter() < until and len(laps) < 1000):
        watch.seconds = dict.fromkeys(PARTS, 0.0)
        began = watch.at = time.perf_counter()
        loss = network.loss(batches[len(laps) % BATCHES])
        watch.lap("forward")
        loss.backward()  # type: ignore[no-untyped-call]
        watch.lap("backward")
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        watch.lap("clipping")
        rest.step()
        rest.zero_grad(set_to_none=True)
        watch.lap("rest")
        own.step()
        own.zero_grad(set_to_none=True)
        watch.lap("table")
        laps.append({**watch.seconds, "step": watch.at - began})
    kept = laps[3:]
    return {"parts": {name: float(np.median([lap[name] for lap in kept])) for name in kept[0]}}


def some_batches(size: int) -> list[Tensor]:
    """Ids as words are: the n-th is met 1 / n as often as the first."""
    chances = 1 / np.arange(1, size + 1)
    ids = np.random.default_rng(0).choice(
        size, (BATCHES, TEXTS, LENGTH + 1), p=chances / chances.sum()
    )
    return list(torch.from_numpy(ids))


if __name__ == "__main__":
    answer({"shares": shares}, ["rowspace", "torch"])
