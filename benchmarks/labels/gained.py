"""Two sides on the same test texts: the difference, and an interval from drawing texts again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks.harness.findings import Finding, yes

_RESAMPLES = 2000
Tested = Mapping[str, Any]
"""`accuracy`, one a seed; `right`, for each text how many seeds were right, a digit."""


def gained(what: str, ours: Tested, peer: Tested, *, goal: float | None, note: str) -> Finding:
    """Points of accuracy by which the mean of our seeds is above theirs."""
    value = 100 * (fmean(ours["accuracy"]) - fmean(peer["accuracy"]))
    low, high = np.percentile(resampled(ours, peer), [2.5, 97.5]).tolist()
    return Finding(
        what,
        value,
        low,
        high,
        unit=" points",
        goal="" if goal is None else f"≥ {goal:g}",
        met="" if goal is None else yes(value >= goal),
        ours=ours["accuracy"],
        peer=peer["accuracy"],
        of="share right",
        note=note,
    )


def on_average(what: str, pairs: Sequence[tuple[Tested, Tested]], *, goal: float | None) -> Finding:
    """The mean gain over some sets, each drawn again by itself."""
    values = [100 * (fmean(a["accuracy"]) - fmean(b["accuracy"])) for a, b in pairs]
    together = np.mean([resampled(a, b) for a, b in pairs], axis=0)
    low, high = np.percentile(together, [2.5, 97.5]).tolist()
    value = fmean(values)
    return Finding(
        what,
        value,
        low,
        high,
        unit=" points",
        goal="" if goal is None else f"≥ {goal:g}",
        met="" if goal is None else yes(value >= goal),
        ours=[fmean(a["accuracy"]) for a, _ in pairs],
        peer=[fmean(b["accuracy"]) for _, b in pairs],
        of="share right, set by set",
    )


def resampled(ours: Tested, peer: Tested) -> np.ndarray:
    """Gains in points over texts drawn with replacement, the same for both sides."""
    mine, theirs = shares(ours), shares(peer)
    if len(mine) != len(theirs):
        raise ValueError(f"{len(mine)} and {len(theirs)} texts are not the same test part")
    drawn = np.random.default_rng(0).integers(0, len(mine), (_RESAMPLES, len(mine)))
    return 100 * (mine - theirs)[drawn].mean(axis=1)


def shares(tested: Tested) -> np.ndarray:
    """For each text the share of seeds that were right, float64."""
    digits = np.frombuffer(tested["right"].encode(), np.uint8) - ord("0")
    return digits / len(tested["accuracy"])
