"""A task small enough to be trained in a moment: which of two words a word is."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rowspace import nn  # noqa: E402
from rowspace.corpus.conll import Tagged  # noqa: E402
from rowspace.networks.tagging import train_tagger  # noqa: E402
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


NAMES = ("Rome", "Lima", "Oslo", "Paris", "Cairo", "Accra")
SMALL = {
    "dim": 12, "letter_dim": 6, "filters": 8, "piece_dim": 8, "shape_dim": 6, "hidden": 16,
    "batch": 4, "threads": 1, "epochs": 12, "lr": 0.01,
}  # fmt: skip


@pytest.fixture(scope="session")
def small():
    """Settings of a tagger that trains in a moment."""
    return SMALL


@pytest.fixture(scope="session")
def places():
    """Sixty sentences of four words, with places in some."""
    words = [["we", "went", "to", name] for name in NAMES * 5]
    words += [["they", "like", name, "too"] for name in NAMES * 3]
    words += [["we", "like", "old", "bread"]] * 12
    tags = [["B-LOC" if word in NAMES else "O" for word in one] for one in words]
    return Tagged(words, tags, [("places", 1)] * len(words), "iob2", "places")


@pytest.fixture(scope="session")
def places_model(places):
    """A tagger of places."""
    return train_tagger(places, **SMALL, deterministic=True)


@pytest.fixture(scope="session")
def speech_model():
    """A tagger of parts of speech."""
    words = [["the", "dog", "barks"], ["the", "cat", "sleeps"], ["a", "dog", "sleeps"]] * 8
    tags = [["DET", "NOUN", "VERB"]] * len(words)
    data = Tagged(words, tags, [("speech", 1)] * len(words), "plain", "speech")
    return train_tagger(data, **SMALL, deterministic=True)
