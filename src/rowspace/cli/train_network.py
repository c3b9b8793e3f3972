"""What `train tag`, `train translate` and `train generate` share: options, the run, the result."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import configuration, options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.cli.settings import Setting
from rowspace.cli.show_progress import shown
from rowspace.cli.train_words import interrupted, require_free
from rowspace.cli.trainer import (
    CELL,
    WIDE,
    aligned,
    chosen,
    number,
    options_of,
    show_scores,
    stopped,
)

if TYPE_CHECKING:
    from rowspace.vectors.model import Model

SHARED = (
    click.option("-o", "--output", "place", type=click.Path(), help="The model folder to write."),
    click.option("--from", "from", type=click.Path(), help="Rows start from these vectors."),
    click.option("--budget", help="Train for so long: 10m, 90s, 1h30m; the rate goes by time."),
    click.option(
        "--compare",
        is_flag=True,
        help="Train from random rows, from scratch and, with --from, frozen and tuned; keep the "
        "best.",
    ),
    click.option(
        "--baselines/--no-baselines",
        default=True,
        show_default=True,
        help="Do the same by simpler ways, and show that beside the result.",
    ),
    click.option("--resume", is_flag=True, help="Go on with an interrupted run of this model."),
    click.option("--force", is_flag=True, help="Write over an existing model."),
    click.option(
        "--config",
        type=click.Path(),
        is_eager=True,
        callback=configuration.configured,
        help="Settings from a TOML file; options win over it.",
    ),
    click.option(
        "--print-config", is_flag=True, help="Show every setting and its origin; no training."
    ),
)


def network_options(settings: Sequence[Setting]) -> Callable[..., Any]:
    """A decorator: the options of a network's settings, and those that all networks share."""

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        command = options.shared(command)
        for option in reversed(SHARED):
            command = option(command)
        return options_of(settings)(command)

    return decorated


def place_of(given: Mapping[str, Any], missing: str) -> str:
    """Where the model goes. Raises Mistake without one (`missing`: how the line goes), or where a
    model is already."""
    if given["place"] is None:
        raise Mistake("no place for the model given", hint=missing)
    if not given["force"] and not given["resume"]:
        require_free(Path(given["place"]), resume=False)
    return str(given["place"])


def run_of(
    output: Output,
    function: Callable[..., Model],
    data: Sequence[Any],
    settings: Sequence[Setting],
    given: Mapping[str, Any],
) -> Model:
    """Train, showing how it goes, and show the result. Leaves with the code of a signal."""
    from rowspace.training.interrupt import Interrupted, Stopped

    found = chosen(settings, given)
    if given["budget"] is not None:
        from rowspace.training.autotune_budget import seconds_of_budget

        found["budget"] = seconds_of_budget(given["budget"])
    try:
        with shown(output) as progress:
            model = function(
                *data,
                output=given["place"],
                start=given["from"],
                resume=given["resume"],
                compare=given["compare"],
                baselines=given["baselines"],
                progress=progress,
                **found,
            )
    except Interrupted as stop:
        raise click.exceptions.Exit(interrupted(output, stop.signal)) from None
    except Stopped as stop:
        raise click.exceptions.Exit(stopped(output, stop.signal, stop.kept)) from None
    _show(output, model.record)
    return model


def finished(output: Output, place: str, model: Model, line: str) -> None:
    """The last words: what the model is, and the next line to type."""
    record = model.record
    output.emit(
        "model", path=place, items=len(model.vectors), dim=model.vectors.dim,
        parameters=record["parameters"]["all"], epoch=record["best_epoch"],
        seconds=record["seconds"],
    )  # fmt: skip
    output.say(
        f"{record['parameters']['all']:,} numbers, {record['parameters']['tables']:,} of them in "
        f"tables, learned in {record['training_seconds']:.1f} s, in {visible(place)}"
    )
    output.say(f"next: rowspace {line.format(model=shlex.quote(place))}")


def _show(output: Output, record: Mapping[str, Any]) -> None:
    if "scores" in record:
        show_scores(output, record, str(record.get("judged", "cases")))
    else:
        output.say("not judged: there is no validation part and no --test")
    if "compare" in record:
        _show_compared(output, record["compare"])


def _show_compared(output: Output, variants: Sequence[Mapping[str, Any]]) -> None:
    """Each variant's scores and seconds, a line each."""
    if output.json:
        for one in variants:
            output.emit("variant", **one)
        return
    names = [score["name"] for score in variants[0]["scores"]]
    output.head("what the rows start from")
    titles = [*names, "seconds"]
    widths = [max(CELL, len(name) + 2) for name in titles]
    output.write(" " * WIDE + aligned(titles, widths))
    for one in variants:
        found = {score["name"]: score["value"] for score in one["scores"]}
        cells = [number(found.get(name)) for name in names] + [f"{one['seconds']:.0f}"]
        output.write(f"{one['name']:<{WIDE}}" + aligned(cells, widths))
