"""`rowspace evaluate`: is the model any good, against lists and labels that people made."""

from __future__ import annotations

from typing import Any

import click

from rowspace.cli import evaluate_options, evaluate_probe, options
from rowspace.cli.failures import GATE, Failure
from rowspace.cli.output import Output
from rowspace.cli.scores import Gate, gates_of, under


@click.command(short_help="Score a model on lists, labels, texts; compare it with another.")
@options.model
@evaluate_options.of_labels
@evaluate_options.of_lists
@evaluate_options.of_vectors
@evaluate_probe.of_probes
@click.option(
    "--fail-under",
    "gates",
    multiple=True,
    metavar="[NAME=]VALUE",
    callback=gates_of,
    help="Leave with code 8 where a score is lower; repeatable.",
)
@options.shared
def evaluate(model_path: str, others: tuple[str, ...], gates: list[Gate], **given: Any) -> None:
    """Accuracy, precision, recall and F1 on labels, Spearman's rho on word pairs, accuracy on
    analogies and outliers, purity of categories; each with coverage and an interval. Without any
    list, how the vectors lie.

    The interval is a 95 % bootstrap over the examples, pairs or questions. Coverage is the share of
    them that the model could answer: compare scores only at equal coverage, as --against does on
    the items that both models answer. --fail-under without a name leaves out scores of single
    labels, and those that tell how the vectors lie or of which less is better.
    """
    from rowspace.cli.evaluate_labels import Asked, show_labels
    from rowspace.cli.evaluate_lists import Lists, show_lists

    asked = Asked(**{name: given.pop(name) for name in Asked.names()})
    lists = Lists(**{name: given.pop(name) for name in Lists.names()}).checked(others)
    tasks = evaluate_probe.Tasks.of(given)
    output = Output.here()
    if asked.labels is None and not lists.some and not tasks.files:
        lists = lists.without_lists(bool(others))
        output.say(
            "how the vectors lie; how good they are, lists tell (--similarity FILE, "
            "--analogies FILE, …) or labels (--labels FILE, --probe FILE)"
        )
    model = options.opened(model_path)
    against = [(path, options.opened(path)) for path in others]
    found = [] if asked.labels is None else show_labels(output, model, asked, against)
    if lists.some:
        found += show_lists(output, (model_path, model), against, lists)
    if tasks.files:
        found += evaluate_probe.show_probes(
            output, model, model_path, tasks, against=against, separator=asked.separator
        )
    if missed := under(gates, found):
        raise click.exceptions.Exit(Failure(GATE, "; ".join(missed)).report(output))
