"""`python -m benchmarks.formats`: files of vectors, ours beside gensim's readers and writers."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.formats.bench import Bench
from benchmarks.formats.parts import PARTS
from benchmarks.formats.parts.opening import GOALS
from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import ROOT, MissingPeerError
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record


def options(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    reader = argparse.ArgumentParser(
        prog="python -m benchmarks.formats",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = reader.add_argument
    cache = os.environ.get("XDG_CACHE_HOME") or Path(tempfile.gettempdir())
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--repeat", type=int, default=3, help="rounds where seconds are measured")
    add("--items", type=int, default=400_000, help="words of a file")
    add("--dim", type=int, default=100, help="numbers of a word")
    add("--kinds", nargs="+", choices=list(GOALS), default=list(GOALS), help="files to open")
    add("--quick", action="store_true", help="small files, one round: does it work? not results")
    add("--cache", type=Path, default=Path(cache) / f"rowspace-formats-{os.getuid()}")
    add("--results", type=Path, help="folder to keep results in; default: benchmarks/results")
    chosen = reader.parse_args(argv)
    if wrong := [part for part in chosen.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    shown = [*chosen.parts]
    for name in ("repeat", "items", "dim"):
        if getattr(chosen, name) != reader.get_default(name):
            shown += [f"--{name}", str(getattr(chosen, name))]
    if chosen.kinds != list(GOALS):
        shown += ["--kinds", *chosen.kinds]
    chosen.command = shlex.join(["python", "-m", "benchmarks.formats", *shown])
    if chosen.quick:
        chosen.repeat, chosen.items, chosen.dim = 1, 5000, 20
    kept = chosen.cache / "quick" if chosen.quick else ROOT / "benchmarks" / "results"
    chosen.results = chosen.results or kept
    chosen.parts = chosen.parts or list(PARTS)
    return chosen


def main(argv: list[str]) -> int:
    """Run the parts asked for; each is kept as soon as it is measured."""
    chosen = options(argv)
    bench = Bench(chosen)
    run = {
        "date": time.strftime("%Y-%m-%d"),
        "command": chosen.command,
        "machine": machine(),
        "versions": versions(),
    }
    title = "Files of vectors beside other libraries"
    record = Record(chosen.results, run, topic="formats", title=title)
    errors = (ContestantError, MissingPeerError)
    done = [measured(part, PARTS[part](bench), record, bench, errors) for part in chosen.parts]
    return int(not all(done))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
