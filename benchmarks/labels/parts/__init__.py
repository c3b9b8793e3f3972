"""The parts, by the names the command takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.harness.findings import Finding
from benchmarks.labels.bench import Bench
from benchmarks.labels.parts.accuracy import accuracy
from benchmarks.labels.parts.autotune import autotune
from benchmarks.labels.parts.predict import predict
from benchmarks.labels.parts.prepare import data
from benchmarks.labels.parts.speed import speed
from benchmarks.labels.parts.start import start

# Short ones first: a long run that is interrupted keeps what it has.
PARTS: dict[str, Callable[[Bench], Iterator[list[Finding]]]] = {
    "data": data,
    "predict": predict,
    "speed": speed,
    "accuracy": accuracy,
    "autotune": autotune,
    "start": start,
}
