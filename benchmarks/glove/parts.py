"""What is measured: counting, training, quality. Both read the same text with the same settings.

The program keeps each pair twice, once in either order, and so counts as many pairs as it learns;
ours are told in the same way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.glove.contestants import PROGRAM, ROWSPACE
from benchmarks.harness.contestants import Answer
from benchmarks.harness.findings import Finding, no_worse, ratio, times_faster, yes
from benchmarks.words.bench import Bench
from benchmarks.words.scoring import MEASURES, scores
from rowspace.files import load

COUNTING_GOAL = 2.0


def counting(bench: Bench) -> Iterator[list[Finding]]:
    """Seconds from the text to the pairs, in the order in which they are learned."""
    found: dict[str, list[Answer]] = {ROWSPACE.name: [], PROGRAM.name: []}
    for _ in range(bench.options.repeat):
        for one in (ROWSPACE, PROGRAM):
            with bench.folder() as folder:
                found[one.name].append(bench.job(one, "count", at=str(folder)))
    ours, theirs = found[ROWSPACE.name], found[PROGRAM.name]
    same = {(answer["items"], answer["pairs"]) for answer in (*ours, *theirs)}

    def seconds(answers: list[Answer], *stages: str) -> list[float]:
        return [sum(answer["seconds"][stage] for stage in stages) for answer in answers]

    yield [
        times_faster(
            "counting and shuffling, against cooccur",
            seconds(ours, "count"),
            seconds(theirs, "count"),
            goal=COUNTING_GOAL,
            note="ours from ids on disk, shuffled; cooccur from the text, given the vocabulary",
        ),
        times_faster(
            "text to shuffled pairs, against cooccur alone",
            seconds(ours, "vocabulary", "count"),
            seconds(theirs, "count"),
            goal=COUNTING_GOAL,
            note="ours with the scan of the text and its vocabulary",
        ),
        times_faster(
            "text to shuffled pairs, against vocab_count, cooccur and shuffle",
            seconds(ours, "vocabulary", "count"),
            seconds(theirs, "vocabulary", "count", "shuffle"),
        ),
        Finding(
            "words and pairs are as many",
            float(ours[0]["pairs"]), min(p for _, p in same), max(p for _, p in same),
            unit=" pairs", goal="the same", met=yes(len(same) == 1),
        ),
    ]  # fmt: skip


def speed(bench: Bench) -> Iterator[list[Finding]]:
    """Pairs learned a second; from the program's seconds those of a call without an epoch, which
    makes the tables and writes the vectors, are taken away."""
    epochs, x_max = bench.options.speed_epochs, bench.options.x_max
    ours: list[float] = []
    theirs: list[float] = []
    with bench.folder() as folder:
        at = str(folder)
        pairs = bench.job(PROGRAM, "count", at=at)["pairs"]
        for _ in range(bench.options.repeat):
            answer = bench.job(ROWSPACE, "train", epochs=epochs, x_max=x_max)
            ours.append(answer["pairs"] / answer["seconds"]["train"])
            whole, idle = (
                bench.job(PROGRAM, "train", epochs=n, at=at, x_max=x_max)["seconds"]["train"]
                for n in (epochs, 0)
            )
            theirs.append(pairs * epochs / (whole - idle))
    yield [ratio("training alone", ours, theirs, of="pairs/s")]


def quality(bench: Bench) -> Iterator[list[Finding]]:
    """The same settings, some seeds each, one evaluator."""
    ours: list[dict[str, float]] = []
    theirs: list[dict[str, float]] = []
    x_max = bench.options.x_max
    with bench.folder() as folder:
        at = str(folder)
        bench.job(PROGRAM, "count", at=at)
        for seed in range(bench.options.seeds):
            save = str(folder / "model")
            bench.job(ROWSPACE, "train", seed=seed, save=save, x_max=x_max)
            ours.append(told(bench, "rowspace", seed, Path(save)))
            bench.job(PROGRAM, "train", seed=seed, at=at, x_max=x_max)
            theirs.append(told(bench, "program", seed, folder / "vectors.txt"))
    yield [
        no_worse(
            measure,
            [one[measure] for one in ours],
            [one[measure] for one in theirs],
            "% right" if measure.startswith("analogies") else "Spearman",
        )
        for measure in MEASURES
    ]


def told(bench: Bench, name: str, seed: int, path: Path) -> dict[str, float]:
    """The scores of a file of vectors."""
    found = scores(load(path).vectors, bench.data)
    line = ", ".join(f"{measure} {value:.3f}" for measure, value in found.items())
    print(f"    {name}, seed {seed}: {line}", file=sys.stderr)
    return found


PARTS: dict[str, Callable[[Bench], Iterator[list[Finding]]]] = {
    "counting": counting,
    "speed": speed,
    "quality": quality,
}
