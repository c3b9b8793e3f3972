"""`rowspace train classify --budget`: settings searched within a time, and the trials shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output
from rowspace.cli.trainer import number

SHOWN = 10
OPTIONS = (
    click.option("--budget", help="Search what is not given for so long: 2m, 90s, 1h30m."),
    click.option("--trials", type=click.IntRange(min=1), help="Trainings of a search at most."),
    click.option("--model-size", help="The saved model is to be no larger: 2M, 500kB."),
    click.option(
        "--ensemble",
        type=click.IntRange(min=1),
        help="Trainings of a search that become one model at most (8); 1: the best alone.",
    ),
)
LIMITS = ("budget", "trials", "model_size", "ensemble")


def limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a search."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def searched(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """What `rs.autotune` is told besides; None where nothing is to be searched."""
    found = {name: given[name] for name in LIMITS if given[name] is not None}
    if not found:
        return None
    if "budget" not in found and "trials" not in found:
        first = "--" + next(iter(found)).replace("_", "-")
        raise Mistake(f"{first} is an option of a search", hint="give --budget 2m as well")
    return {"budget": None, **found}


def show_trials(output: Output, record: Mapping[str, Any]) -> None:
    """The best trials, and what the model was made of."""
    told, trials = record["autotune"], record["trials"]
    if output.json:
        output.emit("autotune", **told)
        return
    members = told["members"]
    done = [one for one in trials if one["looks"]]
    order = {trial: place for place, trial in enumerate(members)}
    done.sort(key=lambda one: (order.get(one["trial"], len(order)), -(one["score"] or 0)))
    output.head(f"{told['trainings']:,} trainings of {len(trials):,} settings, by {told['metric']}")
    for one in done[:SHOWN]:
        mark = "*" if one["trial"] in order else " "
        value = f"{mark} {one['trial']:>4}  {number(one['score'])}  seen by {len(one['looks'])}"
        output.write(f"{value}  {settings_of(one)}")
    failed = sum("failed" in one for one in trials)
    rest = f"; {failed:,} came to nothing" if failed else ""
    output.write(
        f"* make up the model, the mean of {told['member_trainings']} trainings "
        f"({told['search_seconds']:.1f} s of search){rest}"
    )


def settings_of(one: Mapping[str, Any]) -> str:
    """A trial's settings in a line."""
    grams = f"{one['minn']}-{one['maxn']}" if one["maxn"] else "none"
    gaps = ", gaps" if one["gaps"] else ""
    start = ", from the vectors" if one.get("started") else ""
    rest = start + "".join(f", {name} {one[name]:g}" for name in ("dropout", "decay") if one[name])
    return (
        f"{one['rule']} {one['lr']:g}, {one['epochs']} epochs, dim {one['dim']}, "
        f"words {one['words']}{gaps}, n-grams {grams}, min_grams {one['min_grams']}{rest}"
    )
