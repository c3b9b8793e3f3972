"""`rowspace info`: what a model is, how it was made, and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from rowspace.cli import options
from rowspace.cli.output import Output, visible

REPEATED = {"tensors", "record.data", "record.scores", "record.baselines", "record.determinism"}


@click.command(short_help="What a model is and how it was made.")
@options.model
@click.option("--verify", is_flag=True, help="Read every byte and check it against the checksums.")
@click.option("--markdown", is_flag=True, help="As a table to paste into a report.")
@options.shared
def info(model_path: str, verify: bool, markdown: bool) -> None:
    """What MODEL is: format, size, vocabulary, settings, data, scores, what unseen items get.

    It may be a model folder, a part of a model (MODEL/PART) or a file of vectors in any format.
    Rows that can be mapped are not read, so that a large one takes no longer; vectors as text are
    read as a whole.

    \b
    rowspace info model
    rowspace info cc.en.300.bin --json
    """
    from rowspace import files

    output = Output.here()
    found = files.describe(model_path)
    if verify:
        found["verified"] = files.verify(model_path)
    if output.json:
        output.emit("info", path=model_path, **found)
        return
    if markdown:
        output.write("| | |\n|---|---|")
    for name, value in flattened("", {"path": model_path, **found}):
        write(output, name, visible(str(value)), markdown)


def write(output: Output, name: str, text: str, markdown: bool) -> None:
    """One fact, as a line or as a row of a table."""
    cell = text.replace("|", "\\|")
    output.write(f"| {name} | {cell} |" if markdown else f"{name:<24} {text}")


def flattened(prefix: str, found: Any) -> Iterator[tuple[str, Any]]:
    """Nested data as dotted names; `tensors` and the copies inside `record` are for --json."""
    if prefix in REPEATED:
        return
    if isinstance(found, dict) and found:
        for key, value in found.items():
            yield from flattened(f"{prefix}.{key}" if prefix else str(key), value)
    elif isinstance(found, list) and found and isinstance(found[0], dict):
        for place, value in enumerate(found):
            yield from flattened(f"{prefix}.{value.get('name', place)}", value)
    else:
        yield prefix, found
