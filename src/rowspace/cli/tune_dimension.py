"""`rowspace tune dimension`: how many numbers a vector needs for these data."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.settings import LENGTHS, SETTINGS
from rowspace.cli.show_progress import shown
from rowspace.cli.train_words import require_free
from rowspace.cli.trainer import options_of, stopped
from rowspace.memory import human

if TYPE_CHECKING:
    from rowspace.training.dimension_curve import DimensionCurve, DimensionPoint

TAKEN = (
    "window", "negative", "sample", "epochs", "lr", "min_count", "max_size", "tokenizer", "lower",
    "column", "markup", "memory", "threads", "processes", "seed", "deterministic",
)  # fmt: skip
OWN = {"epochs": "5; labels 10", "lr": "0.025; labels 0.05", "min_count": "5; labels 1",
       "tokenizer": "words; labels marks"}  # fmt: skip
BAR = 24
LABELLED = ("text", "label", "separator", "loss")


def settings() -> tuple[Any, ...]:
    """Those of `train words` that say how text is read and trained."""
    named = {one.field: one for one in SETTINGS}
    return tuple(replace(named[name], default=OWN.get(name, named[name].default)) for name in TAKEN)


@click.command(short_help="How many numbers a vector needs.")
@click.argument("data", nargs=-1)
@click.option(
    "--dims", type=LENGTHS, help="What to compare.  [default: 16,32,64,128,256; labels 2,4,…,64]"
)
@click.option("--similarity", multiple=True, type=click.Path(), help="Word pairs to score as well.")
@click.option("--analogies", multiple=True, type=click.Path(), help="Questions to score as well.")
@click.option("--label", help="The column of labels: texts with labels are classified.")
@click.option("--text", help="The column of texts, beside --label.  [default: text]")
@click.option("--budget", help="Take no longer than about this: 2m, 90s, 1h30m.")
@click.option(
    "--held-out",
    type=click.FloatRange(0, 0.5, min_open=True),
    help="The share of running text that is not trained on.  [default: 0.05]",
)
@click.option("-o", "--output", "place", type=click.Path(), help="Keep the model in this folder.")
@click.option("--plot", type=click.Path(), help="Draw the curve into this .svg file.")
@options_of(settings())
@click.option("--force", is_flag=True, help="Write over an existing model.")
@options.shared
def dimension(data: tuple[str, ...], place: str | None, plot: str | None, **given: Any) -> None:
    """A curve of quality, memory and speed against the number of dimensions for DATA, and the
    smallest number that is enough: running text, or texts with labels.

    Text is trained once, so that the first 16, 32, 64 … numbers of each vector are vectors
    themselves, and judged on a part that is held out; -o keeps that model. Texts with labels are
    trained once for each dimension.

    \b
    rowspace tune dimension corpus.txt
    rowspace tune dimension corpus.txt --similarity ws353.tsv --budget 5m -o nested
    rowspace tune dimension reviews.csv --label stars --dims 4,8,16,32
    """
    output = Output.here()
    if not data:
        raise Mistake("no data given", hint="rowspace tune dimension corpus.txt")
    if plot is not None and Path(plot).suffix.lower() != ".svg":
        raise Mistake(f"a picture is written as .svg, not {plot!r:.60}", hint="--plot curve.svg")
    if place is not None and not given.pop("force"):
        require_free(Path(place), resume=False)
    given.pop("force", None)
    curve = found(output, list(data), place, given)
    show(output, curve)
    if plot is not None:
        from rowspace.files.curve_picture import draw

        draw(curve.as_json(), plot)
        output.say(f"the curve is in {visible(plot)}")
    if place is not None:
        output.emit("model", path=place, dim=curve.model.vectors.dim)
        output.say(next_line(place, curve))


def found(
    output: Output, data: list[str], place: str | None, given: dict[str, Any]
) -> DimensionCurve:
    """Train and judge, showing how far it is."""
    from rowspace.training.interrupt import Stopped
    from rowspace.training.tune_dimension import tune_dimension

    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        with shown(output) as progress:
            return tune_dimension(
                data[0] if len(data) == 1 else data, output=place, progress=progress, **chosen
            )
    except Stopped as stop:
        raise click.exceptions.Exit(stopped(output, stop.signal, "nothing is kept")) from None


def show(output: Output, curve: DimensionCurve) -> None:
    """The curve as a table with bars, the recommendation, and what the gap shows."""
    if output.json:
        output.emit("dimensions", **curve.as_json())
        return
    output.head(f"{curve.measure}: on what was held out, and on what was trained on")
    names = [one.name for one in curve.points[0].others]
    cells = [["dim", "held out", "95 % interval", "trained", "gap", *map(visible, names)]]
    cells[0] += ["memory", "look-ups/s", "query"]
    cells += [row(one) for one in curve.points]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    values = [one.valid.value for one in curve.points]
    low, high = min(values), max(values)
    for at, line in enumerate(cells):
        text = "  ".join(f"{cell:>{width}}" for cell, width in zip(line, widths, strict=True))
        share = (values[at - 1] - low) / (high - low) if at and high > low else 0.0
        mark = " <" if at and curve.points[at - 1].dim == curve.recommended else ""
        output.write(f"{text}  {'▇' * (1 + round(share * (BAR - 1))) if at else ''}{mark}".rstrip())
    output.write(f"recommended: {curve.recommended}")
    output.write(f"  {curve.reason}")
    for note in curve.notes:
        output.write(f"  {note}")


def row(point: DimensionPoint) -> list[str]:
    """The cells of one dimension."""
    return [
        str(point.dim),
        f"{point.valid.value:.4f}",
        f"[{point.valid.low:.4f}, {point.valid.high:.4f}]",
        f"{point.train.value:.4f}",
        f"{point.gap:+.4f}",
        *(f"{one.value:.4f}" for one in point.others),
        human(point.bytes),
        f"{point.lookups / 1e6:.1f} M",
        f"{point.query * 1e3:.2f} ms",
    ]


def next_line(place: str, curve: DimensionCurve) -> str:
    """How to go on with the model that was kept."""
    path = shlex.quote(place)
    if curve.kind == "text" and curve.recommended < curve.model.vectors.dim:
        return f"next: rowspace convert {path} smaller --prefix {curve.recommended}"
    return f"next: rowspace info {path}"
