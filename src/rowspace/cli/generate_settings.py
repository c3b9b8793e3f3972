"""What `rowspace train generate` can be told: one row a setting, in one table.

`default` is what the help shows; the values live in `networks.generate`, `networks.generate_units`
and `networks.settings`, and a test holds this table to them.
"""

from __future__ import annotations

from typing import Any

import click

from rowspace.cli.network_settings import SHARE, run_settings
from rowspace.cli.settings import COUNT, Setting

NETWORK, READING = "network", "reading"
RUN_DEFAULTS: dict[str, Any] = {
    "epochs": 20, "batch": 2048, "lr": 0.003, "weight_decay": 0.1, "schedule": "cosine",
    "warmup": 0.02, "floor": 0.02, "valid": 0.1, "average": 0,
}  # fmt: skip
"""`networks.generating.RUN`, which this cannot import: it needs torch."""

SETTINGS = (
    Setting("units", READING, click.Choice(["characters", "words", "whitespace", "subwords"]),
            "characters", "What is learned and written; whitespace: texts that are cut already."),
    Setting("size", READING, click.IntRange(min=2), "30000", "Units that get rows at most."),
    Setting("min_count", READING, COUNT, "1 of characters, 2 of words",
            "Rarer ones get no row."),
    Setting("lower", READING, bool, "keep-case", "Lower-case the text.", "--lower/--keep-case"),
    Setting("column", READING, str, "none", "The text's column in a CSV, TSV, JSONL or parquet."),
    Setting("encoder", NETWORK, click.Choice(["lstm", "transformer"]), "lstm",
            "What reads the text so far."),
    Setting("dim", NETWORK, COUNT, "256", "Numbers in a row; with --from, those of its vectors."),
    Setting("layers", NETWORK, COUNT, "1", "Layers of the encoder."),
    Setting("hidden", NETWORK, COUNT, "512", "Numbers in a layer of the LSTM."),
    Setting("heads", NETWORK, COUNT, "6", "Heads of a layer of the Transformer."),
    Setting("positions", NETWORK, click.Choice(["rotary", "learned"]), "rotary",
            "How the Transformer knows places."),
    Setting("context", NETWORK, click.IntRange(min=2), "64", "Units that are seen at once."),
    Setting("dropout", NETWORK, SHARE, "0.2", "The chance to be dropped between layers."),
    *run_settings(RUN_DEFAULTS, batch="Units that a step learns from."),
)  # fmt: skip
