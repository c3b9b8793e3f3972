"""Parts of the benchmark: each takes the `Bench` and gives findings as they are there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from benchmarks.harness.findings import Finding
from benchmarks.networks.bench import Bench
from benchmarks.networks.parts.generate import generate
from benchmarks.networks.parts.share import share
from benchmarks.networks.parts.tag import tag
from benchmarks.networks.parts.translate import translate

PARTS: Mapping[str, Callable[[Bench], Iterator[list[Finding]]]] = {
    "tag": tag,
    "translate": translate,
    "generate": generate,
    "share": share,
}
