"""`rowspace evaluate`: is the model any good, against lists and labels that people made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import evaluate_options, options
from rowspace.cli.failures import GATE, Failure, Mistake
from rowspace.cli.output import Output
from rowspace.cli.scores import Gate, gates_of, show, under

if TYPE_CHECKING:
    from rowspace.evaluate import Score
    from rowspace.vectors import Vectors


@click.command(short_help="Score a model on labels, similarity and analogies.")
@options.model
@evaluate_options.of_labels
@evaluate_options.of_lists
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
    """Accuracy, precision, recall and F1 on labels, Spearman's rho on word pairs, accuracy on
    analogies; each with coverage and an interval.

    The interval is a 95 % bootstrap over the examples, pairs or questions. Coverage is the share of
    them that the model could answer: compare scores only at equal coverage. --fail-under without a
    name leaves out scores of single labels, and those of which less is better.
    """
    from rowspace.cli.evaluate_labels import Asked, show_labels

    asked = Asked(**{name: rules.pop(name) for name in Asked.names()})
    if not similarities and not analogies and asked.labels is None:
        raise Mistake(
            "nothing to evaluate on",
            hint="give --labels FILE, --similarity FILE or --analogies FILE",
        )
    output = Output.here()
    gates: list[Gate] = rules.pop("gates")
    model = options.opened(model_path)
    found = [] if asked.labels is None else show_labels(output, model, asked)
    if similarities or analogies:
        for score in scores(model.vectors, similarities, analogies, rules):
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
