"""Parts of the benchmark: each takes the `Bench` and gives findings as they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from benchmarks.harness.findings import Finding
from benchmarks.networks.bench import Bench
from benchmarks.networks.parts.tag import tag

PARTS: Mapping[str, Callable[[Bench], Iterator[list[Finding]]]] = {
    "tag": tag,
}
