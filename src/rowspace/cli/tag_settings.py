"""What `rowspace train tag` can be told: one row a setting, in one table.

`default` is what the help shows; the values live in `networks.tag.TagSettings`, `corpus.conll.
TagReading` and `networks.settings.Run`, and a test holds this table to them.
"""

from __future__ import annotations

import click

from rowspace.cli.network_settings import SHARE, WHOLE, run_settings
from rowspace.cli.settings import COUNT, NOT_NEGATIVE, Setting

NETWORK, READING = "network", "reading"
COLUMN = click.IntRange()
RUN_DEFAULTS = {
    "epochs": 40, "batch": 16, "lr": 2e-3, "clip": 5.0, "average": 5, "beta2": 0.99,
}  # fmt: skip
"""As `networks.tagging.RUN`, which needs torch."""

SETTINGS = (
    Setting("word_column", READING, COLUMN, "1; CoNLL-U 2", "The column that holds the words."),
    Setting("tag_column", READING, COLUMN, "-1; CoNLL-U 4",
            "The column that holds the tags; -1 is the last."),
    Setting("format", READING, click.Choice(["auto", "columns", "conllu", "slashes"]), "auto",
            "A word a line, CoNLL-U, or sentences of word/tag."),
    Setting("scheme", READING, click.Choice(["auto", "iob1", "iob2", "bioes", "plain"]), "auto",
            "How tags mark entities; plain: each word has a tag of its own."),
    Setting("lenient", READING, bool, "strict",
            "Take tags that break the scheme as conlleval does, or stop at them.",
            "--lenient/--strict"),
    Setting("encoding", READING, click.Choice(["utf-8", "latin-1"]), "utf-8",
            "How the files are written."),
    Setting("encoding_errors", READING, click.Choice(["strict", "replace", "skip"]), "strict",
            "What to do with bytes that are no UTF-8."),
    Setting("longest", READING, COUNT, "5000", "Words of a sentence at most."),
    Setting("dim", NETWORK, COUNT, "100", "Numbers in a word's row; with --from, its vectors'."),
    Setting("lower", NETWORK, bool, "lower, unless --from tells capitals apart",
            "Look words up in lower case.", "--lower/--keep-case"),
    Setting("min_count", NETWORK, COUNT, "1", "Rarer words get no row."),
    Setting("rare", NETWORK, NOT_NEGATIVE, "0.25",
            "A word met c times is hidden with the chance X / (X + c)."),
    Setting("more_words", NETWORK, WHOLE, "200000",
            "Of the words that only --from knows, so many get rows."),
    Setting("letter_dim", NETWORK, COUNT, "30", "Numbers in a letter's row."),
    Setting("filters", NETWORK, WHOLE, "60", "Filters over three letters; 0: none."),
    Setting("pieces", NETWORK, COUNT, "4", "First and last letters that have rows, at most."),
    Setting("piece_dim", NETWORK, WHOLE, "50", "Numbers in such a row; 0: none."),
    Setting("shape_dim", NETWORK, WHOLE, "20", "Numbers in a shape's row (Xxx, dd); 0: none."),
    Setting("encoder", NETWORK, click.Choice(["lstm", "transformer"]), "lstm",
            "What reads the sentence."),
    Setting("hidden", NETWORK, COUNT, "200", "Its width; an LSTM's in each direction."),
    Setting("layers", NETWORK, COUNT, "1", "Its layers."),
    Setting("heads", NETWORK, COUNT, "4", "A transformer's heads."),
    Setting("dropout", NETWORK, SHARE, "0.5", "Of what goes into it and comes out."),
    Setting("crf", NETWORK, bool, "crf", "Choose tags together, or each by itself.",
            "--crf/--no-crf"),
    *run_settings(RUN_DEFAULTS, batch="Sentences in a batch."),
)  # fmt: skip
