"""The parts of a benchmark one after another; what one of them finds is kept and shown at once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Protocol

from benchmarks.harness.findings import Finding
from benchmarks.harness.record import Record, table


class Bench(Protocol):
    """What a part is measured with: the versions that its contestants told of."""

    @property
    def versions(self) -> dict[str, str]: ...


def tell(line: str) -> None:
    """For whoever watches."""
    print(line, file=sys.stderr, flush=True)


def measured(
    part: str,
    findings: Iterable[Sequence[Finding]],
    record: Record,
    bench: Bench,
    errors: tuple[type[Exception], ...],
) -> bool:
    """Keep and show what a part finds; False, and why, if one of `errors` ends it."""
    tell(f"{part}:")
    try:
        for some in findings:
            if some:
                record.keep(part, some, bench.versions)
                lines = table([{"run": record.name, **one.as_json()} for one in some])
                print(f"\n{part}", *lines, sep="\n", flush=True)
    except errors as error:
        tell(f"error: {part}: {error}")
        return False
    return True
