"""What can be measured, in the order it is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.harness.findings import Finding
from benchmarks.words.bench import Bench
from benchmarks.words.parts.defaults import defaults
from benchmarks.words.parts.deterministic import deterministic
from benchmarks.words.parts.memory import memory
from benchmarks.words.parts.opening import opening
from benchmarks.words.parts.quality import quality
from benchmarks.words.parts.rare import rare
from benchmarks.words.parts.scan import scan
from benchmarks.words.parts.speed import speed
from benchmarks.words.parts.total import total
from benchmarks.words.parts.tree import tree

# Short ones first: a long run that is interrupted keeps what it has.
PARTS: dict[str, Callable[[Bench], Iterator[list[Finding]]]] = {
    "opening": opening,
    "scan": scan,
    "deterministic": deterministic,
    "memory": memory,
    "speed": speed,
    "rare": rare,
    "total": total,
    "defaults": defaults,
    "quality": quality,
    "tree": tree,
}
