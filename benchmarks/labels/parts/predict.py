"""Predictions a second, the best label of each text, all texts in one list.

`the same model`: a file that fastText trained and saved, opened by both; they must name the same
labels. `own models`: each predicts with what it has trained itself, with the same settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness.contestants import Answer, ContestantError
from benchmarks.harness.findings import Finding, ratio
from benchmarks.labels.bench import FASTTEXT, ROWSPACE, Bench, disturbed
from benchmarks.labels.large import large
from benchmarks.labels.parts.speed import FEW, Cell, chosen, own, settings

GOAL = 3.0
_TEXTS = 20_000  # of a list
_FEW = 2_000  # where each text is held against very many labels
_SAME = 0.999  # of the labels: sums are taken in another order


def cells(bench: Bench) -> Iterator[Cell]:
    """Few labels and many; words, pairs and characters."""
    sst = bench.set("SST-2")
    pairs: dict[str, Any] = {"words": 2, "chars": (0, 0), "dim": 100}
    yield Cell(sst, "words and pairs", settings(pairs, epochs=5, lr=0.2, buckets=FEW), "train")
    chars = {**pairs, "words": 1, "chars": (3, 6)}
    yield Cell(sst, "words and characters", settings(chars, epochs=5, lr=0.2, buckets=FEW), "train")
    shelves, articles = (
        large(kind, bench.options.texts, bench.options.data, bench.cache)
        for kind in ("shelves", "articles")
    )
    yield Cell(shelves, "words", settings({**pairs, "words": 1}, epochs=1, lr=0.5), "some")
    for loss in ("hs", "softmax"):
        many = {**pairs, "words": 1, "loss": loss}
        yield Cell(articles, "words", settings(many, epochs=1, lr=0.5), "some")


def predict(bench: Bench) -> Iterator[list[Finding]]:
    """Cell by cell, by turns: first what fastText has trained, then what each has."""
    with bench.folder() as folder:
        found = [(cell, folder / str(at)) for at, cell in enumerate(chosen(bench, cells(bench)))]
        for cell, inside in found:
            inside.mkdir()
            bench.job(FASTTEXT, "train", **_training(cell), save=str(inside / "peer"))
            yield [_same(bench, cell, inside)]
        for cell, inside in found:
            job = {**own(bench, cell), "test": ""}
            bench.job(ROWSPACE, "train", **job, save=str(inside / "ours"))
            yield [_own(bench, cell, inside)]


def _training(cell: Cell) -> dict[str, Any]:
    return {**cell.job(), "test": ""}


def _same(bench: Bench, cell: Cell, folder: Path) -> Finding:
    jobs = {name: _job(bench, cell, folder / "peer") for name in ("ours", "peer")}
    jobs["ours"]["model"] += ".bin"
    found = _turns(bench, jobs)
    share = agreement(found)
    if share < _SAME and not bench.options.quick:  # which trains so little that labels tie
        raise ContestantError(f"{cell}: only {share:.4f} of the labels are the same")
    return _rates(f"the same model, {cell}", found, f"{100 * share:.2f} % the same labels")


def _own(bench: Bench, cell: Cell, folder: Path) -> Finding:
    jobs = {name: _job(bench, cell, folder / name) for name in ("ours", "peer")}
    return _rates(f"own models, {cell}", _turns(bench, jobs), "")


def _job(bench: Bench, cell: Cell, model: Path) -> dict[str, Any]:
    seconds = bench.options.seconds
    texts = cell.labelled.part("test")
    dear = cell.labelled.labels > _FEW and cell.settings["loss"] != "hs"
    count = _FEW if dear else _TEXTS
    return {"model": str(model), "texts": texts, "count": count, "seconds": seconds}


def _turns(bench: Bench, jobs: dict[str, dict[str, Any]]) -> dict[str, list[Answer]]:
    sides = {"ours": ROWSPACE, "peer": FASTTEXT}
    return bench.turns({name: (sides[name], "predict", job) for name, job in jobs.items()})


def agreement(found: dict[str, list[Answer]]) -> float:
    """The share of texts that both give the same label."""
    pairs = list(zip(found["ours"][0]["labels"], found["peer"][0]["labels"], strict=True))
    return sum(a == b for a, b in pairs) / len(pairs)


def _rates(what: str, found: dict[str, list[Answer]], note: str) -> Finding:
    busy = disturbed([*found["ours"], *found["peer"]])
    ours, peer = ([one["rate"] for one in found[side]] for side in ("ours", "peer"))
    told = "; ".join(one for one in (note, busy) if one)
    one = ratio(what, ours, peer, goal=GOAL, of="texts/s", note=told)
    one.more.update(group=what.partition(",")[0])
    return one
