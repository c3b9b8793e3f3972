"""The parts by name."""

from __future__ import annotations

from benchmarks.compress.parts.codes import codes
from benchmarks.compress.parts.subwords import subwords

PARTS = {"codes": codes, "subwords": subwords}
