"""Plain look-up into an output that is there already, against a pure gather in C.

The gather looks at no id, asks for rows ahead and writes past the caches; of some ways to do so
the fastest for the cell counts. Beside it `torch.index_select` and `numpy.take` into an output.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.findings import Finding
from benchmarks.layer.bench import GATHER, ROWSPACE, TORCH, Bench
from benchmarks.layer.cells import Entry, Pair

GOAL = 0.85
_PLAIN = {"pooled": False}
OURS = Entry("look_up", ROWSPACE, "plain", _PLAIN)
CEILING = Entry("a pure gather", GATHER, "plain", _PLAIN)
SELECT = Entry("torch.index_select", TORCH, "plain", _PLAIN)
TAKE = Entry("numpy.take", GATHER, "take", _PLAIN)


def gather(bench: Bench) -> Iterator[list[Finding]]:
    """Every cell of the grid."""
    pairs = [Pair(OURS, CEILING, GOAL), Pair(OURS, SELECT), Pair(OURS, TAKE)]
    for cell in bench.cells():
        yield bench.compared(cell, pairs)
