"""`rowspace predict`: what a model answers to each line, or to each row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from rowspace.cli import options
from rowspace.cli.failures import Mistake
from rowspace.cli.output import Output, visible
from rowspace.errors import InputError

if TYPE_CHECKING:
    from rowspace.vectors.model import Model


NETWORKS = {
    "tag": "rowspace.cli.predict_tag",
    "translate": "rowspace.cli.predict_translate",
    "generate": "rowspace.cli.predict_generate",
}
"""What answers for a network: each module has `answer(output, model, source, asked)`."""
ASKED = {
    "k": "Labels to a text, the best first; -1 for all.  [default: 1]",
    "threshold": "Leave out labels less probable than this.  [default: 0]",
    "column": "The texts' column in a CSV, TSV, JSONL or parquet.",
    "prompt": "What a text to be generated begins with, instead of INPUT.",
    "length": "Generate so many tokens at most.  [default: 200]",
    "temperature": "How bold a generated text is; 0: always the likeliest.  [default: 1]",
    "top_p": "Draw from the likeliest tokens that have this probability together.  [default: 1]",
    "top_k": "Draw from so many of the likeliest tokens; 0: from all.  [default: 0]",
    "seed": "Where the randomness of generating starts.  [default: 0]",
    "beam": "Translations kept at a time while one is looked for.  [default: 5]",
}
KINDS: dict[str, Any] = {
    "k": int, "threshold": float, "length": click.IntRange(min=1),
    "temperature": click.FloatRange(min=0), "top_p": click.FloatRange(0, 1, min_open=True),
    "top_k": click.IntRange(min=0), "seed": click.IntRange(min=0), "beam": click.IntRange(min=1),
}  # fmt: skip
OF_LABELS = ("k", "threshold", "column")
OF_NETWORKS = {
    "tag": ("column",),
    "translate": ("column", "beam"),
    "generate": ("prompt", "length", "temperature", "top_p", "top_k", "seed"),
}
"""What each kind of model can be asked besides its input."""


def asking(command: Any) -> Any:
    """An option for each of `ASKED`; what is not given stays None."""
    for name, text in reversed(ASKED.items()):
        spelled = ["--" + name.replace("_", "-"), *(["-k"] if name == "k" else [])]
        command = click.option(*spelled, name, type=KINDS.get(name, str), default=None, help=text)(
            command
        )
    return command


@click.command(short_help="Labels of texts, targets of rows, tags, translations, more text.")
@options.model
@click.argument("source", metavar="[INPUT]", required=False)
@asking
@options.shared
def predict(model_path: str, source: str | None, **given: Any) -> None:
    """The labels of each line of INPUT (a file, compressed or not, or - for stdin), a line each;
    or of each row of a CSV, TSV, JSONL or parquet file with the columns of the training. Of a
    network: the tagged spans of each line, its translation, or the text that goes on from it.

    On stdout: label, probability, label, probability …, with tabs between; with --json one object
    a line. MODEL comes from `rowspace train classify` or `train table` (a number to predict is one
    number a line), `train tag`, `train translate` or `train generate`, or is a supervised model of
    fastText's (.bin, .ftz), which answers as fastText does. Labels in front of a line (__label__…)
    are passed over. A line of which nothing is known has an empty answer.

    \b
    rowspace predict model reviews.txt -k 2
    rowspace predict tagger - < news.txt
    rowspace predict poet --prompt "To be" --temperature 0.8 --seed 3
    """
    output = Output.here()
    model = options.opened(model_path)
    asked = {name: value for name, value in given.items() if value is not None}
    network = model.config.get("network")
    kind = network.get("kind") if isinstance(network, dict) else None
    require_known(model_path, asked, OF_NETWORKS.get(str(kind), OF_LABELS))
    if source is None and "prompt" not in asked:
        raise Mistake("no texts given", hint="a file, or - for stdin")
    if kind in NETWORKS:
        import_module(NETWORKS[kind]).answer(output, model, source, asked)
        return
    answer(output, model, str(source), asked, model_path)


def require_known(model_path: str, asked: dict[str, Any], known: Sequence[str]) -> None:
    """Raises Mistake for an option that means nothing to this kind of model."""
    for name in asked:
        if name not in known:
            spelled = ", ".join("--" + one.replace("_", "-") for one in known)
            raise Mistake(
                f"--{name.replace('_', '-')} says nothing to {model_path}",
                hint=f"its options are {spelled}",
            )


def answer(
    output: Output, model: Model, source: str, asked: dict[str, Any], model_path: str
) -> None:
    """The labels of texts, or the target of rows."""
    from rowspace.vectors.tabular import is_tabular, predicted_table

    k, threshold = asked.get("k", 1), asked.get("threshold", 0.0)
    column = asked.get("column")
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
