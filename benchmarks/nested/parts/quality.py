"""Each prefix of one nested training beside a training of that length alone, some seeds each."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.harness.findings import Finding, no_worse
from benchmarks.nested.runners import NESTED
from benchmarks.words.bench import Bench
from benchmarks.words.scoring import scores
from rowspace import prefix
from rowspace.files import load

MEASURES = ("WS-353", "SimLex-999", "analogies, all")
Scores = dict[int, dict[str, float]]


def quality(bench: Bench) -> Iterator[list[Finding]]:
    """The first list of lengths; the nested trainings come first, then length by length."""
    ends = bench.options.lengths[0]
    nested = [_scored(bench, ends, seed) for seed in range(bench.options.seeds)]
    for end in ends:
        alone = [_scored(bench, [end], seed) for seed in range(bench.options.seeds)]
        yield compared(end, nested, alone)


def compared(end: int, nested: list[Scores], alone: list[Scores]) -> list[Finding]:
    """Means of the seeds, measure by measure."""
    return [
        no_worse(
            f"{measure}, the first {end} numbers, against {end} trained alone",
            [one[end][measure] for one in nested],
            [one[end][measure] for one in alone],
            "% right" if measure.startswith("analogies") else "Spearman",
        )
        for measure in MEASURES
    ]


def _scored(bench: Bench, ends: list[int], seed: int) -> Scores:
    """Train, and judge every prefix."""
    with bench.folder() as folder:
        save = str(folder / "model")
        bench.job(NESTED, "train", ends=ends, save=save, seed=seed)
        vectors = load(save).vectors
        found = {end: scores(prefix(vectors, end), bench.data) for end in ends}
    for end, values in found.items():
        told = ", ".join(f"{name} {values[name]:.3f}" for name in MEASURES)
        print(f"    {end} of {ends[-1]}, seed {seed}: {told}", file=sys.stderr)
    return found
