"""`rowspace nearest`, `analogy`, `similarity`: questions to a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rowspace.cli import options
from rowspace.cli.answers import tell_unseen
from rowspace.cli.output import Output, visible

if TYPE_CHECKING:
    from rowspace.vectors.analogy import Method

NUMBER = click.IntRange(min=1)


@click.command(short_help="The items nearest to an item.")
@options.model
@click.argument("words", nargs=-1, required=True)
@click.option("-k", type=NUMBER, default=10, show_default=True, help="Neighbours to show.")
@click.option("--first", type=NUMBER, help="Search only the N most frequent items.")
@click.option("--exclude", multiple=True, metavar="WORD", help="Leave this one out; repeatable.")
@options.shared
def nearest(
    model_path: str, words: tuple[str, ...], k: int, first: int | None, exclude: tuple[str, ...]
) -> None:
    """The K items nearest to each WORD, by cosine."""
    output = Output.here()
    vectors = options.opened(model_path).vectors
    for place, word in enumerate(words):
        tell_unseen(output, vectors, [word])
        if len(words) > 1:
            output.head(("\n" if place else "") + visible(word))
        for item, score in vectors.nearest(word, k=k, first=first, exclude=exclude):
            line = f"{score:7.4f}  {visible(item)}"
            output.emit("neighbour", line, query=word, item=item, score=score)


@click.command(short_help="A is to B as C is to …")
@options.model
@click.argument("a")
@click.argument("b")
@click.argument("c")
@click.option("-k", type=NUMBER, default=10, show_default=True, help="Answers to show.")
@click.option("--first", type=NUMBER, help="Search only the N most frequent items.")
@click.option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    help="3CosAdd, or 3CosMul (Levy & Goldberg 2014).",
)
@options.shared
def analogy(
    model_path: str, a: str, b: str, c: str, k: int, first: int | None, method: Method
) -> None:
    """A is to B as C is to what? `rowspace analogy MODEL man king woman`"""
    output = Output.here()
    vectors = options.opened(model_path).vectors
    tell_unseen(output, vectors, [a, b, c])
    for item, score in vectors.analogy(a, b, c, k=k, first=first, method=method):
        line = f"{score:7.4f}  {visible(item)}"
        output.emit("answer", line, item=item, score=score, method=method)


@click.command(short_help="How alike two items are.")
@options.model
@click.argument("a")
@click.argument("b")
@options.shared
def similarity(model_path: str, a: str, b: str) -> None:
    """The cosine of A and B: 1 the same direction, 0 nothing in common."""
    output = Output.here()
    vectors = options.opened(model_path).vectors
    tell_unseen(output, vectors, [a, b])
    value = float(vectors.similarity(a, b))
    output.emit("similarity", f"{value:.4f}", a=a, b=b, value=value)
