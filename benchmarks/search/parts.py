"""The parts: what is asked, of whom, and what has to come out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.harness.contestants import Answer, Contestant, run
from benchmarks.harness.findings import Finding, times_faster, yes
from benchmarks.harness.measuring import tell
from benchmarks.search import tables

ROWSPACE = Contestant("rowspace", "rowspace", "benchmarks.search.runners.with_rowspace")
GENSIM = Contestant("gensim", "gensim", "benchmarks.search.runners.with_gensim")
AT_MOST = 30.0  # milliseconds of one query
KINDS = ("float32", "float16", "int8", "mapped", "first half")
BATCHES = (32, 256, 1024)


class Bench:
    """`options` of the command line, the versions met."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.versions: dict[str, str] = {}
        self.folder: Path = options.cache

    def job(self, contestant: Contestant, task: str, **job: Any) -> Answer:
        """One job, telling so."""
        found = run(contestant, {"task": task, **job})
        self.versions |= found["versions"]
        tell(f"  {contestant.name}: {task}, {found['wall']:.0f} s")
        return found

    def noise(self, size: int, dim: int) -> str:
        """The table; a hundredth of it in a quick run."""
        return str(tables.noise(self.folder, size // (100 if self.options.quick else 1), dim))


def exact(bench: Bench) -> Iterator[list[Finding]]:
    """256 queries at once against gensim's two ways of asking."""
    table = bench.noise(100_000, 300)
    seconds: dict[str, list[float]] = {"ours": [], "most_similar": [], "MatrixSimilarity": []}
    for _ in range(bench.options.rounds):
        seconds["ours"].append(bench.job(ROWSPACE, "batch", table=table)["seconds"])
        for way in ("most_similar", "MatrixSimilarity"):
            seconds[way].append(bench.job(GENSIM, way, table=table)["seconds"])
    yield [
        times_faster(
            f"256 queries, 100,000 × 300, k = 10, against {way}",
            seconds["ours"],
            seconds[way],
            goal=8 if way == "most_similar" else None,
            note=note,
        )
        for way, note in (
            ("most_similar", "a call a word, as its users ask"),
            ("MatrixSimilarity", "all at once, of document similarities, num_best"),
        )
    ]


def single(bench: Bench) -> Iterator[list[Finding]]:
    """One query at a time over 400,000 × 100, whatever the rows are stored as."""
    table = bench.noise(400_000, 100)
    times: dict[str, list[float]] = {kind: [] for kind in (*KINDS, "gensim")}
    for _ in range(bench.options.rounds):
        for kind in KINDS:
            times[kind].append(bench.job(ROWSPACE, "single", table=table, kind=kind)["ms"])
        times["gensim"].append(bench.job(GENSIM, "single", table=table)["ms"])
    yield [
        Finding(
            f"one query, exact, 400,000 × 100, {kind}",
            median(found),
            min(found),
            max(found),
            unit="ms",
            goal="" if kind == "gensim" else f"≤ {AT_MOST:g} ms",
            met="" if kind == "gensim" else yes(median(found) <= AT_MOST),
        )
        for kind, found in times.items()
    ]


def faiss(bench: Bench) -> Iterator[list[Finding]]:
    """The plain index of a million rows against exact search of the same rows."""
    options = bench.options
    size = 20_000 if options.quick else 1_000_000
    table = tables.phrases(bench.folder, size, options.vectors, options.data)
    rounds = [
        bench.job(ROWSPACE, "index", table=str(table), seed=seed) for seed in range(options.rounds)
    ]
    found = {name: [one[name] for one in rounds] for name in rounds[0] if name != "versions"}
    shape = f"{size:,} × {rounds[0]['dim']}"
    recall, build = found["recall"], found["build"]
    yield [
        Finding(f"recall@10 of index(), {shape}", median(recall), min(recall), max(recall), unit="",
                goal="≥ 0.95", met=yes(min(recall) >= 0.95)),
        times_faster(f"index() against exact, {shape}, 256 queries at once", found["fast"],
                     found["exact"], goal=10),
        times_faster(f"index() against exact, {shape}, one query", found["fast_one"],
                     found["exact_one"]),
        Finding(f"building index(), {shape}", median(build), min(build), max(build), unit="s"),
        Finding(f"opening a stored index, {shape}", median(found["open"]), min(found["open"]),
                max(found["open"]), unit="s"),
    ]  # fmt: skip


def lookups(bench: Bench) -> Iterator[list[Finding]]:
    """Batches of items looked up in one thread, beside gensim's `wv[items]`."""
    table = bench.noise(400_000, 100)
    for batch in BATCHES:
        ours, theirs = [], []
        for _ in range(bench.options.rounds):
            ours.append(bench.job(ROWSPACE, "lookups", table=table, batch=batch)["seconds"])
            theirs.append(bench.job(GENSIM, "lookups", table=table, batch=batch)["seconds"])
        rates = [1 / one for one in ours]
        yield [
            Finding(f"look-ups of {batch} items a second, one thread", median(rates), min(rates),
                    max(rates), unit="/s", goal="≥ 1,000/s" if batch <= 256 else "",
                    met=yes(median(rates) >= 1000) if batch <= 256 else ""),
            times_faster(f"look-up of {batch} items, against gensim", ours, theirs),
        ]  # fmt: skip


PARTS: Mapping[str, Callable[[Bench], Iterator[list[Finding]]]] = {
    "exact": exact,
    "single": single,
    "faiss": faiss,
    "lookups": lookups,
}
