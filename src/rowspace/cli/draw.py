"""`rowspace draw`: vectors in the plane, as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible


@click.command(short_help="A picture of vectors in the plane.")
@options.model
@click.option("-o", "--output", "place", type=click.Path(), help="The .svg file to write.")
@click.option(
    "--first",
    type=click.IntRange(min=2),
    default=150,
    show_default=True,
    help="Draw the N most frequent items.",
)
@click.option("--title", help="What stands above it.  [default: MODEL]")
@options.shared
def draw(model_path: str, place: str | None, first: int, title: str | None) -> None:
    """The vectors of MODEL along their two principal components, as an SVG picture.

    Each item is a point, larger the more often it was seen, with its name beside it where there is
    room. Of a table's or a recommender's model it draws a part: MODEL/PART.

    \b
    rowspace draw model/education -o education.svg
    rowspace draw words --first 60 -o words.svg
    """
    from rowspace.files.picture import draw as written

    output = Output.here()
    if place is None:
        raise Mistake("no place for the picture given", hint="-o picture.svg")
    if Path(place).suffix.lower() != ".svg":
        raise Mistake(f"a picture is written as .svg, not {Path(place).suffix or 'without one'}",
                      hint=f"-o {Path(place).stem or 'picture'}.svg")  # fmt: skip
    vectors = options.opened(model_path).vectors
    written(vectors, place, title or model_path, first=first)
    items = min(first, len(vectors))
    output.emit("picture", path=place, items=items)
    output.say(f"{items} items in {visible(place)}")
