"""Four sets of labelled texts, each in three parts; only `train` and `valid` are there for tuning.

SST comes in parts. TREC's validation part, and all of SMS spam's, are drawn label by label with one
seed. A text that stands in two parts stays in the later one alone. They are kept in a cache outside
the repository.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.labels.texts import Pair, lowered, parted, read, write
from benchmarks.words.corpus import MissingDataError

PARTS = ("train", "valid", "test")
_RECIPE = "1"  # a change in how the texts are made gives them another folder
_SEED = 5
_TREC_VALID = 0.15
_SMS_SHARES = (0.6, 0.2, 0.2)
Parts = dict[str, list[Pair]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A set on disk: `folder`/train.txt, valid.txt, test.txt and both.txt (the first two)."""

    name: str
    folder: Path
    sizes: dict[str, int]
    labels: int

    def part(self, name: str) -> str:
        """The path of a part's lines."""
        return str(self.folder / f"{name}.txt")

    def as_json(self) -> dict[str, Any]:
        """What results tell of it."""
        return {**self.sizes, "labels": self.labels}


def labelled(name: str, data: Path, cache: Path) -> Labelled:
    """One of SETS, made where it is missing. Raises MissingDataError."""
    files, make = SETS[name]
    sources = [data / one for one in files]
    for source in sources:
        if not source.is_file():
            raise MissingDataError(f"there is no {source}; set ROWSPACE_DATA")
    told = [(source.name, source.stat().st_size) for source in sources]
    digest = hashlib.sha256(repr((_RECIPE, told)).encode()).hexdigest()[:12]
    folder = cache / "labels" / f"{name}-{digest}"
    if not (folder / "whole").exists():
        folder.mkdir(parents=True, exist_ok=True)
        parts = made(make, [source.read_bytes() for source in sources])
        for part, pairs in {**parts, "both": parts["train"] + parts["valid"]}.items():
            write(folder / part, pairs)
        (folder / "whole").touch()
    found = {part: read(folder / f"{part}.txt") for part in PARTS}
    labels = {label for label, _ in found["train"]}
    return Labelled(name, folder, {part: len(found[part]) for part in PARTS}, len(labels))


def made(make: Callable[[Sequence[bytes]], Parts], sources: Sequence[bytes]) -> Parts:
    """The parts without what stands in a later one, the order of the training drawn anew."""
    parts = make(sources)
    test = {text for _, text in parts["test"]}
    valid = [pair for pair in parts["valid"] if pair[1] not in test]
    later = test | {text for _, text in valid}
    train = [pair for pair in parts["train"] if pair[1] not in later]
    random.Random(_SEED).shuffle(train)
    return {"train": train, "valid": valid, "test": parts["test"]}


def sst(sources: Sequence[bytes]) -> Parts:
    """Lines of a label, a space and a text."""
    found = {}
    for part, source in zip(PARTS, sources, strict=True):
        cut = (line.partition(" ") for line in lines(source, "utf-8"))
        found[part] = [(label, lowered(text)) for label, _, text in cut]
    return found


def trec(sources: Sequence[bytes]) -> Parts:
    """COARSE:fine and a question; the coarse label alone. A question once."""
    train, test = (
        [(label.partition(":")[0], lowered(text)) for label, _, text in cut]
        for cut in ([line.partition(" ") for line in lines(one, "latin-1")] for one in sources)
    )
    rest = {text for _, text in test}
    once = [pair for pair in dict.fromkeys(train) if pair[1] not in rest]
    left, valid = drawn(once, (1 - _TREC_VALID, _TREC_VALID))
    return {"train": left, "valid": valid, "test": test}


def sms(sources: Sequence[bytes]) -> Parts:
    """A label, a tab and a message; each line once."""
    once = dict.fromkeys(line.strip() for line in lines(sources[0], "utf-8"))
    cut = (line.partition("\t") for line in once)
    pairs = [(label, parted(text)) for label, _, text in cut]
    return dict(zip(PARTS, drawn(pairs, _SMS_SHARES), strict=True))


def drawn(pairs: Sequence[Pair], shares: Sequence[float]) -> list[list[Pair]]:
    """Parts of those shares of every label, in the order the pairs came."""
    chance = random.Random(_SEED)
    places: dict[str, list[int]] = {}
    for at, (label, _) in enumerate(pairs):
        places.setdefault(label, []).append(at)
    parts: list[list[int]] = [[] for _ in shares]
    for label in sorted(places):
        chance.shuffle(places[label])
        start, reached = 0, 0.0
        for part, share in zip(parts, shares, strict=True):
            reached += share
            end = round(reached * len(places[label]))
            part += places[label][start:end]
            start = end
    return [[pairs[at] for at in sorted(part)] for part in parts]


def lines(source: bytes, encoding: str) -> list[str]:
    """Lines with something in them; cut at line feeds alone (latin-1 has other ends inside)."""
    return [line for line in source.decode(encoding).split("\n") if line.strip()]


def _stsa(name: str) -> list[str]:
    return [f"sentiment/stsa.{name}.{part}" for part in ("train", "dev", "test")]


SETS: dict[str, tuple[list[str], Callable[[Sequence[bytes]], Parts]]] = {
    "SST-2": (_stsa("binary"), sst),
    "SST-5": (_stsa("fine"), sst),
    "TREC": (["topic/TREC.train", "topic/TREC.test"], trec),
    "SMS": (["spam/SMSSpamCollection"], sms),
}
