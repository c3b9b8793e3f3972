"""NDCG@10 on MovieLens, the last item of each user: everybody tuned by the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.labels.spaces import Settings
from benchmarks.recommend.bench import WAYS, Bench
from benchmarks.recommend.search import FIRST_REFIT, ndcg, tuned

OURS = "rowspace"
RESAMPLES = 2000


def quality(bench: Bench) -> Iterator[list[Finding]]:
    """A line for each of the others: ours less theirs, both on the test part."""
    left, found = bench.left(), {}
    for name in WAYS:
        kept = bench.cache / f"recommend-{name.replace(' ', '-')}-{bench.options.trials}.json"
        if name not in bench.options.again and kept.exists():
            found[name] = json.loads(kept.read_text())
            tell(f"  {name}: kept from before; --again {name!r} does it anew")
            continue

        def do(
            part: str, trials: Sequence[tuple[Settings, int]], name: str = name
        ) -> list[dict[str, Any]]:
            path = left.train if part == "train" else left.both
            answer = bench.job(name, "trials", part=path, trials=list(trials))
            return list(answer["found"])

        found[name] = tuned(name, do, count=bench.options.trials, seeds=bench.options.seeds)
        if name == OURS:
            seeds = range(FIRST_REFIT, FIRST_REFIT + bench.options.seeds)
            told = do("both", [({}, seed) for seed in seeds])
            found[name]["defaults"] = [one["ranks"] for one in told]
        kept.write_text(json.dumps(found[name]))
        tell(
            f"  {name}: {found[name]['valid']:.4f} on the validation part, {found[name]['chosen']}"
        )
    yield [beside(name, found) for name in WAYS if name != OURS]
    yield [defaults(name, found) for name in WAYS if name != OURS]


def beside(name: str, found: dict[str, Any]) -> Finding:
    """Means of the seeds; the interval is of the difference, by drawing users."""
    ours, theirs = found[OURS], found[name]
    return difference(
        f"NDCG@10 on the test part, ours less {name}", ours["test"], theirs["test"],
        note=f"validation {ours['valid']:.4f} and {theirs['valid']:.4f}; chosen "
        f"{ours['chosen']} and {theirs['chosen']}",
        goal=True,
    )  # fmt: skip


def defaults(name: str, found: dict[str, Any]) -> Finding:
    """Our own defaults, epochs chosen by each user's last item but one, beside theirs tuned."""
    what = f"NDCG@10 on the test part, our defaults less {name} tuned"
    return difference(what, found[OURS]["defaults"], found[name]["test"], note="", goal=False)


def difference(
    what: str, ours: list[list[float]], theirs: list[list[float]], *, note: str, goal: bool
) -> Finding:
    """Ours less theirs, NDCG@10 averaged over seeds."""
    a, b = ([ndcg(one) for one in side] for side in (ours, theirs))
    apart = _gains(ours) - _gains(theirs)
    drawn = np.random.default_rng(0).integers(0, len(apart), (RESAMPLES, len(apart)))
    low, high = np.percentile(apart[drawn].mean(axis=1), [2.5, 97.5])
    value = fmean(a) - fmean(b)
    return Finding(
        what, value, float(low), float(high), unit="", goal="> 0" if goal else "",
        met=yes(value > 0) if goal else "", ours=a, peer=b, of="NDCG@10", note=note,
    )  # fmt: skip


def _gains(seeds: list[list[float]]) -> np.ndarray:
    places = np.asarray(seeds)
    return np.where(places < 10, 1 / np.log2(places + 2), 0.0).mean(axis=0)
