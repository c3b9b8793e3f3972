"""Hierarchical softmax beside gensim's, the settings the same: words a second, and quality.

gensim's speed is that of its fastest way in, its quality that of the way on which its learning rate
falls as it is told to (`runners/with_gensim.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.harness.findings import Finding, no_worse, ratio
from benchmarks.words.bench import Bench
from benchmarks.words.contestants import TREES
from benchmarks.words.parts.speed import words_a_second
from benchmarks.words.scoring import MEASURES


def tree(bench: Bench) -> Iterator[list[Finding]]:
    """Skip-gram, then CBOW; the speed of each before its quality."""
    for ours, peer, by_lines in TREES.values():
        bench.job(ours, "warm")  # compiled now, not while the clock runs
        found: dict[str, list[float]] = {ours.name: [], peer.name: []}
        for _ in range(bench.options.repeat):
            for one in (ours, peer):
                found[one.name].append(words_a_second(bench, one))
        what = f"{ours.name}, against gensim"
        yield [ratio(f"{what}, dim 100", found[ours.name], found[peer.name])]
        trained = bench.models([ours, by_lines])
        scores = {
            name: [[answer["scores"][measure] for measure in MEASURES] for answer in answers]
            for name, answers in trained.items()
        }
        yield [
            no_worse(
                f"{measure}, {what}",
                [seed[at] for seed in scores[ours.name]],
                [seed[at] for seed in scores[by_lines.name]],
                "% right" if measure.startswith("analogies") else "Spearman",
            )
            for at, measure in enumerate(MEASURES)
        ]
