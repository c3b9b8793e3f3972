"""The command line, and the same command as it may be shown: without paths."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.environment import ROOT
from benchmarks.labels.sets import SETS
from benchmarks.words.corpus import data_folder
from benchmarks.words.options import cache_folder

SIDES = ("fastText", "rowspace")
_PATHS = ("data", "cache", "results")
QUICK: dict[str, Any] = {
    "repeat": 1, "trials": 3, "seeds": 2, "budget": 5.0, "budget_seeds": 1, "seconds": 0.2,
    "texts": 2000, "dim": 20, "vector_epochs": 1,
}  # fmt: skip


def parser(parts: Sequence[str]) -> argparse.ArgumentParser:
    """All options; no part named means every part."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.labels",
        description="Train fastText and rowspace on the same labelled texts; speed and accuracy.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)}; none: all")
    add("--sets", nargs="+", choices=list(SETS), default=list(SETS), help="of labelled texts")
    add("--sides", nargs="+", choices=SIDES, default=list(SIDES), help="who is tuned")
    add("--again", nargs="+", choices=SIDES, default=[], help="whose kept tuning is done anew")
    add("--trials", type=int, default=60, help="settings tried a set, for each side")
    add("--seeds", type=int, default=5, help="refits of what was chosen")
    add("--repeat", type=int, default=3, help="rounds where seconds are measured")
    add("--threads", type=int, default=2, help="for everybody; tuning takes one")
    add("--seconds", type=float, default=2.0, help="of predicting in each process")
    add("--only", default="", metavar="REGEX", help="cells of speed and predict named so")
    add("--rule", choices=("sgd", "adagrad"), default="adagrad", help="of our steps in speed")
    add("--texts", type=int, default=240_000, help="of the large sets")
    add("--budget", type=float, default=60.0, help="seconds of an autotune")
    add("--budget-seeds", type=int, default=3, help="autotunes a set")
    add("--vectors", choices=("skipgram", "cbow"), default="skipgram", help="`start` begins with")
    add("--dim", type=int, default=100, help="of these vectors")
    add("--vector-epochs", type=int, default=5, help="passes of their training")
    add("--quick", action="store_true", help="small and once: does it work? not results")
    add("--data", type=Path, default=data_folder(), help="folder of labelled texts")
    add("--cache", type=Path, default=cache_folder(), help="folder for prepared texts and models")
    add("--results", type=Path, help="folder to keep results in; default: benchmarks/results")
    return reader


def read(argv: Sequence[str], parts: Sequence[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = parser(parts)
    options = reader.parse_args(argv)
    wrong = [part for part in options.parts if part not in parts]
    if wrong:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(parts)}")
    options.command = shown(reader, options)
    if options.quick:
        for name, value in QUICK.items():
            if getattr(options, name) == reader.get_default(name):
                setattr(options, name, value)
    kept = options.cache / "quick" if options.quick else ROOT / "benchmarks" / "results"
    options.results = options.results or kept
    options.parts = options.parts or list(parts)
    return options


def shown(reader: argparse.ArgumentParser, options: argparse.Namespace) -> str:
    """The command with what differs from its defaults."""
    words = ["python", "-m", "benchmarks.labels", *options.parts]
    for name, value in vars(options).items():
        if name in ("parts", *_PATHS) or value == reader.get_default(name):
            continue
        values = value if isinstance(value, list) else [value]
        told = [] if value is True else [str(one) for one in values]
        words += ["--" + name.replace("_", "-"), *told]
    return shlex.join(words)
