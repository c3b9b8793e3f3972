"""SST-2 started from vectors of the shared Wikipedia text, against scratch: the same search of
ours.

The text is cut as SST's is, so that its words are the same: n't and 's apart, brackets as -lrb-
and -rrb-. The vectors are trained once and kept in the cache; tuning then draws all but `dim`.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.harness.findings import Finding
from benchmarks.labels.bench import ROWSPACE, Bench
from benchmarks.labels.gained import gained
from benchmarks.labels.parts.accuracy import side_tuned
from benchmarks.labels.sets import PARTS, Labelled
from benchmarks.labels.texts import read, write
from benchmarks.words.corpus import MissingDataError

GOAL = 2.0
FEW = (500, 1000, 2000)
_SET = "SST-2"
_QUICK_LINES = 20_000
_RECIPE = "1"
_ENDINGS = re.compile(r"(n't|'(?:s|re|ve|ll|d|m))\b")
_MARKS = re.compile(r"([.!?,:;()\"/])")
_BRACKETS = {"(": "-lrb-", ")": "-rrb-", '"': "''"}


def start(bench: Bench) -> Iterator[list[Finding]]:
    """All texts, for which scratch is what `accuracy` has tuned; then a few of them."""
    labelled, kept = bench.set(_SET), started(bench)
    yield [_gain(bench, labelled, kept, GOAL)]
    for texts in FEW:
        if texts < labelled.sizes["train"]:
            yield [_gain(bench, fewer(labelled, texts), kept, None)]


def _gain(bench: Bench, labelled: Labelled, kept: Path, goal: float | None) -> Finding:
    scratch = side_tuned(bench, ROWSPACE.name, labelled)
    label = f", from {bench.options.vectors} {bench.options.dim}"
    ours = side_tuned(bench, ROWSPACE.name, labelled, label=label, start=str(kept))
    told = f"{ours['valid']:.4f} on the validation part, scratch {scratch['valid']:.4f}"
    tests = ours["test"]["train"], scratch["test"]["train"]
    return gained(f"{labelled.name}{label}, against scratch", *tests, goal=goal, note=told)


def fewer(labelled: Labelled, texts: int) -> Labelled:
    """The set with the first texts of its training part alone."""
    folder = labelled.folder.with_name(f"{labelled.folder.name}-{texts}")
    folder.mkdir(exist_ok=True)
    for part in PARTS:
        pairs = read(labelled.part(part))
        write(folder / part, pairs[:texts] if part == "train" else pairs)
    sizes = {**labelled.sizes, "train": texts}
    return replace(labelled, name=f"{labelled.name}, {texts} texts", folder=folder, sizes=sizes)


def started(bench: Bench) -> Path:
    """The folder of a model of words, trained where it is missing."""
    options = bench.options
    text = cut(options.data, bench.cache, _QUICK_LINES if options.quick else 0)
    told = f"{options.vectors}-{options.dim}x{options.vector_epochs}"
    path = bench.cache / "labels" / f"{text.stem}-{told}"
    if not path.exists():
        job = {"kind": options.vectors, "dim": options.dim, "epochs": options.vector_epochs}
        bench.job(ROWSPACE, "vectors", **job, corpus=str(text), save=str(path))
    return path


def cut(data: Path, cache: Path, most: int) -> Path:
    """The Wikipedia text cut as SST's is, a paragraph a line; `most` lines, 0: all."""
    sources = sorted((data / "corpora" / "enwiki").glob("*.xz"))
    if not sources:
        raise MissingDataError(f"no corpora/enwiki/*.xz in {data}; set ROWSPACE_DATA")
    told = [(source.name, source.stat().st_size) for source in sources]
    digest = hashlib.sha256(repr((_RECIPE, most, told)).encode()).hexdigest()[:12]
    path = cache / "labels" / f"enwiki-{digest}.txt"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("w", encoding="utf-8", newline="\n") as file:
            for at, line in enumerate(_lines(sources)):
                if most and at >= most:
                    break
                file.write(line + "\n")
        os.replace(part, path)
    return path


def as_sst(text: str) -> str:
    """Lower-cased words and marks, parted by spaces."""
    apart = _MARKS.sub(lambda mark: f" {_BRACKETS.get(mark[1], mark[1])} ", text.lower())
    return " ".join(_ENDINGS.sub(r" \1", apart).split())


def _lines(sources: list[Path]) -> Iterator[str]:
    for source in sources:
        with lzma.open(source, "rt", encoding="utf-8", newline="\n") as file:
            for line in file:
                if not line.startswith(("<doc ", "</doc")) and (found := as_sst(line)):
                    yield found
