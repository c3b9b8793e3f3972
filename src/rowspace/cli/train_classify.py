"""`rowspace train classify`: texts with labels in, a model that tells them out."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from rowspace.cli import configuration, options
from rowspace.cli.autotune import limits, searched, show_trials
from rowspace.cli.classify_settings import SETTINGS
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.show_progress import shown
from rowspace.cli.train_words import require_free
from rowspace.cli.trainer import chosen, options_of, print_settings, show_scores, stopped
from rowspace.memory import human


@click.command(short_help="Labels of texts.")
@click.argument("data", nargs=-1)
@click.option("-o", "--output", "place", type=click.Path(), help="The model folder to write.")
@options_of(SETTINGS)
@limits
@click.option("--from", "from", type=click.Path(), help="Words start from these vectors.")
@click.option("--test", help="A file that is judged at the end, and chosen by in nothing.")
@click.option(
    "--baselines/--no-baselines",
    default=True,
    show_default=True,
    help="Learn the same by bags of words and others, and show that beside the result.",
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
def classify(ctx: click.Context, /, **given: Any) -> None:
    """Learn the labels of the texts in DATA: a CSV, TSV, JSONL or parquet file with a column of
    texts and one of labels, or lines that begin with __label__…, as fastText has them.

    \b
    rowspace train classify reviews.csv --label stars -o model
    rowspace train classify train.txt -o model --test test.txt
    rowspace train classify tags.jsonl --label tags --loss ova -o model
    rowspace train classify reviews.csv -o model --budget 2m
    rowspace train classify sms.csv -o model --from vectors --columns sender,hour
    rowspace predict model new.txt
    """
    output = Output.here()
    if given["print_config"]:
        from rowspace.objectives.labels import Labels
        from rowspace.training.classify_settings import Run
        from rowspace.training.labelled import TextReading

        print_settings(output, ctx, SETTINGS, (Labels, TextReading, Run))
        return
    if not given["data"]:
        raise Mistake("no texts given", hint="rowspace train classify DATA -o MODEL")
    if given["place"] is None:
        raise Mistake("no place for the model given", hint="-o MODEL")
    if given["freeze"] and given["from"] is None:
        raise Mistake("--freeze keeps rows that came from --from", hint="--from VECTORS")
    if not given["force"]:
        require_free(Path(given["place"]), resume=False)
    train(output, given)


def train(output: Output, given: dict[str, Any]) -> None:
    """Run it, show it, and say what came of it."""
    from rowspace.training.autotune import autotune
    from rowspace.training.classify import train_classifier
    from rowspace.training.interrupt import Stopped

    data, place = list(given["data"]), given["place"]
    search = searched(given)
    try:
        with shown(output) as progress:
            model = (train_classifier if search is None else autotune)(
                data[0] if len(data) == 1 else data,
                output=place,
                test=given["test"],
                start=given["from"],
                baselines=given["baselines"],
                progress=progress,
                **(search or {}),
                **chosen(SETTINGS, given),
            )
    except Stopped as stop:
        raise click.exceptions.Exit(stopped(output, stop.signal, stop.kept)) from None
    if search is not None:
        show_trials(output, model.record)
    show(output, model.record)
    found = model.record["data"]
    output.emit(
        "model", path=place, labels=found["labels"], texts=found["texts"],
        epoch=model.record["best_epoch"], seconds=model.record["seconds"],
    )  # fmt: skip
    output.say(
        f"{found['labels']:,} labels, learned from {found['texts']:,} texts in "
        f"{model.record['training_seconds']:.1f} s, epoch {model.record['best_epoch']}, "
        f"in {visible(place)}"
    )
    if search is not None and model.record["autotune"]["interrupted"]:
        raise click.exceptions.Exit(stopped(output, 2, f"the best so far is in {place}"))
    asked = given["test"] or data[0]
    output.say(f"next: rowspace predict {shlex.quote(place)} {shlex.quote(asked)}")


def show(output: Output, record: dict[str, Any]) -> None:
    """The scores beside those of simpler ways, and what a text takes."""
    if "scores" in record:
        show_scores(output, record, "texts")
    else:
        output.say("not judged: there is no validation part and no --test")
    for label, count in list(record.get("unseen_labels", {}).items())[:3]:
        output.say(f"{count:,} texts have the label {visible(label)!r:.60}, unseen in training")
    memory = record["memory"]
    if output.json:
        output.emit("memory", **memory)
        return
    own, words = memory["embedding"], memory.get("one_hot")
    beside = ""
    if words:
        beside = (
            f"; of {words['numbers_a_text']:,} as a bag of words ({human(words['table_bytes'])})"
        )
    output.write(
        f"a text is a vector of {own['numbers_a_text']:,} numbers "
        f"(tables: {human(own['table_bytes'])}){beside}"
    )
