"""`python -m benchmarks.labels`: classification of texts, ours beside fastText's."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import MissingPeerError
from benchmarks.harness.findings import Finding
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.measuring import measured
from benchmarks.harness.record import Record
from benchmarks.labels import options
from benchmarks.labels.bench import Bench
from benchmarks.labels.parts import PARTS
from benchmarks.layer.summary import summed
from benchmarks.words.corpus import MissingDataError

TITLE = "Classification of texts beside fastText"


def main(argv: list[str]) -> int:
    """Run the parts asked for; each finding is kept as soon as it is there."""
    chosen = options.read(argv, list(PARTS))
    bench = Bench(chosen)
    run = {
        "date": time.strftime("%Y-%m-%d"),
        "command": chosen.command,
        "machine": machine(),
        "versions": versions(),
        "threads": chosen.threads,
    }
    record = Record(chosen.results, run, topic="labels", title=TITLE)
    errors = (ContestantError, MissingPeerError, MissingDataError)
    done = [
        measured(part, found(bench, record, part), record, bench, errors) for part in chosen.parts
    ]
    return int(bench.failed or not all(done))


def found(bench: Bench, record: Record, part: str) -> Iterator[list[Finding]]:
    """The cells of a part, and, where none was left out, a line for all of them."""
    yield from PARTS[part](bench)
    if not bench.options.only:
        yield summed(record.data["findings"], part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
