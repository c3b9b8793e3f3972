"""Scores on lines, and gates that a score must pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible

if TYPE_CHECKING:
    from rowspace.evaluate import Score

Gate = tuple[str | None, float]


def gates_of(_ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> list[Gate]:
    """`--fail-under 0.6` for every score, `--fail-under ws353=0.6` for the one of that name."""
    gates: list[Gate] = []
    for text in given:
        name, _, value = text.rpartition("=")
        try:
            gates.append((name or None, float(value)))
        except ValueError:
            raise Mistake(
                f"--fail-under: {text!r} is neither VALUE nor NAME=VALUE", hint="--fail-under 0.6"
            ) from None
    return gates


def show(output: Output, score: Score) -> None:
    """One score: `ws353  0.6490  [0.6010, 0.6930]  n 353  coverage 99.0%`."""
    fields = score.as_json()
    fields.pop("type")
    line = (
        f"{visible(score.name):<44} {score.value:.4f}  [{score.low:.4f}, {score.high:.4f}]"
        f"  n {score.n}  coverage {score.coverage:.1%}"
    )
    output.emit("score", line, **fields)


def under(gates: list[Gate], found: list[Score]) -> list[str]:
    """What is wrong with the scores, gate by gate; a score that is no number is under any gate.

    Of a score of which less is better the gate is the most that is allowed.
    """
    missed = []
    for name, least in gates:
        meant = [score for score in found if counts_for(name, score)]
        if not meant:
            what = "that a gate without a name is for" if name is None else f"named {name}"
            missed.append(f"there is no score {what}")
        for score in meant:
            lower = score.extra.get("better") == "lower"
            if not (score.value <= least if lower else score.value >= least):
                word = "over" if lower else "under"
                missed.append(f"{score.name} is {score.value:.4f}, {word} {least:g}")
    return missed


def counts_for(name: str | None, score: Score) -> bool:
    """Whether a gate of this name, or of none, is for a score."""
    if name is not None:
        return score.name == name
    # Of one label, over another system, or what tells how vectors lie and not how good they are.
    return not score.extra.keys() & {"label", "over", "better"}
