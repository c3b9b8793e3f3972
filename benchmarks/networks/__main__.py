"""`python -m benchmarks.networks`: tagging, translation, generation, each in half an hour."""

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
from benchmarks.networks.bench import Bench
from benchmarks.networks.parts import PARTS
from benchmarks.words.corpus import MissingDataError, data_folder
from benchmarks.words.options import cache_folder

TITLE = "Whole networks: tagging, translation, generation"


def read(argv: list[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.networks",
        description=TITLE,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--seeds", type=int, default=1, help="trainings of each kind, one a seed")
    add("--minutes", type=float, default=30, help="of one training at most")
    add("--threads", type=int, default=2, help="for everybody")
    add("--only", nargs="+", default=[], metavar="NAME", help="trainings of these names alone")
    add("--quick", action="store_true", help="seconds each: does it work? not results")
    add("--data", type=Path, default=data_folder(), help="folder of data sets")
    add("--cache", type=Path, default=cache_folder(), help="folder for prepared data and vectors")
    options = reader.parse_args(argv)
    if wrong := [part for part in options.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    options.command = command(reader, argv)
    if options.quick:
        options.seeds, options.minutes = 1, 0.1
        options.cache = options.cache / "quick"
    options.results = options.cache if options.quick else ROOT / "benchmarks" / "results"
    options.parts = options.parts or list(PARTS)
    return options


def main(argv: list[str]) -> int:
    """Run the parts asked for; each finding is kept as soon as it is there."""
    chosen = read(argv)
    bench = Bench(chosen)
    run = {
        "date": time.strftime("%Y-%m-%d"),
        "command": chosen.command,
        "machine": machine(),
        "versions": versions(),
        "threads": chosen.threads,
    }
    record = Record(chosen.results, run, topic="networks", title=TITLE)
    errors = (ContestantError, MissingPeerError, MissingDataError)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in chosen.parts]
    return int(bench.failed or not all(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
