"""Training: texts a second of the training alone, and file → saved model, all included.

The same features and epochs, two threads; ours with Adagrad, as it is by default, or with plain
steps as fastText's (`--rule sgd`). rowspace: the seconds of its epochs, from
the model's record; it reads and cuts the file once, before. fastText reads the file anew in every
epoch, which belongs to its training: from the seconds of its call those of a call with no epoch are
taken away; that one reads the text, builds the vocabulary and fills the tables. The accuracy on
texts held out tells that both have learned as much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.harness.contestants import Answer
from benchmarks.harness.findings import Finding, ratio, times_faster
from benchmarks.labels.bench import FASTTEXT, ROWSPACE, Bench, disturbed
from benchmarks.labels.large import large
from benchmarks.labels.sets import Labelled

GOAL = 3.0
_FEATURES: list[tuple[str, int, tuple[int, int]]] = [
    ("words", 1, (0, 0)),
    ("words and pairs", 2, (0, 0)),
    ("words and characters", 1, (3, 6)),
]
DIMS = (10, 100)
FEW = 200_000  # buckets of a small set


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting on one set; `file` is the part trained on."""

    labelled: Labelled
    features: str
    settings: dict[str, Any]
    file: str

    def __str__(self) -> str:
        loss = "" if self.settings["loss"] == "softmax" else ", hierarchical softmax"
        return f"{self.labelled.name}, {self.features}, dim {self.settings['dim']}{loss}"

    def job(self) -> dict[str, Any]:
        """What both are asked for."""
        return {
            "train": self.labelled.part(self.file),
            "test": self.labelled.part("test"),
            "settings": self.settings,
        }

    @property
    def texts(self) -> int:
        """How many texts the training sees in all."""
        return self.labelled.sizes[self.file] * int(self.settings["epochs"])


def cells(bench: Bench) -> Iterator[Cell]:
    """SST-2; 100 labels; 10,000 labels. Characters on a part of the large set: they take long."""
    sst = bench.set("SST-2")
    shelves, articles = (
        large(kind, bench.options.texts, bench.options.data, bench.cache)
        for kind in ("shelves", "articles")
    )
    for features, words, chars in _FEATURES:
        for dim in DIMS:
            shape = {"words": words, "chars": chars, "dim": dim}
            epochs = 20 if chars[1] else 100
            yield Cell(sst, features, settings(shape, epochs=epochs, lr=0.2, buckets=FEW), "train")
            some = "some" if chars[1] else "train"
            yield Cell(shelves, features, settings(shape, epochs=1, lr=0.5), some)
        if not chars[1]:
            shape = {"words": words, "chars": chars, "dim": DIMS[-1], "loss": "hs"}
            yield Cell(articles, features, settings(shape, epochs=1, lr=0.5), "train")


def settings(
    shape: dict[str, Any], *, epochs: int, lr: float, buckets: int = 2_000_000
) -> dict[str, Any]:
    """fastText's usual buckets, softmax, unless something else is said."""
    return {"loss": "softmax", "buckets": buckets, "epochs": epochs, "lr": lr, **shape}


def speed(bench: Bench) -> Iterator[list[Finding]]:
    """Cell by cell, by turns."""
    for cell in chosen(bench, cells(bench)):
        warm(bench, cell)
        with bench.folder() as folder:
            idle = {**cell.job(), "test": "", "settings": {**cell.settings, "epochs": 0}}
            found = bench.turns(
                {
                    "ours": (ROWSPACE, "train", {**own(bench, cell), "save": str(folder / "ours")}),
                    "peer": (FASTTEXT, "train", {**cell.job(), "save": str(folder / "peer")}),
                    "idle": (FASTTEXT, "train", idle),
                }
            )
        yield compared(cell, found)


def warm(bench: Bench, cell: Cell) -> None:
    """Compile now what would else be compiled while the clock runs; files are read once."""
    settings = {**own(bench, cell)["settings"], "epochs": 1}
    bench.job(ROWSPACE, "train", train=cell.labelled.part("test"), settings=settings)


def own(bench: Bench, cell: Cell) -> dict[str, Any]:
    """Our job: runs without gaps, as fastText's, the rule of `--rule` and the rate that suits it: a
    sum over the root of n is not a mean."""
    rate = {"adagrad": 0.05, "sgd": 0.02}[bench.options.rule]
    ours = {"gaps": False, "rule": bench.options.rule, "lr": rate}
    return {**cell.job(), "settings": {**cell.settings, **ours}}


def chosen(bench: Bench, every: Iterator[Cell]) -> list[Cell]:
    """Those that `--only` asks for."""
    return [cell for cell in every if re.search(bench.options.only, str(cell))]


def compared(cell: Cell, found: dict[str, list[Answer]]) -> list[Finding]:
    """The training alone, and the whole without the scoring of the texts held out."""
    ours, peer, idle = (found[name] for name in ("ours", "peer", "idle"))
    alone = [
        one["seconds"]["call"] - none["seconds"]["call"]
        for one, none in zip(peer, idle, strict=True)
    ]
    told = f"share right of {cell.labelled.sizes['test']:,} held out: "
    told += f"{ours[0]['accuracy']:.3f}, fastText {peer[0]['accuracy']:.3f}"
    busy = disturbed([*ours, *peer, *idle])
    training = ratio(
        f"training, {cell}",
        [cell.texts / one["seconds"]["train"] for one in ours],
        [cell.texts / seconds for seconds in alone],
        goal=GOAL,
        of="texts/s",
        note="; ".join(one for one in (told, busy) if one),
    )
    training.more.update(group="training", settings=cell.settings)
    whole = times_faster(
        f"file → model, {cell}",
        *([one["wall"] - one["seconds"]["test"] for one in side] for side in (ours, peer)),
    )
    whole.more.update(group="file → model", seconds=[ours[0]["seconds"], peer[0]["seconds"]])
    return [training, whole]
