"""The parts, by the names the command takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.harness.findings import Finding
from benchmarks.layer.bench import Bench
from benchmarks.layer.parts.adam import adam, borrowed
from benchmarks.layer.parts.gather import gather
from benchmarks.layer.parts.int8 import int8
from benchmarks.layer.parts.learning import rowwise, unpooled
from benchmarks.layer.parts.mapped import mapped
from benchmarks.layer.parts.pooled import pooled
from benchmarks.layer.parts.scale import scale
from benchmarks.layer.parts.small import small

PARTS: dict[str, Callable[[Bench], Iterator[list[Finding]]]] = {
    "pooled": pooled,
    "gather": gather,
    "rowwise": rowwise,
    "unpooled": unpooled,
    "adam": adam,
    "borrowed": borrowed,
    "scale": scale,
    "small": small,
    "int8": int8,
    "mapped": mapped,
}
