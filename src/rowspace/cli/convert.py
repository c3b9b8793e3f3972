"""`rowspace convert`: a model or a file of vectors in another format."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rowspace.cli import options
from rowspace.cli.encode import lines
from rowspace.cli.output import Output, visible

LARGE = 100_000_000  # bytes of a source that takes long enough to be told about
LINE_EVERY = 5.0  # seconds between two lines of progress


@click.command(short_help="A model or vectors in another format.")
@click.argument("source", metavar="IN", type=click.Path())
@click.argument("target", metavar="OUT", type=click.Path())
@click.option("--to", metavar="FORMAT", help="The format of OUT; without it OUT's suffix says.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N items.")
@click.option("--words", metavar="FILE", help="Only the items in FILE, one a line (- is stdin).")
@click.option(
    "--prefix", type=click.IntRange(min=1), metavar="M", help="Only the first M numbers of each."
)
@click.option("--dtype", type=click.Choice(["float32", "float16"]), help="Numbers of this type.")
@click.option("--normalize", is_flag=True, help="Bring each vector to length 1.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
@options.shared
def convert(
    source: str, target: str, to: str | None, words: str | None, force: bool, **choice: Any
) -> None:
    """Write the model or the vectors in IN to OUT, in another format.

    What IN is shows in its content, what OUT becomes in --to or its suffix: without a suffix it is
    a model folder. Memory holds the vocabulary and one block of rows, however large IN is. IN may
    be a part of a model, MODEL/PART.

    \b
    rowspace convert glove.6B.300d.txt glove
    rowspace convert cc.en.300.bin vectors.txt --limit 100000
    rowspace convert model vectors.bin --to word2vec-binary --normalize
    rowspace convert nested small --prefix 64
    """
    from rowspace import files

    output = Output.here()
    if words is not None:
        with lines(words) as stream:
            choice["words"] = [word for word in stream if word]
    large = os.path.isfile(source) and os.path.getsize(source) >= LARGE
    if large:
        output.say(f"reading {source}")
    done = files.convert(
        source, target, to=to, force=force, progress=telling(output, target), **choice
    )
    if to is None and Path(target).suffix == ".bin":
        output.say(f"note: {target} is written as {done.format}; --to chooses another format")
    if done.missing:
        output.warn(f"{done.missing} of the words are not in {source}")
    if done.untrained:
        output.warn(
            f"{source} was not trained for its first {done.dim} numbers to stand alone "
            "(rowspace train words --nested); rowspace compress --dim keeps more of it"
        )
    report(output, "converted", done)


def report(output: Output, kind: str, done: Any, **more: Any) -> None:
    """The last line of a command that wrote vectors."""
    fields = {name: getattr(done, name) for name in ("format", "items", "dim", "missing")}
    if done.parts:
        fields["parts"] = list(done.parts)
    output.emit(kind, path=str(done.path), bytes=done.size, **fields, **more)
    held = f"{done.items} x {done.dim}" if done.dim else f"{len(done.parts)} parts"
    output.say(f"{held} in {visible(str(done.path))}: {done.format}, {done.size} bytes")


def telling(output: Output, target: str) -> Callable[[int, int], None]:
    """Says every few seconds how far the writing is."""
    last = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= LINE_EVERY:
            last = now
            output.emit("progress", done=done, of=of)
            output.say(f"writing {visible(target)}: {100 * done // max(1, of)} %")

    return tell
