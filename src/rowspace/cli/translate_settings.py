"""What `rowspace train translate` can be told: one row a setting, in one table.

`default` is what the help shows; the values live in `networks.translate.TranslateSettings`,
`corpus.parallel.ParallelReading` and `networks.translating.RUN`, and a test holds this table to
them.
"""

from __future__ import annotations

import click

from rowspace.cli.network_settings import SHARE, run_settings
from rowspace.cli.settings import COUNT, NOT_NEGATIVE, Setting

NETWORK, READING = "network", "reading"
RUN_DEFAULTS = {
    "epochs": 30, "batch": 2048, "lr": 1e-3, "schedule": "cosine", "warmup": 0.08,
    "floor": 0.02, "average": 5, "valid": 0.05,
}  # fmt: skip
"""As `networks.translating.RUN`, which needs torch."""

SETTINGS = (
    Setting("source", READING, str, "source; the first of a TSV",
            "The column of a table that is translated from.", "--source-column"),
    Setting("target", READING, str, "target; the second of a TSV",
            "The column that is translated to.", "--target-column"),
    Setting("longest", READING, COUNT, "250",
            "Pairs with more subwords on a side are left out of training."),
    Setting("encoding_errors", READING, click.Choice(["strict", "replace", "skip"]), "strict",
            "What to do with bytes that are no UTF-8."),
    Setting("subwords", NETWORK, click.IntRange(512, 1 << 20), "6000",
            "Subwords of both languages together, at most."),
    Setting("dim", NETWORK, COUNT, "256", "Numbers in a subword's row; with --from, its vectors'."),
    Setting("layers", NETWORK, COUNT, "3", "Layers of the encoder."),
    Setting("decoder_layers", NETWORK, COUNT, "as --layers", "Layers of the decoder."),
    Setting("heads", NETWORK, COUNT, "4", "Heads of a layer."),
    Setting("hidden", NETWORK, COUNT, "512", "Numbers inside a layer."),
    Setting("dropout", NETWORK, SHARE, "0.3", "Of what each part of a layer adds."),
    Setting("smoothing", NETWORK, SHARE, "0.1", "The share of the truth that all subwords get."),
    Setting("beam", NETWORK, COUNT, "5", "Translations kept at a time while one is looked for."),
    Setting("length_penalty", NETWORK, NOT_NEGATIVE, "1",
            "The power of its length by which a translation's score is divided."),
    *run_settings(RUN_DEFAULTS, batch="Subwords in a batch, both sides together."),
)  # fmt: skip
