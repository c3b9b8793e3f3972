"""Entities: WNUT-17 from vectors of the Wikipedia text and from scratch, CoNLL-2002 from scratch.

Everything is chosen on the part that the corpus has for it (dev, testa); the test part is looked at
once, by the model that was best there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.labels.parts.start import cut
from benchmarks.networks.bench import Bench
from benchmarks.words.corpus import MissingDataError

TRAINER = "rowspace.networks.tagging:train_tagger"
DIM, EPOCHS, QUICK_LINES = 100, 5, 20_000
PASSES = 40
"""Over the words with tags; as `train tag` has it."""
PART = re.compile(r"conll2002/\w+\.\w+")
MORE = 8.0
"""Points that vectors are to gain."""
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Set:
    """A corpus: where its three parts lie, and the F1 of its test part that is wanted. settings:
    what differs from the defaults. short: what --only calls its training."""

    name: str
    short: str
    train: Path
    valid: Path
    test: Path
    goal: float
    settings: Mapping[str, Any]


SCRATCH: Mapping[str, Any] = {}
STARTED: Mapping[str, Any] = {}
SPANISH: Mapping[str, Any] = {"lenient": True}
DUTCH: Mapping[str, Any] = {}
"""A few tags of the Spanish corpus begin an entity with I."""


def tag(bench: Bench) -> Iterator[list[Finding]]:
    """WNUT-17 first, then the two languages."""
    wnut = wnut_17(bench.options.data)
    started: list[Record] = []
    if bench.wants("wnut-started"):
        given = {**STARTED, "start": str(vectors(bench))}
        started = trained(bench, "wnut-started", wnut, given)
        yield [finding(wnut, started, "from vectors of the Wikipedia text")]
    if bench.wants("wnut-scratch"):
        scratch = trained(bench, "wnut-scratch", wnut, SCRATCH)
        yield [finding(wnut, scratch, "from scratch", goal=False)]
        if started:
            yield [gained(wnut, started, scratch)]
    for one in conll_2002(bench.options.data, bench.cache):
        if bench.wants(one.short):
            yield [finding(one, trained(bench, one.short, one, one.settings), "from scratch")]


def wnut_17(data: Path) -> Set:
    """Emerging entities. Raises MissingDataError."""
    folder = data / "ner" / "wnut17"
    names = ("wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated")
    parts = [folder / name for name in names]
    require(parts)
    return Set("WNUT-17", "wnut", parts[0], parts[1], parts[2], 33.0, {})


def conll_2002(data: Path, cache: Path) -> list[Set]:
    """Spanish and Dutch, unpacked into the cache. Raises MissingDataError."""
    packed, folder = data / "ner" / "conll2002.zip", cache / "networks"
    require([packed])
    if not (folder / "conll2002" / "ned.train").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(packed) as file:
            file.extractall(folder, [name for name in file.namelist() if PART.fullmatch(name)])
    found = []
    for prefix, language, goal, settings in (
        ("esp", "Spanish", 78.0, SPANISH),
        ("ned", "Dutch", 75.0, DUTCH),
    ):
        parts = [folder / "conll2002" / f"{prefix}.{part}" for part in ("train", "testa", "testb")]
        require(parts)
        name = f"CoNLL-2002 {language}"
        found.append(Set(name, language.lower(), parts[0], parts[1], parts[2], goal, settings))
    return found


def require(paths: Sequence[Path]) -> None:
    """Raises MissingDataError for a file that is not there."""
    for path in paths:
        if not path.exists():
            raise MissingDataError(f"{path} is not there; set ROWSPACE_DATA")


def vectors(bench: Bench) -> Path:
    """The folder of skip-gram vectors of the Wikipedia text, trained where it is missing."""
    text = cut(bench.options.data, bench.cache, QUICK_LINES if bench.options.quick else 0)
    path = text.with_name(f"{text.stem}-skipgram-{DIM}x{EPOCHS}")
    if not path.exists():
        epochs = 1 if bench.options.quick else EPOCHS
        job = {"corpus": str(text), "save": str(path), "dim": DIM, "epochs": epochs}
        bench.job("vectors", "vectors", **job, threads=bench.options.threads)
    return path


def trained(bench: Bench, name: str, data: Set, settings: Mapping[str, Any]) -> list[Record]:
    """The records of a training a seed, each within the time: where it does not suffice for all
    epochs, the learning rate goes by the clock."""
    parts = {"valid": str(data.valid), "test": str(data.test), "budget": bench.seconds}
    found = []
    for seed in range(bench.options.seeds):
        given = {"epochs": PASSES, **settings, **parts, "seed": seed}
        if bench.options.quick:
            given |= {"hidden": 16}
        record = bench.train(name, TRAINER, [str(data.train)], given)["record"]
        own = scores(record, "scores")
        seconds = record["training_seconds"]
        tell(f"  {name}, seed {seed}: test F1 {own['f1']:.2f}, {seconds:.0f} s")
        found.append(record)
    return found


def scores(record: Record, name: str) -> dict[str, float]:
    """In points, by name."""
    return {one["name"]: 100 * float(one["value"]) for one in record[name]}


def finding(data: Set, records: Sequence[Record], how: str, *, goal: bool = True) -> Finding:
    """F1 of the test part, the mean of the seeds; what was spent and what else there is to say."""
    f1 = [scores(one, "scores")["f1"] for one in records]
    first = records[0]["scores"][0]
    low, high = (100 * first["low"], 100 * first["high"]) if len(f1) == 1 else (min(f1), max(f1))
    valid = fmean(scores(one, "validation_scores")["f1"] for one in records)
    beside = scores(records[0]["baselines"][0], "scores")["f1"]
    minutes = max(one["training_seconds"] for one in records) / 60
    best = ", ".join(str(one["best_epoch"]) for one in records)
    return Finding(
        f"{data.name}, {how}, F1 of the test part", fmean(f1), low, high, unit="",
        goal=f"≥ {data.goal:g}" if goal else "", met=yes(fmean(f1) >= data.goal) if goal else "",
        ours=f1, peer=[beside], of="F1; beside it each word's most frequent tag",
        note=f"{minutes:.1f} minutes of training at most, best epoch {best}; validation part "
        f"{valid:.2f}",
        more={"types": records[0]["types"], "seconds": [one["seconds"] for one in records]},
    )  # fmt: skip


def gained(data: Set, started: Sequence[Record], scratch: Sequence[Record]) -> Finding:
    """Points of F1 that vectors are worth."""
    ours, theirs = ([scores(one, "scores")["f1"] for one in some] for some in (started, scratch))
    apart = fmean(ours) - fmean(theirs)
    pairs = [a - b for a in ours for b in theirs]
    return Finding(
        f"{data.name}, from vectors less from scratch, F1 of the test part", apart, min(pairs),
        max(pairs), unit="", goal=f"≥ {MORE:g}", met=yes(apart >= MORE), ours=ours, peer=theirs,
        of="F1",
    )  # fmt: skip
