"""`rowspace train table`: a table in, a model that predicts one of its columns out."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from rowspace.cli import configuration, options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.show_progress import shown
from rowspace.cli.table_settings import SETTINGS
from rowspace.cli.train_words import require_free
from rowspace.cli.trainer import chosen, options_of, print_settings, show_scores


@click.command(short_help="Vectors of a table's columns, and its target.")
@click.argument("data", nargs=-1)
@click.option("-o", "--output", "place", type=click.Path(), help="The model folder to write.")
@click.option("--target", help="The column to predict.")
@click.option("--test", help="A table that is judged at the end, and chosen by in nothing.")
@options_of(SETTINGS)
@click.option(
    "--baselines/--no-baselines",
    default=True,
    show_default=True,
    help="Learn the same by one-hot columns and others, and show that beside the result.",
)
@click.option("--force", is_flag=True, help="Write over an existing model.")
@click.option(
    "--config",
    type=click.Path(),
    is_eager=True,
    callback=configuration.configured,
    help="Settings from a TOML file; options win over it.",
)
@click.option(
    "--print-config", is_flag=True, help="Show every setting and its origin; no training."
)
@options.shared
@click.pass_context
def table(ctx: click.Context, /, **given: Any) -> None:
    """Predict the column --target of DATA (CSV, TSV, JSONL or parquet files, or - for stdin) by
    its other columns. Each level of a column gets a vector, which can be looked up and drawn.

    \b
    rowspace train table adult.csv --target income -o model
    rowspace train table houses.csv --target price --ignore id -o model --test more.csv
    rowspace predict model new.csv
    rowspace nearest model/education Bachelors
    rowspace draw model/education -o education.svg
    """
    output = Output.here()
    if given["print_config"]:
        from rowspace.objectives.columns import Columns
        from rowspace.training.table import Reading

        print_settings(output, ctx, SETTINGS, (Columns, Reading))
        return
    if not given["data"]:
        raise Mistake("no table given", hint="rowspace train table DATA --target COLUMN -o MODEL")
    if given["target"] is None:
        raise Mistake("no column to predict given", hint="--target COLUMN")
    if given["place"] is None:
        raise Mistake("no place for the model given", hint="-o MODEL")
    if not given["force"]:
        require_free(Path(given["place"]), resume=False)
    train(output, given)


def train(output: Output, given: dict[str, Any]) -> None:
    """Run it, show it, and say what came of it."""
    from rowspace.training.table import train_table

    data, place = list(given["data"]), given["place"]
    with shown(output) as progress:
        model = train_table(
            data[0] if len(data) == 1 else data,
            given["target"],
            output=place,
            test=given["test"],
            baselines=given["baselines"],
            progress=progress,
            **chosen(SETTINGS, given),
        )
    show(output, model.record)
    output.emit("model", path=place, parts=list(model.parts), seconds=model.record["seconds"])
    output.say(f"{len(model.parts)} columns in {visible(place)}")
    output.say(f"next: rowspace predict {shlex.quote(place)} {shlex.quote(data[0])}")


def show(output: Output, record: dict[str, Any]) -> None:
    """The scores beside those of simpler ways, and what a row takes."""
    show_scores(output, record)
    memory = record["memory"]
    if output.json:
        output.emit("memory", **memory)
        return
    output.write(
        f"a row is {memory['one_hot']['numbers_a_row']:,} numbers one-hot, "
        f"{memory['embedding']['numbers_a_row']:,} as vectors "
        f"(their table: {memory['embedding']['table_bytes']:,} bytes)"
    )
