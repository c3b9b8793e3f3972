"""Accuracy on the test part after tuning on the validation part, each side by the same rule.

What was tuned is kept in labels_tuned.json, beside the results, and is not done anew until its
space, its trials or the texts change, or `--again` asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import fmean
from typing import Any

from benchmarks.harness.findings import Finding
from benchmarks.labels import spaces
from benchmarks.labels.bench import CONTESTANTS, FASTTEXT, ROWSPACE, Bench, tell
from benchmarks.labels.gained import gained, on_average
from benchmarks.labels.sets import Labelled
from benchmarks.labels.tuning import Data, Search, keep, kept, tuned

AVERAGE, EACH = 1.0, 0.0
RULES = {"train": "trained on the training part", "both": "trained on both parts"}
SPACES = {
    FASTTEXT.name: (spaces.FASTTEXT, spaces.FASTTEXT_KNOWN),
    ROWSPACE.name: (spaces.ROWSPACE, spaces.ROWSPACE_KNOWN),
}


def accuracy(bench: Bench) -> Iterator[list[Finding]]:
    """Set by set; then the mean of the sets. The goals hold for the training part alone."""
    found: dict[str, dict[str, Data]] = {}
    for name in bench.options.sets:
        labelled = bench.set(name)
        found[name] = {side: side_tuned(bench, side, labelled) for side in bench.options.sides}
        if len(found[name]) == len(CONTESTANTS):
            yield [_compared(found[name], labelled, rule) for rule in RULES]
    whole = [one for one in found.values() if len(one) == len(CONTESTANTS)]
    if len(whole) > 1:
        yield [_average(whole, rule) for rule in RULES]


def side_tuned(
    bench: Bench, side: str, labelled: Labelled, *, label: str = "", **fixed: Any
) -> Data:
    """A side's choice and its figures, kept or made now. `fixed` goes with every job, and `label`
    then tells its results from those without."""
    space, known = SPACES[side]
    search = Search(space, known, bench.options.trials, bench.options.seeds)
    path = bench.options.results / "labels_tuned.json"
    name, digest = f"{labelled.name}, {side}{label}", search.digest(labelled)
    again = side in bench.options.again
    found = None if again else kept(path, name, digest)
    if found is None:
        log = bench.trials / f"{side}{label}-{labelled.folder.name}.jsonl"
        if again:
            log.unlink(missing_ok=True)
        do = bench.doing(CONTESTANTS[side], **fixed)
        found = {"digest": digest, "date": time.strftime("%Y-%m-%d"), "sizes": labelled.as_json(),
                 **tuned(search, labelled, do, log), "versions": dict(bench.versions)}  # fmt: skip
        keep(path, name, found)
    tests = ", ".join(f"{part} {fmean(one['accuracy']):.4f}" for part, one in found["test"].items())
    tell(f"  {name}: valid {found['valid']:.4f}; test: {tests}; {found['chosen']}")
    return found


def _compared(found: dict[str, Data], labelled: Labelled, rule: str) -> Finding:
    ours, peer = found[ROWSPACE.name], found[FASTTEXT.name]
    one = gained(
        f"{labelled.name}, {RULES[rule]}",
        ours["test"][rule],
        peer["test"][rule],
        goal=EACH if rule == "train" else None,
        note=_told(found) if rule == "train" else "",
    )
    one.more.update({side: _short(data) for side, data in found.items()})
    return one


def _average(found: list[dict[str, Data]], rule: str) -> Finding:
    pairs = [(one[ROWSPACE.name]["test"][rule], one[FASTTEXT.name]["test"][rule]) for one in found]
    goal = AVERAGE if rule == "train" else None
    return on_average(f"mean of the sets, {RULES[rule]}", pairs, goal=goal)


def _told(found: dict[str, Data]) -> str:
    return "; ".join(
        f"{side}: {data['valid']:.4f} on the validation part with "
        + ", ".join(f"{name} {value}" for name, value in data["chosen"].items())
        for side, data in found.items()
    )


def _short(data: Data) -> Data:
    return {name: data[name] for name in ("chosen", "valid", "sizes")}
