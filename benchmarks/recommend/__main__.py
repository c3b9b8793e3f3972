"""`python -m benchmarks.recommend`: who ranks what comes next, on MovieLens."""

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
from benchmarks.recommend.bench import WAYS, Bench
from benchmarks.recommend.parts import PARTS
from benchmarks.words.corpus import MissingDataError, data_folder
from benchmarks.words.options import cache_folder

TITLE = "Recommending beside implicit, popularity and item-kNN"


def read(argv: list[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.recommend",
        description=TITLE,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--trials", type=int, default=30, help="settings tried of each way")
    add("--seeds", type=int, default=5, help="refits of what was chosen")
    add("--again", nargs="+", choices=list(WAYS), default=[], help="whose kept tuning is redone")
    add("--repeat", type=int, default=3, help="rounds where seconds are measured")
    add("--threads", type=int, default=2, help="for everybody")
    add("--quick", action="store_true", help="small and once: does it work? not results")
    add("--data", type=Path, default=data_folder(), help="folder of data sets")
    add("--cache", type=Path, default=cache_folder(), help="folder for prepared data and tunings")
    options = reader.parse_args(argv)
    if wrong := [part for part in options.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    options.command = command(reader, argv)
    if options.quick:
        options.trials, options.seeds, options.repeat = 2, 2, 1
        options.cache = options.cache / "quick"
    results = options.cache if options.quick else ROOT / "benchmarks" / "results"
    options.results = results
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
    record = Record(chosen.results, run, topic="recommend", title=TITLE)
    errors = (ContestantError, MissingPeerError, MissingDataError)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in chosen.parts]
    return int(bench.failed or not all(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
