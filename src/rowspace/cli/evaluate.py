"""`rowspace evaluate`: is the model any good, against lists that people made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import options
from rowspace.cli.failures import GATE, Failure, Mistake
from rowspace.cli.output import Output, visible

if TYPE_CHECKING:
    from rowspace.evaluate import Score
    from rowspace.vectors import Vectors

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


@click.command(short_help="Score a model on similarity and analogies.")
@options.model
@click.option(
    "--similarity",
    "similarities",
    multiple=True,
    metavar="FILE",
    help="Pairs of words and how alike people find them; repeatable.",
)
@click.option(
    "--analogies", multiple=True, metavar="FILE", help="Questions of four words; repeatable."
)
@click.option(
    "--restrict",
    type=click.IntRange(min=0),
    show_default="what the protocol says",
    help="Analogies among the N most frequent items; 0 for all.",
)
@click.option(
    "--protocol",
    default="rowspace",
    show_default=True,
    help="Whose rules for case, missing words and denominators.",
)
@click.option(
    "--method",
    type=click.Choice(["add", "mul"]),
    default="add",
    show_default=True,
    help="3CosAdd, or 3CosMul.",
)
@click.option(
    "--fail-under",
    "gates",
    multiple=True,
    metavar="[NAME=]VALUE",
    callback=gates_of,
    help="Leave with code 8 where a score is lower; repeatable.",
)
@options.shared
def evaluate(
    model_path: str, similarities: tuple[str, ...], analogies: tuple[str, ...], **rules: Any
) -> None:
    """Spearman's rho on word pairs, accuracy on analogies; each with coverage and an interval.

    The interval is a 95 % bootstrap over the pairs or questions. Coverage is the share of them
    that the model could answer: compare scores only at equal coverage.
    """
    if not similarities and not analogies:
        raise Mistake("nothing to evaluate on", hint="give --similarity FILE or --analogies FILE")
    output = Output.here()
    gates: list[Gate] = rules.pop("gates")
    found = []
    for score in scores(options.opened(model_path).vectors, similarities, analogies, rules):
        show(output, score)
        found.append(score)
    if missed := under(gates, found):
        raise click.exceptions.Exit(Failure(GATE, "; ".join(missed)).report(output))


def scores(
    vectors: Vectors,
    similarities: tuple[str, ...],
    analogies: tuple[str, ...],
    rules: dict[str, Any],
) -> Iterator[Score]:
    """The scores, file by file, as they are worked out."""
    from rowspace import evaluate as judge

    for path in similarities:
        yield judge.similarity(vectors, path, protocol=rules["protocol"])
    for path in analogies:
        yield from judge.analogies(vectors, path, **rules)


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
    """What is wrong with the scores, gate by gate; a score that is no number is under any gate."""
    missed = []
    for name, least in gates:
        meant = [score for score in found if name in (None, score.name)]
        if not meant:
            missed.append(f"there is no score named {name}")
        missed += [
            f"{score.name} is {score.value:.4f}, under {least:g}"
            for score in meant
            if not score.value >= least
        ]
    return missed
