"""Word vectors as int8 and as codes an eighth as large, against the same as float32."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.compress.parts.lost import lost
from benchmarks.compress.runners import OURS
from benchmarks.harness.findings import Finding
from benchmarks.words.bench import Bench
from benchmarks.words.scoring import scores
from rowspace.files import load

MEASURES = ("WS-353", "SimLex-999", "analogies, all")
WAYS: dict[str, tuple[dict[str, Any], float]] = {
    "float16": ({"kind": "float16"}, 0.5),
    "int8": ({"kind": "int8"}, 0.5),
    "pq, 8× smaller rows": ({"kind": "pq"}, 3.0),
    "pq, ranked again by int8": ({"kind": "pq", "rerank": "int8"}, 0.5),
}
SEEDED = "pq"


def codes(bench: Bench) -> Iterator[list[Finding]]:
    """One training; each way of making it smaller, codes by some seeds."""
    whole = bench.cache / f"{bench.corpus.path.stem}-compress-{bench.options.epochs}"
    if not (whole / "model.safetensors").exists():
        bench.job(OURS, "train", save=str(whole), bin="", buckets=0)
    before = scores(load(whole).vectors, bench.data)
    for name, (settings, most) in WAYS.items():
        seeds = bench.options.seeds if settings["kind"] == SEEDED else 1
        found, size = [], 0
        for seed in range(seeds):
            with bench.folder() as folder:
                answer = bench.job(
                    OURS, "smaller", model=str(whole), save=str(folder / "m"),
                    settings={**settings, "seed": seed},
                )  # fmt: skip
                size = answer["bytes"]
                found.append(scores(load(folder / "m").vectors, bench.data))
        print(f"    {name}: {size:,} bytes", file=sys.stderr)
        yield [
            lost(
                f"{name}: {measure}",
                before[measure],
                [one[measure] for one in found],
                most=most,
                of="% right" if measure.startswith("analogies") else "Spearman",
                note=f"{size:,} bytes",
            )
            for measure in MEASURES
        ]
