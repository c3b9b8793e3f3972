"""What is measured: look-ups, nearest neighbours, and how others fare beside heavy work."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.serve.bench import Bench
from benchmarks.serve.served import Served, serving

LOOKED = 32
"""Items of one batched look-up."""


def milliseconds(told: Sequence[dict[str, Any]], share: float) -> float:
    """A quantile of the times that answers took."""
    return 1000 * float(np.quantile(np.concatenate([one["taken"] for one in told]), share))


def answered(told: Sequence[dict[str, Any]]) -> float:
    """Requests a second. Raises ContestantError where one was refused."""
    if any(set(one["statuses"]) != {"200"} for one in told):
        raise ContestantError(f"refused: {[one['statuses'] for one in told]}")
    return sum(len(one["taken"]) / one["seconds"] for one in told)


def spread(
    what: str, values: Sequence[float], unit: str, goal: float | None, **more: Any
) -> Finding:
    """The median of the rounds, beside a goal: at least so many a second, or at most so many ms."""
    value = float(np.median(values))
    faster = unit != "ms"
    wanted = "" if goal is None else f"{'≥' if faster else '≤'} {goal:g} {unit}"
    met = "" if goal is None else yes(value >= goal if faster else value <= goal)
    return Finding(
        what, value, min(values), max(values), unit=unit, goal=wanted, met=met, ours=values, **more
    )


def look_ups(bench: Bench) -> Iterator[list[Finding]]:
    """Batched look-ups of known items."""
    items, dim = bench.size
    with serving(bench.cache, items, dim) as served:
        body = {"items": [f"word{n}" for n in range(0, items, items // LOOKED)][:LOOKED]}
        rates, middle, late, shares = [], [], [], []
        for _ in range(bench.options.repeat):
            before = served.used()
            told = served.ask(
                "vectors", body, connections=bench.options.connections, seconds=bench.seconds
            )
            rates.append(answered(told))
            middle.append(milliseconds(told, 0.5))
            late.append(milliseconds(told, 0.99))
            requests = sum(len(one["taken"]) for one in told)
            shares.append(1000 * (served.used() - before) / requests)
            tell(f"  look-ups: {rates[-1]:.0f}/s, p50 {middle[-1]:.1f} ms, p99 {late[-1]:.1f} ms")
        name = f"look-ups of {LOOKED} items, {items} × {dim}"
        yield [
            spread(name, rates, "/s", 1000, of="requests/s"),
            spread(f"{name}, p50", middle, "ms", None),
            spread(f"{name}, p99", late, "ms", None),
            spread(f"{name}, the server's processor time of one", shares, "ms", None),
        ]


def nearest(bench: Bench) -> Iterator[list[Finding]]:
    """Nearest neighbours of one item, exactly, over all rows."""
    items, dim = bench.size
    with serving(bench.cache, items, dim) as served:
        body = {"items": [f"word{items // 3}"], "k": 10}
        one, late, rates = [], [], []
        for _ in range(bench.options.repeat):
            told = served.ask("nearest", body, connections=1, seconds=bench.seconds)
            answered(told)
            one.append(milliseconds(told, 0.5))
            late.append(milliseconds(told, 0.99))
            many = served.ask(
                "nearest", body, connections=bench.options.connections, seconds=bench.seconds
            )
            rates.append(answered(many))
            tell(f"  nearest: p50 {one[-1]:.1f} ms, p99 {late[-1]:.1f} ms, {rates[-1]:.0f}/s")
        name = f"nearest of {items} × {dim}, exact"
        yield [
            spread(f"{name}, p50", one, "ms", 30),
            spread(f"{name}, p99", late, "ms", None),
            spread(f"{name}, many at once", rates, "/s", None, of="requests/s"),
        ]


def beside(bench: Bench) -> Iterator[list[Finding]]:
    """Small look-ups while idle connections are held, and while heavy queries fill the queue."""
    items, dim = bench.size
    body = {"items": ["word1", "word2"]}
    with serving(bench.cache, items, dim) as served:
        alone = served.ask("vectors", body, connections=1, seconds=bench.seconds)
        told: list[Any] = []
        heavy = {"items": [f"word{n}" for n in range(64)], "k": 10}
        load = threading.Thread(target=lambda: told.extend(_load(served, heavy, bench.seconds)))
        load.start()
        busy = served.ask("vectors", body, connections=1, seconds=bench.seconds)
        load.join()
        quiet, crowded = ([milliseconds(one, 0.99)] for one in (alone, busy))
        yield [
            spread("a small look-up alone, p99", quiet, "ms", None),
            spread("beside 200 heavy queries at once, p99", crowded, "ms", None,
                   more={"statuses": [one["statuses"] for one in told]}),
        ]  # fmt: skip


def _load(served: Served, body: Any, seconds: float) -> list[dict[str, Any]]:
    return served.ask("nearest", body, connections=200, seconds=seconds)


PARTS = {"look-ups": look_ups, "nearest": nearest, "beside": beside}
