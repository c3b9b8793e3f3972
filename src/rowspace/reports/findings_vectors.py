"""What is odd about a table of vectors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rowspace.reports.finding import Finding, finding

PARALLEL, LEANING = 0.5, 0.25
"""Mean cosines of two items drawn by lot from which on vectors are nearly parallel, or lean."""
HUB = 0.05
"""The share of those asked from which on an item is everybody's neighbour."""
FAR = 10
"""And so many times what it would be by chance."""


def of_table(table: Mapping[str, Any], kind: str) -> Iterator[Finding]:
    """Findings about one table of a report's content."""
    noun, norms, shape = table["noun"], table["norms"], table["shape"]
    of = "" if table["own"] else f" of {table['name']!r}"
    if norms["not_finite"]:
        yield finding(
            "warning", "vectors",
            f"Vectors{of} that hold a number that is not finite: {norms['not_finite']:,}.",
        )  # fmt: skip
    if norms["zero"] > 1:
        yield finding(
            "note", "vectors",
            f"Vectors{of} of nothing but zeros: {norms['zero']:,}. They are alike to none.",
        )  # fmt: skip
    mean = shape.get("mean_cosine")
    if mean is not None and table["items"] >= 50 and mean > LEANING:
        parallel = mean > PARALLEL
        yield finding(
            "warning" if parallel else "note", "vectors",
            f"{'All vectors are nearly parallel' if parallel else 'The vectors lean one way'}{of}: "
            f"two {noun} drawn by lot have a cosine of {mean:.2f} on average. Cosines tell little "
            "apart.",
            "train longer or on more data; or take the mean vector away from all",
        )  # fmt: skip
    hubs = [
        one for one in shape.get("hubs", []) if one["share"] > max(HUB, FAR * shape["by_chance"])
    ]
    if hubs:
        first = hubs[0]
        yield finding(
            "note", "vectors",
            f"{len(hubs)} or more {noun}{of} are near to very many others: the first is among the "
            f"ten nearest of {first['share']:.0%} (by chance {shape['by_chance']:.2%}).",
            "look at neighbours by hand; more training often thins hubs out",
        )  # fmt: skip
    if kind in ("words", "classifier", "vectors") and table["dim"] > table["items"] > 1:
        yield finding(
            "note", "vectors",
            f"There are more numbers in a vector ({table['dim']}) than {noun}{of} "
            f"({table['items']}).",
            "a smaller --dim",
        )  # fmt: skip
