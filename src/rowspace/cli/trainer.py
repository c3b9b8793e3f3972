"""What the commands that train for a task share: options of a table of settings, and the result
beside simpler ways of doing the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import click

from rowspace.cli.failures import INTERRUPTED, TERMINATED, Failure
from rowspace.cli.output import Output, visible
from rowspace.cli.settings import METAVARS, Setting, SettingOption
from rowspace.cli.train_words import toml

ORIGINS = {"COMMANDLINE": "option", "ENVIRONMENT": "environment", "DEFAULT_MAP": "config"}
WIDE, CELL = 34, 11


def options_of(settings: Sequence[Setting]) -> Callable[..., Any]:
    """A decorator: one option for each setting; what is not given stays None."""

    def decorated(command: Callable[..., Any]) -> Callable[..., Any]:
        for one in reversed(settings):
            command = click.option(
                one.spelled, one.field, type=one.kind, default=None, help=one.help,
                cls=SettingOption, shown=one.default,
                metavar=METAVARS.get(type(one.kind)) or METAVARS.get(one.kind),
            )(command)  # fmt: skip
        return command

    return decorated


def chosen(settings: Sequence[Setting], given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that were given, as the function in Python takes them."""
    found = {one.field: given[one.field] for one in settings}
    return {name: converted(name, value) for name, value in found.items() if value is not None}


def converted(field: str, value: Any) -> Any:
    """A share of the rows is a number, everything else as it is."""
    if field == "valid" and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def print_settings(
    output: Output, ctx: click.Context, settings: Sequence[Setting], kinds: Sequence[type]
) -> None:
    """Every setting as TOML that --config takes back, with where its value came from. `kinds`: the
    dataclasses that know the defaults."""
    own = {one.name: one.default for kind in kinds for one in fields(kind)}
    for one in settings:
        source = ctx.get_parameter_source(one.field)
        origin = ORIGINS.get(source.name if source else "", "default")
        value = ctx.params[one.field]
        if value is None:
            value, origin = own[one.field], "default"
        value = converted(one.field, value)
        if isinstance(value, tuple):
            value = ",".join(map(str, value)) or None
        text = f"{one.field} = {toml(value)}" if value is not None else f"# {one.field} ="
        output.emit("setting", f"{text:<32} # {origin}", name=one.field, value=value, origin=origin)


def show_scores(output: Output, record: Mapping[str, Any], rows: str = "rows") -> None:
    """The scores of a record beside those of simpler ways, and how far they may be off."""
    scores, beside = record["scores"], record.get("baselines", [])
    if output.json:
        for score in scores:
            output.emit("score", on=record["scored_on"], **_plain(score))
        for one in beside:
            output.emit("baseline", **one)
        return
    names = [score["name"] for score in scores]
    on = "the test data" if record["scored_on"] == "test" else "the validation part"
    output.head(f"on {on}, {scores[0]['n']:,} {rows}")
    widths = [max(CELL, len(name) + 2) for name in names]
    output.write(" " * WIDE + aligned(names, widths))
    titled = [("learned vectors", scores)] + [(title_of(one), one["scores"]) for one in beside]
    for title, values in titled:
        found = {score["name"]: score["value"] for score in values}
        cells = [number(found.get(name)) for name in names]
        output.write(f"{visible(title):<{WIDE}}" + aligned(cells, widths))
    first = scores[0]
    if first.get("low") is not None and first.get("high") is not None:
        low, high = number(first["low"]), number(first["high"])
        output.write(f"{first['name']}: 95 % interval {low} to {high}")


def aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The cells of a line, each at the right of its width."""
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def title_of(baseline: Mapping[str, Any]) -> str:
    """Its name, and that its fit ran out of time where it did."""
    whole = baseline.get("about", {}).get("converged", True)
    return str(baseline["name"]) if whole else f"{baseline['name']} (cut short)"


def _plain(score: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in score.items() if name != "type"}


def number(value: float | None) -> str:
    """A figure in a cell."""
    return "-" if value is None else f"{value:.4f}" if abs(value) < 1000 else f"{value:,.1f}"


def stopped(output: Output, signal: int, kept: str) -> int:
    """Say what is kept of a run that cannot be gone on with; the signal's exit code comes back."""
    code = TERMINATED if signal == 15 else INTERRUPTED
    told = "interrupted; " + (kept or "no epoch was finished, and nothing is kept")
    Failure(code, visible(told)).report(output)
    if output.json:
        output.emit("interrupted", signal=signal, kept=bool(kept))
    return code
