"""The parts of the benchmark by name."""

from __future__ import annotations

from benchmarks.recommend.parts.quality import quality
from benchmarks.recommend.parts.speed import speed

PARTS = {"quality": quality, "speed": speed}
