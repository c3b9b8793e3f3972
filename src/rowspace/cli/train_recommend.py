"""`rowspace train recommend`: who met what in, a model that recommends out."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from rowspace.cli import configuration, options
from rowspace.cli.failures import INTERRUPTED, TERMINATED, Failure, Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.recommend_settings import COLUMN, SETTINGS, converted, settings
from rowspace.cli.show_progress import shown
from rowspace.cli.train_words import require_free, toml

ORIGINS = {"COMMANDLINE": "option", "ENVIRONMENT": "environment", "DEFAULT_MAP": "config"}
SHOWN = ("ndcg@10", "recall@10", "mrr", "ndcg@50", "recall@50", "coverage@50")


@click.command(short_help="Vectors of users and items, from who met what.")
@click.argument("data", nargs=-1)
@click.option("-o", "--output", "place", type=click.Path(), help="The model folder to write.")
@click.option("--user-features", type=click.Path(), help="A table of users and their features.")
@click.option("--item-features", type=click.Path(), help="A table of items and their features.")
@settings
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
def recommend(ctx: click.Context, /, **given: Any) -> None:
    """Vectors of users and items from DATA (CSV, TSV, JSONL or parquet files, or - for stdin): a
    row an interaction, with columns user and item, and rating and time where there are any.

    \b
    rowspace train recommend ratings.csv -o model
    rowspace train recommend ratings.csv -o model --min-rating 4 --item-features movies.csv
    rowspace recommend model --user 17 -k 10
    rowspace recommend model --items "Heat,Ronin"
    rowspace nearest model 260
    """
    output = Output.here()
    if given["print_config"]:
        print_config(output, ctx)
        return
    if not given["data"]:
        raise Mistake("no interactions given", hint="rowspace train recommend DATA -o MODEL")
    if given["place"] is None:
        raise Mistake("no place for the model given", hint="-o MODEL")
    if not given["force"]:
        require_free(Path(given["place"]), resume=False)
    train(output, given)


def train(output: Output, given: dict[str, Any]) -> None:
    """Run it, show it, and say what came of it."""
    from rowspace.training.interrupt import Interrupted
    from rowspace.training.recommend import train_recommender

    data, place = list(given["data"]), given["place"]
    names = [one.field for one in SETTINGS]
    chosen = {name: converted(name, given[name]) for name in names if given[name] is not None}
    try:
        with shown(output) as progress:
            model = train_recommender(
                data[0] if len(data) == 1 else data,
                output=place,
                user_features=given["user_features"],
                item_features=given["item_features"],
                progress=progress,
                **chosen,
            )
    except Interrupted as stop:
        code = TERMINATED if stop.signal == 15 else INTERRUPTED
        Failure(code, f"interrupted; the best model so far is kept in {place}").report(output)
        if output.json:
            output.emit("interrupted", signal=stop.signal, path=place)
        raise click.exceptions.Exit(code) from None
    show(output, model.record)
    users = len(model.parts["users"].vectors)
    output.emit("model", path=place, items=len(model.vectors), users=users,
                dim=model.vectors.dim, seconds=model.record["seconds"])  # fmt: skip
    output.say(f"{users:,} users and {len(model.vectors):,} items in {visible(place)}")
    first = model.parts["users"].vectors.vocabulary.item(0)
    output.say(f"next: rowspace recommend {shlex.quote(place)} --user {shlex.quote(first)}")


def show(output: Output, record: dict[str, Any]) -> None:
    """The scores beside those of simpler ways, and what each takes to keep."""
    memory = record["memory"]
    if output.json:
        for score in record.get("scores", []):
            output.emit("score", on="validation", **without_type(score))
        for one in record.get("baselines", []):
            output.emit("baseline", **one)
        output.emit("memory", **memory)
        return
    for line in table(record):
        output.write(line)
    output.write(
        f"users x items one-hot: {memory['one_hot']:,} bytes; as a sparse matrix "
        f"{memory['interactions']:,}; vectors {memory['embeddings']:,}"
    )


def table(record: dict[str, Any]) -> Iterator[str]:
    """Scores, a line a way."""
    if not record.get("scores"):
        return
    n = record["scores"][0]["n"]
    yield f"on the validation part ({record['validation']}), {n:,} users, all items ranked"
    yield f"{'':<12}" + "".join(f"{name:>12}" for name in SHOWN) + f"{'bytes':>14}"
    rows = [("this model", record["scores"], record["memory"]["embeddings"])]
    rows += [(one["name"], one["scores"], one["bytes"]) for one in record["baselines"]]
    for title, scores, size in rows:
        found = {score["name"]: score["value"] for score in scores}
        cells = [found.get(name) for name in SHOWN]
        line = "".join(f"{'-' if cell is None else f'{cell:.4f}':>12}" for cell in cells)
        yield f"{title:<12}{line}{size:>14,}"


def without_type(score: dict[str, Any]) -> dict[str, Any]:
    """A score's fields."""
    return {name: value for name, value in score.items() if name != "type"}


def print_config(output: Output, ctx: click.Context) -> None:
    """Every setting as TOML that --config takes back, with where its value came from."""
    from rowspace.objectives.interactions import Ranking
    from rowspace.training.recommend_settings import Course

    own = {one.name: one.default for kind in (Ranking, Course) for one in fields(kind)}
    for one in SETTINGS:
        source = ctx.get_parameter_source(one.field)
        origin = ORIGINS.get(source.name if source else "", "default")
        value = ctx.params[one.field]
        if value is None:
            value, origin = None if one.owner == COLUMN else own[one.field], "default"
        text = f"{one.field} = {toml(value)}" if value is not None else f"# {one.field} ="
        output.emit("setting", f"{text:<32} # {origin}", name=one.field, value=value, origin=origin)
