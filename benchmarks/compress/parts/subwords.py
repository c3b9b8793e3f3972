"""A fastText file of some hundred megabytes made as small as asked: words it knows, and others.

A third of the words of the test lists are left out of the text, so that the model has never met
them; pairs with one of them are apart from pairs of known words.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.compress.parts.lost import lost
from benchmarks.compress.runners import OURS, PEER
from benchmarks.harness.findings import Finding
from benchmarks.words.bench import Bench
from benchmarks.words.corpus import without
from benchmarks.words.scoring import LISTS
from rowspace.evaluate import similarity
from rowspace.files import load
from rowspace.vectors import Vectors

MOST = 3.0
KINDS = ("known", "unseen")


def subwords(bench: Bench) -> Iterator[list[Finding]]:
    """One training, one file; ours, and the peer's with as many words and n-grams."""
    pairs = {name: _pairs(bench.data / "wordsim" / file) for name, file in LISTS.items()}
    words = sorted({word for rows in pairs.values() for a, b, _ in rows for word in (a, b)})
    removed = frozenset(word for word in words if zlib.crc32(word.encode()) % 3 == 0)
    corpus = without(bench.corpus, removed, bench.cache)
    whole = bench.cache / f"{corpus.path.stem}-grams-{bench.options.epochs}"
    binary = whole.with_suffix(".bin")
    if not binary.exists():
        bench.job(
            OURS, "train", corpus=str(corpus.path), save=str(whole), bin=str(binary),
            buckets=bench.options.buckets,
        )  # fmt: skip
    lists = _lists(whole.parent / f"{whole.name}-lists", pairs, removed)
    model = load(binary)
    before = _scores(model.vectors, lists)
    found, notes = [], []
    for seed in range(bench.options.seeds):
        with bench.folder() as folder:
            settings = {"size": bench.options.size, "seed": seed}
            answer = bench.job(
                OURS, "smaller", model=str(binary), save=str(folder / "m"), settings=settings
            )
            notes.append(f"{answer['bytes']:,} bytes of {binary.stat().st_size:,}: {answer['why']}")
            small = load(folder / "m")
            found.append(_scores(small.vectors, lists))
            chosen = small.record["compressed"]
    print(f"    {notes[-1]}", file=sys.stderr)
    yield [
        lost(name, value, [one[name] for one in found], most=MOST, of="Spearman", note=notes[-1])
        for name, value in before.items()
    ]
    if bench.options.against:
        yield _peer(bench, binary, (chosen["items"], chosen["ngrams"]), lists, before)


def _peer(
    bench: Bench,
    binary: Path,
    sizes: tuple[int, int],
    lists: dict[str, Path],
    before: dict[str, float],
) -> list[Finding]:
    rows = [line.split("\t") for path in lists.values() for line in path.read_text().splitlines()]
    words = sorted({word for row in rows for word in row[:2]})
    with bench.folder() as folder:
        answer = bench.job(
            PEER, "smaller", bin=str(binary), folder=str(folder), words=words,
            items=sizes[0], ngrams=sizes[1],
        )  # fmt: skip
        vectors = Vectors.from_arrays(words, np.load(folder / "vectors.npy"))
    after = _scores(vectors, lists)
    note = f"{answer['bytes']:,} bytes"
    return [
        lost(
            f"compress-fasttext: {name}", value, [after[name]], most=MOST, of="Spearman", note=note
        )
        for name, value in before.items()
    ]


def _scores(vectors: Vectors, lists: dict[str, Path]) -> dict[str, float]:
    return {name: similarity(vectors, path, unseen=True).value for name, path in lists.items()}


def _pairs(path: Path) -> list[list[str]]:
    return [line.lower().split("\t") for line in path.read_text("utf-8").splitlines() if line]


def _lists(
    folder: Path, pairs: dict[str, list[list[str]]], removed: frozenset[str]
) -> dict[str, Path]:
    """Each test list as two: pairs of known words, and those with a word the text had not."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, rows in pairs.items():
        for kind in KINDS:
            path = folder / f"{name}-{kind}.txt"
            some = [row for row in rows if (kind == "unseen") == bool(removed & set(row[:2]))]
            path.write_text("".join("\t".join(row) + "\n" for row in some), "utf-8")
            found[f"{name}, {kind}"] = path
    return found
