"""Who makes models smaller."""

from __future__ import annotations

from benchmarks.harness.contestants import Contestant

OURS = Contestant("rowspace", "rowspace", "benchmarks.compress.runners.with_rowspace")
PEER = Contestant(
    "compress-fasttext", "compress_fasttext", "benchmarks.compress.runners.with_compress_fasttext"
)
