"""`python -m benchmarks.serve`: look-ups and nearest neighbours over HTTP."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks.harness.command import command
from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import ROOT
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record
from benchmarks.serve.bench import Bench
from benchmarks.serve.parts import PARTS
from benchmarks.words.options import cache_folder

TITLE = "Serving"


def read(argv: list[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.serve",
        description=TITLE,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--items", type=int, default=400_000, help="of the model")
    add("--dim", type=int, default=100, help="numbers in a vector")
    add("--connections", type=int, default=4, help="of the client, at once")
    add("--repeat", type=int, default=5, help="rounds")
    add("--seconds", type=float, default=5.0, help="of a round")
    add("--quick", action="store_true", help="a second of each: does it work? not results")
    add("--cache", type=Path, default=cache_folder(), help="folder for the model")
    options = reader.parse_args(argv)
    if wrong := [part for part in options.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    options.command = command(reader, argv)
    if options.quick:
        options.items, options.repeat, options.seconds = 2000, 1, 1.0
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
        "threads": 2,
    }
    record = Record(chosen.results, run, topic="serve", title=TITLE)
    errors = (ContestantError, OSError)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in chosen.parts]
    return int(not all(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
