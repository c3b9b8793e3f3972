"""`python -m benchmarks.layer`: look-ups and training steps, ours beside FBGEMM's and torch's."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import ROOT, MissingPeerError
from benchmarks.harness.findings import Finding
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record
from benchmarks.layer.bench import Bench
from benchmarks.layer.inputs import KINDS
from benchmarks.layer.parts import PARTS
from benchmarks.layer.summary import summed

FULL: dict[str, Any] = {
    "repeat": 3,
    "seconds": 1.5,
    "patience": 60.0,
    "dims": [64, 128, 256],
    "rows": [100_000, 2_000_000, 10_000_000],
    "ids": ["uniform", "zipf"],
}
QUICK: dict[str, Any] = {
    "repeat": 1, "seconds": 0.2, "patience": 0.0,
    "dims": [64], "rows": [20_000], "ids": ["uniform"],
}  # fmt: skip


def parser() -> argparse.ArgumentParser:
    """All options; no part named means every part."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.layer", description=__doc__)
    add = reader.add_argument
    told = {name: f"(default: {value})" for name, value in FULL.items()}
    cache = os.environ.get("XDG_CACHE_HOME") or Path(tempfile.gettempdir())
    add("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    add("--repeat", type=int, help=f"processes of each contestant, by turns {told['repeat']}")
    add("--seconds", type=float, help=f"of measuring in each {told['seconds']}")
    add("--dims", type=int, nargs="+", help=f"numbers of a row, of 16 {told['dims']}")
    add("--rows", type=int, nargs="+", help=f"rows of a table {told['rows']}")
    add("--ids", nargs="+", choices=KINDS, help=f"how ids are drawn {told['ids']}")
    add("--threads", type=int, default=2, help="for everybody (default: 2)")
    add("--patience", type=float, help=f"seconds to wait for a quiet machine {told['patience']}")
    add("--quick", action="store_true", help="one small cell, once: does it work? not results")
    add("--cache", type=Path, default=Path(cache) / f"rowspace-layer-{os.getuid()}")
    add("--results", type=Path, help="folder to keep results in; default: benchmarks/results")
    return reader


def options(argv: list[str]) -> argparse.Namespace:
    """The command line; what is not given is as FULL or QUICK have it."""
    reader = parser()
    chosen = reader.parse_args(argv)
    if wrong := [part for part in chosen.parts if part not in PARTS]:
        reader.error(f"there is no part {wrong[0]!r}; there are {', '.join(PARTS)}")
    if wrong := [dim for dim in chosen.dims or () if dim < 16 or dim % 16]:
        reader.error(f"--dims are multiples of 16, not {wrong[0]}")
    shown = [*chosen.parts, *(["--quick"] if chosen.quick else [])]
    for name in (*FULL, "threads"):
        value = getattr(chosen, name)
        if value is not None and value != reader.get_default(name):
            shown += [f"--{name}", *map(str, value if isinstance(value, list) else [value])]
    chosen.command = shlex.join(["python", "-m", "benchmarks.layer", *shown])
    for name, value in (QUICK if chosen.quick else FULL).items():
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    kept = chosen.cache / "quick" if chosen.quick else ROOT / "benchmarks" / "results"
    chosen.results = chosen.results or kept
    chosen.parts = chosen.parts or list(PARTS)
    return chosen


def main(argv: list[str]) -> int:
    """Run the parts asked for; each cell is kept as soon as it is measured."""
    chosen = options(argv)
    bench = Bench(chosen)
    run = {
        "date": time.strftime("%Y-%m-%d"),
        "command": chosen.command,
        "machine": machine(),
        "versions": versions(),
        "threads": chosen.threads,
    }
    title = "The layer beside other libraries"
    record = Record(chosen.results, run, topic="layer", title=title)
    errors = (ContestantError, MissingPeerError)
    done = [
        measured(part, found(bench, record, part), record, bench, errors) for part in chosen.parts
    ]
    return int(bench.failed or not all(done))


def found(bench: Bench, record: Record, part: str) -> Iterator[list[Finding]]:
    """The cells of a part, and a line for all of them."""
    yield from PARTS[part](bench)
    yield summed(record.data["findings"], part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
