"""The parts by name."""

from __future__ import annotations

from benchmarks.nested.parts.quality import quality
from benchmarks.nested.parts.time import time

PARTS = {"time": time, "quality": quality}
