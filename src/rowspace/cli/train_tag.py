"""`rowspace train tag`: words with tags in, a network that tags text out."""

from __future__ import annotations

from dataclasses import make_dataclass
from functools import partial
from typing import Any

import click

from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output
from rowspace.cli.tag_settings import RUN_DEFAULTS, SETTINGS
from rowspace.cli.train_network import finished, network_options, place_of, run_of
from rowspace.cli.trainer import print_settings


@click.command(short_help="Tags of words: names, parts of speech.")
@click.argument("data", nargs=-1)
@click.option("--test", help="A file that is judged at the end, and chosen by in nothing.")
@network_options(SETTINGS)
@click.pass_context
def tag(ctx: click.Context, /, **given: Any) -> None:
    """Learn the tags of the words in DATA: a word a line with its tag behind it and a blank line
    between sentences (CoNLL), CoNLL-U, or sentences of word/tag. IOB1, IOB2 and BIOES are told
    apart by themselves.

    \b
    rowspace train tag train.conll -o tagger --valid dev.conll --test test.conll
    rowspace train tag train.conll -o tagger --from vectors --budget 10m
    rowspace train tag treebank.conllu -o tagger
    rowspace predict tagger news.txt
    """
    output = Output.here()
    if given["print_config"]:
        from rowspace.corpus.conll import TagReading
        from rowspace.networks.settings import Run
        from rowspace.networks.tag import TagSettings

        own = make_dataclass("Own", [(name, Any, value) for name, value in RUN_DEFAULTS.items()])
        print_settings(output, ctx, SETTINGS, (TagSettings, TagReading, Run, own))
        return
    if not given["data"]:
        raise Mistake("no data given", hint="rowspace train tag DATA -o MODEL")
    place = place_of(given, "rowspace train tag DATA -o MODEL")
    from rowspace.networks.tagging import train_tagger

    data = list(given["data"])
    function = partial(train_tagger, test=given["test"])
    model = run_of(output, function, [data[0] if len(data) == 1 else data], SETTINGS, given)
    show_types(output, model.record)
    finished(output, place, model, "predict {model} - < text.txt")


def show_types(output: Output, record: dict[str, Any]) -> None:
    """Each type's figures, where there are a few."""
    from rowspace.cli.output import visible

    rows = record.get("types", [])
    if not rows or output.json:
        for row in rows:
            output.emit("label", **row)
        return
    wide = max(12, *(len(visible(row["label"])) for row in rows))
    output.head(f"{'type':<{wide}}  precision  recall      f1   cases  answers")
    for row in rows:
        cells = "  ".join(f"{row[name]['value']:>7.4f}" for name in ("precision", "recall", "f1"))
        output.write(
            f"{visible(row['label']):<{wide}}    {cells}  {row['cases']:>6}  {row['answers']:>7}"
        )
