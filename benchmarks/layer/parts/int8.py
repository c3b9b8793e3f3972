"""Pooled look-up of rows of int8 with a scale each, against our own float32.

The cosine is that of the bag where the two point furthest apart.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.findings import Finding, yes
from benchmarks.layer.bench import ROWSPACE, Bench
from benchmarks.layer.cells import Entry, Pair

GOAL, COSINE = 1.0, 0.999
FLOAT = Entry("float32", ROWSPACE, "look_up")
INT8 = Entry("nn.QuantizedEmbeddingBag", ROWSPACE, "quantized", tables=2, like="int8")


def int8(bench: Bench) -> Iterator[list[Finding]]:
    """Every cell of the grid."""
    pair = Pair(INT8, FLOAT, GOAL)
    for cell in bench.cells():
        found, answers = bench.both(cell, [pair])
        cosines = [one["cosine"] for one in answers.get(INT8.name, [])]
        yield found
        if cosines:
            yield [_cosine(str(cell), cosines)]


def _cosine(cell: str, cosines: list[float]) -> Finding:
    lowest = min(cosines)
    return Finding(
        f"least cosine with float32: {cell}",
        lowest,
        lowest,
        max(cosines),
        unit="",
        goal=f"> {COSINE:g}",
        met=yes(lowest > COSINE),
        more={"group": "least cosine with float32"},
    )
