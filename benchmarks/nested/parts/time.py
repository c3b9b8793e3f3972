"""What all prefixes take beside the longest alone: seconds of the epochs, by turns."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.harness.findings import Finding, yes
from benchmarks.nested.runners import NESTED
from benchmarks.words.bench import Bench

GOAL = 1.3


def time(bench: Bench) -> Iterator[list[Finding]]:
    """One list of lengths after the other."""
    for ends in bench.options.lengths:
        nested: list[float] = []
        alone: list[float] = []
        for _ in range(bench.options.repeat):
            for taken, given in ((nested, ends), (alone, ends[-1:])):
                job = {"ends": given, "save": "", "epochs": bench.options.time_epochs}
                taken.append(bench.job(NESTED, "train", **job)["seconds"]["train"])
        yield [taking(ends, nested, alone)]


def taking(ends: list[int], nested: list[float], alone: list[float]) -> Finding:
    """How many times the seconds of the longest alone: medians, and the spread over rounds."""
    value = median(nested) / median(alone)
    rounds = [a / b for a, b in zip(nested, alone, strict=True)]
    return Finding(
        f"{', '.join(map(str, ends))} at once, against {ends[-1]} alone",
        value,
        min(rounds),
        max(rounds),
        goal=f"≤ {GOAL:g}×",
        met=yes(value <= GOAL),
        ours=nested,
        peer=alone,
        of="seconds of training",
    )
