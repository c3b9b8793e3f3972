"""`python -m benchmarks.scores`: the same vectors and lists, scored by the peers and by us.

$GLOVE_SOURCE, or --glove, is a clone of <https://github.com/stanfordnlp/GloVe>: its evaluation is
called where it lies. Nothing of it is part of this project.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from benchmarks.harness.command import command
from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import ROOT, MissingPeerError
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record
from benchmarks.scores.parts import PARTS, Bench
from benchmarks.words.corpus import MissingDataError, data_folder
from benchmarks.words.options import cache_folder

TITLE = "Scores beside gensim's, GloVe's and vecto's own code"


def read(argv: list[str]) -> argparse.Namespace:
    """Options; a quick run keeps its results out of the repository."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.scores",
        description=TITLE,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    source = os.environ.get("GLOVE_SOURCE")
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--glove", type=Path, default=source and Path(source), help="a clone of GloVe")
    add("--vectors", type=Path, help="vectors of words of lower case to score besides")
    add("--most", type=int, default=30_000, help="the first so many of each set of vectors")
    add("--quick", action="store_true", help="the first 3,000: does it work? not results")
    add("--data", type=Path, default=data_folder(), help="folder of data sets")
    add("--cache", type=Path, default=cache_folder(), help="folder for what the peers read")
    add("--results", type=Path, help="default: benchmarks/results")
    options = reader.parse_args(argv)
    if wrong := [part for part in options.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    options.command = command(reader, argv)
    kept = ROOT / "benchmarks" / "results"
    if options.quick:
        options.most, kept = 3000, options.cache / "quick"
    options.results = options.results or kept
    options.parts = options.parts or list(PARTS)
    return options


def main(argv: list[str]) -> int:
    """Run the parts asked for; each is kept as soon as it is there."""
    options = read(argv)
    errors = (ContestantError, MissingPeerError, MissingDataError)
    try:
        bench = Bench(options)
    except MissingDataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    run = {
        "date": time.strftime("%Y-%m-%d"),
        "command": options.command,
        "machine": machine(),
        "versions": versions(),
    }
    record = Record(options.results, run, topic="scores", title=TITLE)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in options.parts]
    return int(not all(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
