"""`rowspace predict`: the labels of texts, or the target of a table's rows, a line each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import options
from rowspace.cli.output import Output, visible
from rowspace.errors import InputError

if TYPE_CHECKING:
    from rowspace.vectors.model import Model


@click.command(short_help="The labels of texts, the target of rows.")
@options.model
@click.argument("source", metavar="INPUT")
@click.option(
    "-k", "--k", default=1, show_default=True, help="Labels to a text, the best first; -1 for all."
)
@click.option(
    "--threshold", default=0.0, show_default=True, help="Leave out labels less probable than this."
)
@click.option("--column", metavar="NAME", help="The texts' column in a CSV, TSV, JSONL or parquet.")
@options.shared
def predict(model_path: str, source: str, k: int, threshold: float, column: str | None) -> None:
    """The labels of each line of INPUT (a file, compressed or not, or - for stdin), a line each;
    or of each row of a CSV, TSV, JSONL or parquet file with the columns of the training.

    On stdout: label, probability, label, probability …, with tabs between; with --json one object
    a line. MODEL comes from `rowspace train classify` or `train table` (a number to predict is one
    number a line), or is a supervised model of fastText's (.bin, .ftz), which answers as fastText
    does. Labels in front of a line (__label__…) are passed over. A line of which nothing is known
    has an empty answer.
    """
    from rowspace.vectors.tabular import is_tabular, predicted_table

    output = Output.here()
    model = options.opened(model_path)
    if is_tabular(model):
        if column is not None:
            raise InputError(
                f"{model_path} reads all columns of a table, not one of texts",
                hint="leave --column away",
            )
        answers: Iterable[Any] = predicted_table(model, source, k=k, threshold=threshold)
    else:
        answers = of_texts(model, source, column, k=k, threshold=threshold)
    for found in answers:
        if isinstance(found, float):
            output.emit("prediction", f"{found:.6g}", value=found)
            continue
        text = None if output.json else text_of(found)
        labels, probabilities = [label for label, _ in found], [p for _, p in found]
        output.emit("prediction", text, labels=labels, probabilities=probabilities)


def of_texts(
    model: Model, source: str, column: str | None, *, k: int, threshold: float
) -> Iterable[list[tuple[str, float]]]:
    """The answers for each line of a file, or each row of a table."""
    from rowspace.corpus.label_lines import looks_labelled, without_labels
    from rowspace.corpus.lines import lines
    from rowspace.corpus.records import records
    from rowspace.corpus.sources import STDIN, TABULAR, bare_suffix
    from rowspace.vectors.predict import predicted
    from rowspace.vectors.questions import asked, beside, head_of, text_settings

    head, settings = head_of(model), text_settings(model)
    prefix = settings.get("prefix") or "__label__"
    piped = column is None and source == STDIN and not beside(model)
    labelled = piped or (column is None and looks_labelled(source, prefix=prefix))
    in_columns = column is not None or (bare_suffix(source) in TABULAR and not labelled)
    if settings and (in_columns or (beside(model) and source == STDIN)):
        texts, cells = asked(model, records(source), column)
    else:
        found = lines(source, column)
        texts, cells = asked(model, without_labels(found, prefix=prefix) if labelled else found)
    how: dict[str, Any] = {"cutting": model.config.get("cutting"), "cells": cells}
    return predicted(model.vectors, head, texts, k, threshold, **how)


def text_of(found: list[tuple[str, float]]) -> str:
    """Labels and probabilities on one line."""
    return "\t".join(f"{visible(label)}\t{p:.6g}" for label, p in found)
