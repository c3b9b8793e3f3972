"""Tiny Shakespeare by characters: the loss over the whole last tenth, as nanoGPT parts the text.

Settings and the best epoch are chosen on the last twentieth of the other nine tenths, so that the
tenth is looked at once. Each character is foretold from
many before it (`rowspace.networks.generate_data.costs`), not from the start of a window.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.networks.bench import Bench
from benchmarks.words.corpus import MissingDataError

TRAINER = "rowspace.networks.generating:train_generator"
TEXT = "corpora/tinyshakespeare.txt.gz"
GOAL, THEIRS = 1.60, 1.88
"""nanoGPT's README, Tiny Shakespeare on a CPU: 1.88 after three minutes of a notebook."""
KINDS: Mapping[str, Mapping[str, Any]] = {
    "lstm": {},
    "transformer": {
        "encoder": "transformer", "dim": 192, "layers": 4, "heads": 6, "context": 128,
        "dropout": 0.1, "lr": 2e-3, "batch": 4096,
    },
}  # fmt: skip
CHOOSING = 0.05
JUDGING = 0.02
"""The share of the time that is left for the last judgement."""


def generate(bench: Bench) -> Iterator[list[Finding]]:
    """Each encoder, in the time there is. Raises MissingDataError."""
    learned, held = parts(bench)
    for name, settings in KINDS.items():
        if not bench.wants(name):
            continue
        records = []
        for seed in range(bench.options.seeds):
            given = {**settings, "seed": seed, "valid": CHOOSING, "test": str(held)}
            given["budget"] = bench.seconds * (1 - JUDGING)
            if bench.options.quick:
                given |= {"hidden": 24, "dim": 24, "layers": 1, "heads": 2}
            record = bench.train(name, TRAINER, [str(learned)], given)["record"]
            loss, seconds = record["scores"][0]["value"], record["training_seconds"]
            tell(f"  {name}, seed {seed}: {loss:.4f} nats a character, {seconds:.0f} s")
            records.append(record)
        yield [finding(name, records, goal=name == "lstm")]


def parts(bench: Bench) -> tuple[Path, Path]:
    """Nine tenths of the text to learn from, and the last one. Raises MissingDataError."""
    path, folder = bench.options.data / TEXT, bench.cache / "networks"
    if not path.exists():
        raise MissingDataError(f"{path} is not there; set ROWSPACE_DATA")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        text = file.read()
    folder.mkdir(parents=True, exist_ok=True)
    at, found = int(len(text) * 0.9), (folder / "tiny-train.txt", folder / "tiny-held.txt")
    for place, part in zip(found, (text[:at], text[at:]), strict=True):
        place.write_text(part, encoding="utf-8", newline="")
    return found


def finding(name: str, records: list[dict[str, Any]], *, goal: bool) -> Finding:
    """The mean loss of the seeds; of one seed its own interval."""
    losses = [float(one["scores"][0]["value"]) for one in records]
    first = records[0]["scores"][0]
    low, high = (first["low"], first["high"]) if len(losses) == 1 else (min(losses), max(losses))
    beside = {one["name"]: one["scores"][0]["value"] for one in records[0]["baselines"]}
    counted = ", ".join(f"{title} {value:.3f}" for title, value in beside.items())
    epochs, numbers = len(records[0]["epochs"]), records[0]["parameters"]["all"]
    minutes = max(one["training_seconds"] for one in records) / 60
    return Finding(
        f"Tiny Shakespeare, characters, {name}", fmean(losses), low, high, unit="",
        goal=f"≤ {GOAL:g}" if goal else "", met=yes(fmean(losses) <= GOAL) if goal else "",
        ours=losses, peer=[THEIRS],
        of="nats a character of the last tenth; beside it what nanoGPT states for a CPU",
        note=f"{minutes:.1f} minutes of training, {epochs} epochs, {numbers / 1e6:.2f} M numbers; "
        f"{counted}",
        more={"seconds": [one["seconds"] for one in records],
              "steps": [one["step_seconds"] for one in records],
              "epochs": [one["epochs"] for one in records]},
    )  # fmt: skip
