"""Pooled look-up, sums, no gradient wanted: layer and plain function, against TBE and torch.

FBGEMM's TBE is the one for training, with its usual look at the ids; its pooled forward of one
table runs on one thread however many are allowed (`busy` in the data).
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.findings import Finding
from benchmarks.layer.bench import FBGEMM, ROWSPACE, TORCH, Bench
from benchmarks.layer.cells import Entry, Pair

GOAL = 1.8
LAYER = Entry("nn.EmbeddingBag", ROWSPACE, "look_up")
FUNCTION = Entry("pool_bags", ROWSPACE, "pool")
TBE = Entry("TBE", FBGEMM, "look_up")
BAG = Entry("torch's EmbeddingBag", TORCH, "look_up")


def pooled(bench: Bench) -> Iterator[list[Finding]]:
    """Every cell of the grid."""
    pairs = [
        Pair(LAYER, TBE, GOAL),
        Pair(LAYER, BAG, GOAL),
        Pair(FUNCTION, TBE),
        Pair(FUNCTION, BAG),
    ]
    for cell in bench.cells():
        yield bench.compared(cell, pairs)
