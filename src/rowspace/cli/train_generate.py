"""`rowspace train generate`: a text in, a network that writes on out."""

from __future__ import annotations

from dataclasses import make_dataclass
from functools import partial
from typing import Any

import click

from rowspace.cli.failures import Mistake
from rowspace.cli.generate_settings import RUN_DEFAULTS, SETTINGS
from rowspace.cli.output import Output
from rowspace.cli.train_network import finished, network_options, place_of, run_of
from rowspace.cli.trainer import print_settings


@click.command(short_help="More text like a text.")
@click.argument("data", nargs=-1)
@click.option("--test", help="A text that is judged at the end, and chosen by in nothing.")
@network_options(SETTINGS)
@click.pass_context
def generate(ctx: click.Context, /, **given: Any) -> None:
    """Learn to go on with the text in DATA: files, folders, globs, compressed or not, CSV or JSONL
    with --column, or - for stdin. The last tenth of it judges.

    \b
    rowspace train generate shakespeare.txt -o poet
    rowspace train generate shakespeare.txt -o poet --encoder transformer --dim 192 --layers 4
    rowspace train generate wiki.txt -o writer --units words --from vectors
    rowspace predict poet --prompt "To be" --temperature 0.8 --seed 3
    """
    output = Output.here()
    if given["print_config"]:
        from rowspace.networks.generate import GenerateSettings
        from rowspace.networks.generate_units import UnitSettings
        from rowspace.networks.settings import Run

        own = make_dataclass("Own", [(name, Any, value) for name, value in RUN_DEFAULTS.items()])
        print_settings(output, ctx, SETTINGS, (GenerateSettings, UnitSettings, Run, own))
        return
    if not given["data"]:
        raise Mistake("no text given", hint="rowspace train generate TEXT -o MODEL")
    place = place_of(given, "rowspace train generate TEXT -o MODEL")
    from rowspace.networks.generating import train_generator

    data = list(given["data"])
    function = partial(train_generator, test=given["test"])
    model = run_of(output, function, [data[0] if len(data) == 1 else data], SETTINGS, given)
    finished(output, place, model, 'predict {model} --prompt "…"')
