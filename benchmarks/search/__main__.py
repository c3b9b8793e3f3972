"""`python -m benchmarks.search`: neighbours, exact and through an index; look-ups in batches."""

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
from benchmarks.search.parts import PARTS, Bench
from benchmarks.words.corpus import MissingDataError, data_folder
from benchmarks.words.options import cache_folder

TITLE = "Searching: neighbours exact and through an index, look-ups"


def read(argv: list[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.search",
        description=TITLE,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--rounds", type=int, default=3, help="of each contestant, in turn")
    add("--vectors", type=Path, help="word vectors of 100 numbers, for the part faiss")
    add("--quick", action="store_true", help="small tables: does it work? not results")
    add("--data", type=Path, default=data_folder(), help="folder of data sets")
    add("--cache", type=Path, default=cache_folder(), help="folder for tables and texts")
    options = reader.parse_args(argv)
    if wrong := [part for part in options.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    options.command = command(reader, argv)
    options.cache = options.cache / "search" / ("quick" if options.quick else "")
    options.cache.mkdir(parents=True, exist_ok=True)
    if options.quick:
        options.rounds = 1
    options.parts = options.parts or list(PARTS)
    return options


def main(argv: list[str]) -> int:
    """Run the parts asked for; each finding is kept as soon as it is there."""
    options = read(argv)
    bench = Bench(options)
    run = {
        "date": time.strftime("%Y-%m-%d"),
        "command": options.command,
        "machine": machine(),
        "versions": versions(),
    }
    results = options.cache if options.quick else ROOT / "benchmarks" / "results"
    record = Record(results, run, topic="search", title=TITLE)
    errors = (ContestantError, MissingPeerError, MissingDataError)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in options.parts]
    return int(not all(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
