"""What every `rowspace train` of a network can be told about its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from rowspace.cli.settings import COUNT, NOT_NEGATIVE, Setting

SHARE = click.FloatRange(0, 1, max_open=True)
WHOLE = click.IntRange(min=0)
OPTIMIZER = click.Choice(["adamw", "adam", "sgd", "adagrad"])
SCHEDULE = click.Choice(["constant", "linear", "cosine", "inverse-sqrt", "plateau", "bold"])
DROPPED = click.Choice(["elements", "features", "tokens", "rows"])
RUN = "run"

_ROWS: Sequence[tuple[str, Any, str]] = (
    ("epochs", COUNT, "Passes over the data at most."),
    ("batch", COUNT, "{batch}"),
    ("lr", NOT_NEGATIVE, "Learning rate at its height."),
    ("optimizer", OPTIMIZER, "Of what is no table."),
    ("row_optimizer", OPTIMIZER, "Of the tables."),
    ("row_lr", NOT_NEGATIVE, "Learning rate of the tables."),
    ("weight_decay", NOT_NEGATIVE, "How fast weights fade, a share of --lr."),
    ("beta2", SHARE, "How long Adam remembers squares."),
    ("clip", NOT_NEGATIVE, "Length of the gradient at most; 0: any."),
    ("schedule", SCHEDULE, "How the rate goes."),
    ("warmup", SHARE, "The share of the run in which the rate climbs to --lr first."),
    ("floor", SHARE, "The share of --lr that the rate does not fall below."),
    ("valid", str, "The share of the data that judges each epoch, or a file; 0: none."),
    ("judge_every", COUNT, "Epochs from one judgement to the next."),
    ("patience", WHOLE, "Judgements without a better one before the end."),
    ("average", WHOLE, "The weights of so many last epochs are averaged, if that is better."),
    ("tune", click.Choice(["tuned", "frozen", "after-warm-up", "random"]),
     "Rows that start from --from learn, never learn, or learn after a fifth of the run; random: "
     "no row learns."),
    ("embedding_dropout", SHARE, "The chance to be dropped in looking up."),
    ("embedding_dropout_of", DROPPED, "What is dropped there."),
    ("device", click.Choice(["auto", "cpu", "cuda"]), "Where it runs."),
    ("precision", click.Choice(["auto", "float32", "bfloat16"]), "What it computes in."),
    ("threads", COUNT, "Threads that train."),
    ("deterministic", bool, "The same bits every time."),
    ("seed", WHOLE, "Where the randomness starts."),
)  # fmt: skip
_SHOWN = {
    "epochs": "20", "batch": "64", "lr": "0.001", "optimizer": "adamw",
    "row_optimizer": "that of --optimizer", "row_lr": "--lr", "weight_decay": "0",
    "beta2": "0.98", "clip": "1", "schedule": "linear", "warmup": "0", "floor": "0",
    "valid": "0.1", "judge_every": "1", "patience": "no limit", "average": "0", "tune": "tuned",
    "embedding_dropout": "0", "embedding_dropout_of": "elements", "device": "auto",
    "precision": "auto", "threads": "all cores", "deterministic": "fast", "seed": "0",
}  # fmt: skip
SPELLED = {"deterministic": "--deterministic/--fast"}


def run_settings(defaults: Mapping[str, Any], *, batch: str) -> tuple[Setting, ...]:
    """The settings of a network's run, its own defaults shown. batch: what a batch is counted in,
    as a sentence."""
    return tuple(
        Setting(
            name, RUN, kind, _text(defaults[name]) if name in defaults else _SHOWN[name],
            help.format(batch=batch), SPELLED.get(name, ""),
        )
        for name, kind, help in _ROWS
    )  # fmt: skip


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
