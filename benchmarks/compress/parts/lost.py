"""What a score lost, as a finding."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.findings import Finding, mean, yes


def lost(
    what: str, before: float, after: Sequence[float], *, most: float, of: str, note: str = ""
) -> Finding:
    """Percent of `before` that is gone, the mean of some seeds; at most `most` is the goal. Nothing
    is lost of a score that is 0, as it may be in a quick run."""
    shares = [100 * (before - value) / before if before else 0.0 for value in after]
    value = mean(shares)
    return Finding(
        what, value, min(shares), max(shares), unit=" %", goal=f"≤ {most:g} %",
        met=yes(value <= most), ours=after, peer=[before], of=of, note=note,
    )  # fmt: skip
