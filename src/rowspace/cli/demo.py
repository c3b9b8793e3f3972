"""`rowspace demo`: train on Python's own documentation, and look at what was learned."""

from __future__ import annotations

import shlex
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rowspace.cli import options
from rowspace.cli.failures import INTERRUPTED, TERMINATED, Failure, Mistake
from rowspace.cli.output import Output
from rowspace.cli.show_progress import shown

if TYPE_CHECKING:
    from rowspace.cli.compare import Comparison
    from rowspace.vectors.model import Model

ASKED = ("list", "file", "error", "thread", "integer", "method")
NEIGHBOURS = 5


@click.command(short_help="Train on Python's own documentation, offline.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(),
    help="Folder for the text and the model; a temporary one if not given.",
)
@click.option(
    "--epochs",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Passes over the text.",
)
@click.option(
    "--threads", type=click.IntRange(min=1), help="Threads that train; all cores if not given."
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Where the randomness starts.",
)
@click.option("--force", is_flag=True, help="Write over what is in the folder.")
@options.shared
def demo(target: str | None, epochs: int, threads: int | None, seed: int, force: bool) -> None:
    """Word vectors from the text that every Python carries: its language reference and the
    docstrings of its library. Offline, under a minute on two cores.
    """
    output = Output.here()
    folder = Path(target or tempfile.mkdtemp(prefix="rowspace-demo-"))
    if target is not None and folder.exists() and any(folder.iterdir()) and not force:
        raise Mistake(f"{folder} exists and is not empty", hint="--force writes over it")
    corpus = folder / "python-documentation.txt"
    began = time.monotonic()
    collect(output, corpus)
    model = trained(output, corpus, folder / "model", epochs, threads, seed)
    output.say(f"trained in {time.monotonic() - began:.0f} s, all included")
    show_neighbours(output, model)
    from rowspace.cli.compare import compare

    show_comparison(output, compare(model.vectors, seed=seed))
    suggest(output, folder / "model", corpus)


def collect(output: Output, corpus: Path) -> None:
    """Write the documentation as text, a paragraph a line."""
    from rowspace.cli.documentation import paragraphs

    output.say("collecting Python's own documentation (sources are read, not run) …")
    corpus.parent.mkdir(parents=True, exist_ok=True)
    with open(corpus, "w", encoding="utf-8", errors="replace") as file:
        file.writelines(line + "\n" for line in paragraphs())
    size = corpus.stat().st_size
    output.emit("corpus", path=str(corpus), bytes=size)
    output.say(f"{size / 1e6:.1f} MB of text in {corpus}")


def trained(
    output: Output, corpus: Path, target: Path, epochs: int, threads: int | None, seed: int
) -> Model:
    """Skip-gram, small enough for a minute."""
    import rowspace as rs
    from rowspace import training

    try:
        with shown(output) as progress:
            return rs.train(
                rs.SkipGram(dim=100, window=5, negative=5, sample=1e-3),
                corpus,
                output=target,
                progress=progress,
                epochs=epochs,
                seed=seed,
                threads=threads,
            )
    except training.Interrupted as stop:
        code = TERMINATED if stop.signal == 15 else INTERRUPTED
        raise click.exceptions.Exit(Failure(code, "interrupted").report(output)) from None


def show_neighbours(output: Output, model: Model) -> None:
    """What stands near a few words that every Python's documentation has."""
    output.head("\nWhat it learned: each word and its nearest neighbours")
    for word in ASKED:
        if word not in model.vectors:
            continue
        found = model.vectors.nearest(word, k=NEIGHBOURS)
        line = ", ".join(f"{item} {score:.2f}" for item, score in found)
        output.emit(
            "neighbours",
            f"  {word:<9} {line}",
            query=word,
            neighbours=[{"item": item, "score": score} for item, score in found],
        )


def show_comparison(output: Output, found: Comparison) -> None:
    """Learned against random, with intervals."""
    output.head(
        f"\nLearned against random: {found.pairs} pairs of a word and its plural. How often is the"
        "\nplural nearer than another word of about its frequency? Spelling was never looked at.",
    )
    for name, score in (("learned", found.learned), ("random", found.random)):
        value, low, high = score
        output.emit(
            "score",
            f"  {name:<9} {value:.1%}  [{low:.1%}, {high:.1%}]",
            name=f"plural nearer, {name}",
            value=value,
            n=found.pairs,
            coverage=1.0,
            low=low,
            high=high,
        )


def suggest(output: Output, model: Path, corpus: Path) -> None:
    """What to try next."""
    output.flush()
    place = shlex.quote(str(model))
    output.say(
        "\nNext:\n"
        f"  rowspace nearest {place} exception\n"
        f"  rowspace analogy {place} list lists file\n"
        f"  rowspace info {place}\n"
        f"  rowspace train words {shlex.quote(str(corpus))} -o subwords --unseen subwords\n"
        f"  rowspace train words YOUR-TEXT -o my-model"
    )
