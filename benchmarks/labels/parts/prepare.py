"""The sets, made and counted; no figures come of it."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.findings import Finding
from benchmarks.harness.measuring import tell
from benchmarks.labels.bench import Bench
from benchmarks.labels.large import large


def data(bench: Bench) -> Iterator[list[Finding]]:
    """Small ones and large ones."""
    sets = [bench.set(name) for name in bench.options.sets]
    for kind in ("shelves", "articles"):
        sets.append(large(kind, bench.options.texts, bench.options.data, bench.cache))
    for one in sets:
        sizes = ", ".join(f"{name} {size:,}" for name, size in one.as_json().items())
        tell(f"  {one.name}: {sizes}")
    yield []
