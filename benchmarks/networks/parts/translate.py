"""Translation: Multi30k from English into German, in the half hour and in an hour.

The best epoch is chosen by BLEU on the validation part; test 2016 is looked at once, at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.networks.bench import Bench
from benchmarks.words.corpus import MissingDataError

TRAINER = "rowspace.networks.translating:train_translator"
FOLDER = "translation/multi30k_en-de"
GOAL = 34.0
SPARE = 0.97
"""The share of the time that is the budget: the last step and the last judgement come on top."""
QUICK = {"dim": 32, "hidden": 32, "layers": 1, "heads": 2, "subwords": 1000}
TIMES: Mapping[str, float] = {"half-hour": 1.0, "hour": 2.0}
"""What --only calls them: how many times --minutes each trains."""
Record = Mapping[str, Any]


def translate(bench: Bench) -> Iterator[list[Finding]]:
    """The time of the goal first, then twice as long."""
    data = pairs(bench.options.data)
    for name, times in TIMES.items():
        if bench.wants(name):
            found = trained(bench, name, data, times * bench.seconds)
            yield findings(found, times * bench.seconds / 60, goal=times == 1)


def pairs(data: Path) -> dict[str, list[str]]:
    """The two files of each part. Raises MissingDataError."""
    found = {}
    for part in ("train", "val", "test_2016_flickr"):
        paths = [data / FOLDER / f"{part}.{language}.gz" for language in ("en", "de")]
        for path in paths:
            if not path.exists():
                raise MissingDataError(f"{path} is not there; set ROWSPACE_DATA")
        found[part] = [str(path) for path in paths]
    return found


def trained(bench: Bench, name: str, data: Mapping[str, list[str]], seconds: float) -> list[Record]:
    """The records of a training a seed."""
    found = []
    for seed in range(bench.options.seeds):
        given: dict[str, Any] = {
            "valid": data["val"], "test": data["test_2016_flickr"], "seed": seed,
            "budget": SPARE * seconds,
        }  # fmt: skip
        if bench.options.quick:
            given |= QUICK
        record = bench.train(name, TRAINER, [data["train"]], given)["record"]
        bleu, spent = score(record, "scores", "BLEU"), record["training_seconds"]
        late = "" if spent <= seconds else f", MORE THAN {seconds:.0f}"
        tell(f"  {name}, seed {seed}: test 2016 BLEU {bleu:.2f}, {spent:.0f} s{late}")
        found.append(record)
    return found


def score(record: Record, where: str, name: str) -> float:
    """One figure of a record."""
    return float(next(one["value"] for one in record[where] if one["name"] == name))


def findings(records: Sequence[Record], minutes: float, *, goal: bool) -> list[Finding]:
    """BLEU and chrF of the test part, the mean of the seeds, beside translating word by word."""
    return [_finding(records, minutes, "BLEU", GOAL if goal else 0.0),
            _finding(records, minutes, "chrF", 0.0)]  # fmt: skip


def _finding(records: Sequence[Record], minutes: float, name: str, goal: float) -> Finding:
    ours = [score(one, "scores", name) for one in records]
    first = next(one for one in records[0]["scores"] if one["name"] == name)
    low, high = (first["low"], first["high"]) if len(ours) == 1 else (min(ours), max(ours))
    beside = score(records[0]["baselines"][1], "scores", name)
    valid = fmean(score(one, "validation_scores", name) for one in records)
    spent = max(one["training_seconds"] for one in records) / 60
    epochs = ", ".join(f"{one['best_epoch']} of {len(one['epochs'])}" for one in records)
    means = "" if not any(one["averaged"] for one in records) else "; the mean of the last epochs"
    return Finding(
        f"Multi30k en→de in {minutes:g} minutes, {name} of test 2016", fmean(ours), low, high,
        unit="", goal=f"≥ {goal:g}" if goal else "", met=yes(fmean(ours) >= goal) if goal else "",
        ours=ours, peer=[beside], of=f"{name}; beside it word by word (dice)",
        note=f"{spent:.1f} minutes of training at most, best epoch {epochs}{means}; validation "
        f"part {valid:.2f}; {first['signature']}",
        more={"epochs": records[0]["epochs"], "parameters": records[0]["parameters"],
              "answer_seconds": [one["answer_seconds"] for one in records]},
    )  # fmt: skip
