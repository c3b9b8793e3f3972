"""`python -m benchmarks.labels`: classification of texts, ours beside fastText's."""

from __future__ import annotations

import sys
import time

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import MissingPeerError
from benchmarks.harness.findings import Finding
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.record import Record, table
from benchmarks.labels import options
from benchmarks.labels.bench import Bench, tell
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
    for part in chosen.parts:
        measure(bench, record, part)
    return int(bench.failed)


def measure(bench: Bench, record: Record, part: str) -> None:
    """One part, and a line for all its cells; if it fails, the others go on."""
    tell(f"{part}:")
    try:
        for findings in PARTS[part](bench):
            keep(bench, record, part, findings)
        if not bench.options.only:
            keep(bench, record, part, summed(record.data["findings"], part))
    except (ContestantError, MissingPeerError, MissingDataError) as error:
        tell(f"error: {part}: {error}")
        bench.failed = True


def keep(bench: Bench, record: Record, part: str, findings: list[Finding]) -> None:
    """Into the results, and shown."""
    if findings:
        record.keep(part, findings, bench.versions)
        lines = table([{"run": record.name, **one.as_json()} for one in findings])
        print(f"\n{part}", *lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
