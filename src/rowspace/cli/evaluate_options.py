"""The options of `rowspace evaluate`, one group for each thing that a model is judged by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

Decorated = Callable[..., Any]


def group(*given: Decorated) -> Decorated:
    """One decorator of several options, which are shown in this order."""

    def decorated(command: Decorated) -> Decorated:
        for option in reversed(given):
            command = option(command)
        return command

    return decorated


of_labels = group(
    click.option(
        "--labels",
        metavar="FILE",
        help="Examples with their labels: __label__ lines, CSV, TSV, JSONL or parquet; "
        "- for stdin.",
    ),
    click.option("--text", metavar="NAME", help="The texts' column.  [default: the training's]"),
    click.option("--label", metavar="NAME", help="The labels' column.  [default: the training's]"),
    click.option("--separator", metavar="TEXT", help="What parts several labels in a cell."),
    click.option(
        "-k",
        "ks",
        multiple=True,
        type=click.IntRange(min=1),
        default=(1,),
        show_default="1",
        help="P@k and R@k; repeatable.",
    ),
    click.option(
        "--threshold", type=click.FloatRange(0, 1), help="What is less probable is no answer."
    ),
    click.option("--confusion", is_flag=True, help="Which labels are taken for which."),
)
"""Answers with labels: `evaluate_labels.Asked` holds these."""
of_lists = group(
    click.option(
        "--similarity",
        "similarities",
        multiple=True,
        metavar="FILE",
        help="Pairs of words and how alike people find them; repeatable.",
    ),
    click.option(
        "--analogies",
        multiple=True,
        metavar="FILE",
        help="Questions of four words; repeatable.",
    ),
    click.option(
        "--outliers",
        multiple=True,
        metavar="FILE",
        help="Groups of words, and words that do not belong there; repeatable.",
    ),
    click.option(
        "--categories",
        multiple=True,
        metavar="FILE",
        help="Words and their categories: do words of one lie together? Repeatable.",
    ),
    click.option(
        "--restrict",
        type=click.IntRange(min=0),
        show_default="what the protocol says",
        help="Analogies among the N most frequent items; 0 for all.",
    ),
    click.option(
        "--protocol",
        default="rowspace",
        show_default=True,
        help="Whose rules for case, missing words and denominators.",
    ),
    click.option(
        "--method",
        type=click.Choice(["add", "mul"]),
        default="add",
        show_default=True,
        help="3CosAdd, or 3CosMul.",
    ),
)
"""Lists that people made, and the rules they are scored by."""
of_vectors = group(
    click.option(
        "--coverage",
        multiple=True,
        metavar="FILE",
        help="A text, or words and counts: how much of it is known; repeatable.",
    ),
    click.option(
        "--geometry",
        is_flag=True,
        help="Hubs, evenness in space, what frequency has to do with it; without any "
        "other option this.",
    ),
    click.option(
        "--neighbours",
        is_flag=True,
        help="Whether the models have the same nearest neighbours; needs --against.",
    ),
    click.option(
        "--against",
        "others",
        multiple=True,
        metavar="MODEL",
        type=click.Path(),
        help="Another model on the same items, with a test of the difference; repeatable.",
    ),
)
"""A model's vectors themselves, and other models to hold them against."""
