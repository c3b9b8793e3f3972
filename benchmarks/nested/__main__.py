"""`python -m benchmarks.nested`: all prefixes by one training, beside one training each."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.harness.command import command
from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import ROOT, MissingPeerError
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record
from benchmarks.nested.parts import PARTS
from benchmarks.words.bench import Bench
from benchmarks.words.corpus import (
    QUICK,
    MissingDataError,
    data_folder,
    prepared,
    sliced,
)
from benchmarks.words.options import cache_folder

TITLE = "Nested training"
LENGTHS = [[16, 32, 64, 128, 256], [20, 40, 80, 160, 300]]


def read(argv: list[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.nested",
        description=TITLE,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--lengths", type=lengths, action="append", metavar="M,M,…", help="instead of both lists")
    add("--words", type=int, default=0, help="of the text; 0: all of it")
    add("--seeds", type=int, default=3, help="trainings of each kind where quality is measured")
    add("--repeat", type=int, default=5, help="rounds where seconds are measured")
    add("--epochs", type=int, default=5, help="passes over the text for quality")
    add("--time-epochs", type=int, default=1, help="passes over the text where seconds are")
    add("--threads", type=int, default=2)
    add("--quick", action="store_true", help="1 M words, one round: does it work? not results")
    add("--data", type=Path, default=data_folder(), help="folder of texts and test lists")
    add("--cache", type=Path, default=cache_folder(), help="folder for prepared texts and models")
    options = reader.parse_args(argv)
    if wrong := [part for part in options.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    options.command = command(reader, argv)
    options.lengths = options.lengths or LENGTHS
    if options.quick:
        options.seeds = options.repeat = options.epochs = 1
        options.words = options.words or QUICK
    quick = options.cache / "quick"
    options.results = quick if options.quick else ROOT / "benchmarks" / "results"
    options.parts = options.parts or list(PARTS)
    return options


def lengths(text: str) -> list[int]:
    """`16,32,64` as numbers."""
    return [int(part) for part in text.split(",")]


def main(argv: list[str]) -> int:
    """Run the parts asked for; each finding is kept as soon as it is there."""
    chosen = read(argv)
    errors = (ContestantError, MissingPeerError, MissingDataError)
    try:
        corpus = prepared(chosen.data, chosen.cache)
    except MissingDataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if chosen.words:
        corpus = sliced(corpus, chosen.words, chosen.cache)
    bench = Bench(chosen, corpus)
    run = {
        "date": time.strftime("%Y-%m-%d"),
        "command": chosen.command,
        "machine": machine(),
        "versions": versions(),
        "corpus": corpus.as_json(),
        "threads": chosen.threads,
        "epochs": chosen.epochs,
    }
    record = Record(chosen.results, run, topic="nested", title=TITLE)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in chosen.parts]
    return int(not all(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
