"""Accuracy on the test part after tuning on the validation part, with as many trainings a side.

fastText: settings drawn at random, the best few with more seeds (`tuning`). Ours: its own search,
anew for each seed (`searching`). What was tuned is kept in labels_tuned.json, beside the results,
and is not done anew until its space, its trials or the texts change, or `--again` asks for it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import fmean

from benchmarks.harness.findings import Finding
from benchmarks.harness.measuring import tell
from benchmarks.labels import spaces
from benchmarks.labels.bench import CONTESTANTS, FASTTEXT, ROWSPACE, Bench
from benchmarks.labels.gained import gained, on_average
from benchmarks.labels.searching import Own, searched
from benchmarks.labels.sets import Labelled
from benchmarks.labels.tuning import FINALISTS, MORE, Data, Search, keep, kept, tuned

AVERAGE, EACH = 1.0, 0.0


def accuracy(bench: Bench) -> Iterator[list[Finding]]:
    """Set by set; then the mean of the sets. All learn from the training part alone."""
    found: dict[str, dict[str, Data]] = {}
    for name in bench.options.sets:
        labelled = bench.set(name)
        found[name] = {side: side_tuned(bench, side, labelled) for side in bench.options.sides}
        if len(found[name]) == len(CONTESTANTS):
            yield [_compared(found[name], labelled)]
    whole = [one for one in found.values() if len(one) == len(CONTESTANTS)]
    if len(whole) > 1:
        yield [_average(whole)]


def side_tuned(
    bench: Bench, side: str, labelled: Labelled, *, label: str = "", start: str = ""
) -> Data:
    """A side's choice and its figures, kept or made now. start: vectors that our words start from;
    `label` then tells these results from those without."""
    count, seeds = bench.options.trials, bench.options.seeds
    if side == ROWSPACE.name:
        search: Own | Search = Own(count + FINALISTS * len(MORE), seeds, start)
    else:
        search = Search(spaces.FASTTEXT, spaces.FASTTEXT_KNOWN, count, seeds)
    path = bench.options.results / "labels_tuned.json"
    name, digest = f"{labelled.name}, {side}{label}", search.digest(labelled)
    again = side in bench.options.again
    found = None if again else kept(path, name, digest)
    if found is None:
        log = bench.trials / f"{side}{label}-{labelled.folder.name}.jsonl"
        if again:
            log.unlink(missing_ok=True)
        do = bench.doing(CONTESTANTS[side])
        if isinstance(search, Own):
            made = searched(search, labelled, do, log)
        else:
            made = tuned(search, labelled, do, log)
        found = {"digest": digest, "date": time.strftime("%Y-%m-%d"), "sizes": labelled.as_json(),
                 **made, "versions": dict(bench.versions)}  # fmt: skip
        keep(path, name, found)
    test = fmean(found["test"]["train"]["accuracy"])
    tell(f"  {name}: valid {found['valid']:.4f}; test {test:.4f}; {found['chosen']}")
    return found


def _compared(found: dict[str, Data], labelled: Labelled) -> Finding:
    ours, peer = (found[one.name]["test"]["train"] for one in (ROWSPACE, FASTTEXT))
    one = gained(labelled.name, ours, peer, goal=EACH, note=_told(found))
    one.more.update({side: _short(data) for side, data in found.items()})
    return one


def _average(found: list[dict[str, Data]]) -> Finding:
    pairs = [
        (one[ROWSPACE.name]["test"]["train"], one[FASTTEXT.name]["test"]["train"]) for one in found
    ]
    return on_average("mean of the sets", pairs, goal=AVERAGE)


def _told(found: dict[str, Data]) -> str:
    return "; ".join(
        f"{side}: {data['valid']:.4f} on the validation part with "
        + ", ".join(f"{name} {value}" for name, value in data["chosen"].items())
        for side, data in found.items()
    )


def _short(data: Data) -> Data:
    return {name: data[name] for name in ("chosen", "valid", "sizes")}
