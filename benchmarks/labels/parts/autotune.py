"""Autotune within a time, on the validation part; then the test part.

Both get the training part to learn from and the validation part to choose by, two threads, and the
same seconds. A search that ends without a model has no label right.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Any

from benchmarks.harness.contestants import Answer, Contestant, ContestantError
from benchmarks.harness.findings import Finding
from benchmarks.harness.measuring import tell
from benchmarks.labels.bench import FASTTEXT, ROWSPACE, Bench
from benchmarks.labels.gained import gained, on_average
from benchmarks.labels.searching import summed
from benchmarks.labels.sets import Labelled

EACH = 0.0


def autotune(bench: Bench) -> Iterator[list[Finding]]:
    """Set by set, one side after the other."""
    pairs = []
    for name in bench.options.sets:
        labelled = bench.set(name)
        found: dict[str, list[Answer]] = {ROWSPACE.name: [], FASTTEXT.name: []}
        for seed in range(bench.options.budget_seeds):
            for one in (ROWSPACE, FASTTEXT):
                found[one.name].append(_tuned(bench, one, labelled, seed))
        ours, peer = (summed(found[one.name]) for one in (ROWSPACE, FASTTEXT))
        pairs.append((ours, peer))
        yield [_finding(bench, labelled, found, ours, peer)]
    if len(pairs) > 1:
        yield [on_average("mean of the sets", pairs, goal=None)]


def _tuned(bench: Bench, one: Contestant, labelled: Labelled, seed: int) -> Answer:
    job = {part: labelled.part(part) for part in ("train", "valid", "test")}
    try:
        answer = bench.job(one, "autotune", **job, seed=seed, budget=bench.options.budget)
    except ContestantError as error:
        tell(f"    died: {error}")
        return {
            "accuracy": 0.0,
            "log_loss": 99.0,
            "right": "0" * labelled.sizes["test"],
            "died": str(error),
        }
    tell(f"    {answer['accuracy']:.4f} in {answer['wall']:.0f} s: {answer['chosen']}")
    return answer


def _finding(
    bench: Bench,
    labelled: Labelled,
    found: dict[str, list[Answer]],
    ours: dict[str, Any],
    peer: dict[str, Any],
) -> Finding:
    told = []
    for name, answers in found.items():
        died = sum("died" in one for one in answers)
        walls = [one["wall"] for one in answers if "wall" in one]
        took = f"{fmean(walls):.0f} s" if walls else ""
        told.append(f"{name} {took}" + (f", died {died} times" if died else ""))
    what = f"{labelled.name}, {bench.options.budget:g} s"
    one = gained(what, ours, peer, goal=EACH, note="; ".join(told))
    one.more.update(
        {
            name: [answer.get("chosen", answer.get("died")) for answer in answers]
            for name, answers in found.items()
        }
    )
    return one
