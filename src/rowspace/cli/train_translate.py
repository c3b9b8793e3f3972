"""`rowspace train translate`: sentences in two languages in, a network that translates out."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output
from rowspace.cli.train_network import finished, network_options, place_of, run_of
from rowspace.cli.trainer import print_settings
from rowspace.cli.translate_settings import SETTINGS


@click.command(short_help="Sentences into another language.")
@click.argument("data", nargs=-1)
@click.option("--test", help="Pairs that are judged at the end, and chosen by in nothing.")
@network_options(SETTINGS)
@click.pass_context
def translate(ctx: click.Context, /, **given: Any) -> None:
    """Learn to translate from the pairs in DATA: two files, of which line n of one means line n of
    the other, or one file with two columns. Where an option takes pairs, two files are written with
    a comma between.

    \b
    rowspace train translate train.en train.de -o model --valid val.en,val.de
    rowspace train translate train.en.gz train.de.gz -o model --test test.en,test.de --budget 30m
    rowspace train translate pairs.tsv -o model
    rowspace train translate pairs.csv -o model --source-column english --target-column german
    rowspace predict model - < text.en
    """
    output = Output.here()
    if given["print_config"]:
        from rowspace.corpus.parallel import ParallelReading
        from rowspace.networks.settings import Run
        from rowspace.networks.translate import TranslateSettings

        print_settings(output, ctx, SETTINGS, (TranslateSettings, ParallelReading, Run))
        return
    if not given["data"]:
        raise Mistake("no pairs given", hint="rowspace train translate SOURCE TARGET -o MODEL")
    place = place_of(given, "rowspace train translate SOURCE TARGET -o MODEL")
    from rowspace.networks.translating import train_translator

    data = list(given["data"])
    function = partial(train_translator, test=given["test"])
    model = run_of(output, function, [data[0] if len(data) == 1 else data], SETTINGS, given)
    finished(output, place, model, "predict {model} - < text.txt")
