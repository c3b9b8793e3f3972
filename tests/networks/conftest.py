"""A task small enough to be trained in a moment: which of two words a word is."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rowspace import nn  # noqa: E402
from rowspace.networks.task import Task  # noqa: E402


class Parity(Task):
    """Is the sum of the ids odd? Learned by heart, from rows."""

    counted = "pairs"

    def __init__(self, seed=0, size=24, judged=True, poison=None):
        self.network = torch.nn.ModuleDict(
            {
                "rows": nn.Embedding(size, 8),
                "hidden": torch.nn.Sequential(
                    torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Dropout(0.1)
                ),
                "out": torch.nn.Linear(32, 2),
            }
        )
        self.seed, self.size, self.judged, self.poison = seed, size, judged, poison
        self.ids = torch.cartesian_prod(torch.arange(size), torch.arange(size))
        self.seen = []

    def batches(self, epoch):
        order = torch.randperm(
            len(self.ids), generator=torch.Generator().manual_seed(self.seed * 1000 + epoch)
        )
        self.seen.append(epoch)
        for some in order.split(64):
            yield self.ids[some], len(some)

    def steps(self):
        return -(-len(self.ids) // 64)

    def logits(self, ids):
        network = self.network
        return network["out"](network["hidden"](network["rows"](ids).flatten(1)))

    def loss(self, batch):
        loss = torch.nn.functional.cross_entropy(self.logits(batch), batch.sum(1) % 2)
        if self.poison is not None and len(self.seen) > self.poison:
            return loss * torch.nan
        return loss

    def judge(self):
        if not self.judged:
            return {}
        right = self.logits(self.ids).argmax(1) == self.ids.sum(1) % 2
        return {"accuracy": right.float().mean().item()}

    def tables(self):
        return [self.network["rows"]]


@pytest.fixture
def parity():
    return Parity
