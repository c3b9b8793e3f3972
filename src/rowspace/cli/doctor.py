"""`rowspace doctor`: what this machine offers, what is missing, what to do about it."""

from __future__ import annotations

import click

from rowspace.cli import options
from rowspace.cli.failures import RESOURCES
from rowspace.cli.output import Output

SIGNS = {"ok": " ", "note": "·", "bad": "!"}


@click.command(short_help="What this machine offers, what is missing.")
@options.shared
def doctor() -> None:
    """Versions, cores, memory, disk, extras; each line that is not as it could be says what to do.

    Leaves with code 5 if rowspace cannot work here.
    """
    from rowspace.cli.machine import findings

    output = Output.here()
    bad = False
    for found in findings():
        bad = bad or found.status == "bad"
        hint = f"  ({found.hint})" if found.hint else ""
        output.emit(
            "finding",
            f"{SIGNS[found.status]} {found.name:<25} {found.value}{hint}",
            name=found.name,
            value=found.value,
            status=found.status,
            hint=found.hint,
        )
    if bad:
        raise click.exceptions.Exit(RESOURCES)
