"""The tree of commands."""

from __future__ import annotations

import click

from rowspace.cli.lazy import LazyGroup
from rowspace.cli.options import shared

SECTIONS = {
    "Begin": {
        "demo": ("rowspace.cli.demo:demo", "Train on Python's own documentation, offline."),
    },
    "Train": {
        "train": ("rowspace.cli.app:train", "Train a model from data."),
        "phrases": ("rowspace.cli.phrases:phrases_of", "Words that belong together (new_york)."),
        "tune": ("rowspace.cli.app:tune", "Which settings suit your data."),
    },
    "Ask": {
        "nearest": ("rowspace.cli.ask:nearest", "The items nearest to an item."),
        "analogy": ("rowspace.cli.ask:analogy", "A is to B as C is to …"),
        "similarity": ("rowspace.cli.ask:similarity", "How alike two items are."),
        "encode": ("rowspace.cli.encode:encode", "The vectors of words or texts."),
        "draw": ("rowspace.cli.draw:draw", "A picture of vectors in the plane."),
        "predict": (
            "rowspace.cli.predict:predict",
            "Labels of texts, targets of rows, tags, translations, more text.",
        ),
        "recommend": ("rowspace.cli.recommend:recommend", "Items for a user, known or new."),
        "map": ("rowspace.cli.map:map_of", "A map of a model's items, kept in the model."),
        "serve": ("rowspace.cli.serve:serve", "A page and a JSON interface for models."),
    },
    "Move": {
        "convert": ("rowspace.cli.convert:convert", "A model or vectors in another format."),
        "compress": ("rowspace.cli.compress:compress", "A smaller model, and what that costs."),
        "align": ("rowspace.cli.align:align", "Turn one space of vectors into another."),
        "merge": ("rowspace.cli.merge:merge", "One vocabulary of several."),
    },
    "Judge": {
        "evaluate": (
            "rowspace.cli.evaluate:evaluate",
            "Score a model on lists, labels, texts; compare it with another.",
        ),
        "report": (
            "rowspace.cli.report:report",
            "All about a model in one page: curves, scores, neighbours, a map.",
        ),
        "info": ("rowspace.cli.info:info", "What a model is and how it was made."),
        "doctor": ("rowspace.cli.doctor:doctor", "What this machine offers, what is missing."),
    },
}
TRAINERS = {
    "What to train": {
        "words": ("rowspace.cli.train_words:words", "Word vectors from text."),
        "recommend": (
            "rowspace.cli.train_recommend:recommend",
            "Vectors of users and items, from who met what.",
        ),
        "classify": ("rowspace.cli.train_classify:classify", "Labels of texts."),
        "table": (
            "rowspace.cli.train_table:table",
            "Vectors of a table's columns, and its target.",
        ),
        "tag": ("rowspace.cli.train_tag:tag", "Tags of words: names, parts of speech."),
        "translate": (
            "rowspace.cli.train_translate:translate",
            "Sentences into another language.",
        ),
        "generate": ("rowspace.cli.train_generate:generate", "More text like a text."),
    },
}
TUNERS = {
    "What to choose": {
        "dimension": (
            "rowspace.cli.tune_dimension:dimension",
            "How many numbers a vector needs.",
        ),
        "unseen": ("rowspace.cli.tune_unseen:unseen", "What to do about unseen words."),
    },
}


@click.group(
    cls=LazyGroup,
    sections=SECTIONS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Each command has its own --help. Exit codes: docs/command-line.md.",
)
@click.option("--version", is_flag=True, help="Show the version and leave.")
@shared
@click.pass_context
def app(ctx: click.Context, version: bool) -> None:
    """An embedding layer, whole: from text to trained vectors to answers."""
    from rowspace.cli.failures import version as installed
    from rowspace.cli.output import Output

    if version:
        Output.here().emit("version", f"rowspace {installed()}", version=installed())
        ctx.exit(0)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@click.group(cls=LazyGroup, sections=TRAINERS, invoke_without_command=True)
@shared
@click.pass_context
def train(ctx: click.Context) -> None:
    """Train a model from data."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@click.group(cls=LazyGroup, sections=TUNERS, invoke_without_command=True)
@shared
@click.pass_context
def tune(ctx: click.Context) -> None:
    """Which settings suit your data."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
