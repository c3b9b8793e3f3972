"""What `rowspace train classify` can be told: one row a setting, in one table.

`default` is what the help shows; the values live in `objectives.Labels`, `training.labelled` and
`training.classify_settings.Run`, and a test holds this table to them.
"""

from __future__ import annotations

import click

from rowspace.cli.settings import COUNT, NOT_NEGATIVE, Setting

SHARE = click.FloatRange(0, 1, max_open=True)
WHOLE = click.IntRange(min=0)
LABELS, READING, RUN = "labels", "reading", "run"

SETTINGS = (
    Setting("text", READING, str, "text", "The column that holds the texts."),
    Setting("label", READING, str, "label", "The column that holds the labels."),
    Setting("columns", READING, str, "none",
            "Other columns whose values are features, parted by commas."),
    Setting("weights", READING, str, "none", "The column that says what each row counts for."),
    Setting("separator", READING, str, "none",
            "What parts several labels in a cell; without it a cell is one label."),
    Setting("prefix", READING, str, "__label__", "What labels begin with in labelled lines."),
    Setting("tokenizer", READING, click.Choice(["marks", "words", "whitespace", "characters"]),
            "marks", "How texts are cut; marks: words, and each mark a word of its own."),
    Setting("lower", READING, bool, "lower", "Lower-case the texts.", "--lower/--keep-case"),
    Setting("normalize", READING, click.Choice(["NFC", "NFKC"]), "none", "Unicode normal form."),
    Setting("dim", LABELS, COUNT, "32", "Numbers in a vector; with --from, those of its vectors."),
    Setting("loss", LABELS, click.Choice(["softmax", "ova", "hs", "ns"]), "softmax",
            "One label of all; ova: each by itself, for several; hs, ns: for very many labels."),
    Setting("lr", LABELS, NOT_NEGATIVE, "0.05", "Learning rate at the beginning; it falls to 0."),
    Setting("rule", LABELS, click.Choice(["adagrad", "sgd"]), "adagrad",
            "Adagrad with one sum a row, or plain steps."),
    Setting("words", LABELS, COUNT, "2", "Runs of 2 to so many words are features; 1: none."),
    Setting("gaps", LABELS, bool, "gaps",
            "Pairs of words with one between them are features.", "--gaps/--no-gaps"),
    Setting("minn", LABELS, WHOLE, "3", "Shortest n-gram of characters."),
    Setting("maxn", LABELS, WHOLE, "5", "Longest n-gram of characters; 0: none."),
    Setting("min_count", LABELS, COUNT, "1", "Rarer words get no row."),
    Setting("min_grams", LABELS, COUNT, "1", "Rarer runs and n-grams get no row."),
    Setting("max_grams", LABELS, WHOLE, "2000000", "Most runs, and most n-grams, that get rows."),
    Setting("negative", LABELS, COUNT, "5", "Labels drawn against each true one (ns)."),
    Setting("dropout", LABELS, SHARE, "0", "The chance of a feature to be left out of a step."),
    Setting("decay", LABELS, NOT_NEGATIVE, "0", "How fast rows fade, a share of --lr."),
    Setting("epochs", RUN, COUNT, "10", "Passes over the texts at most."),
    Setting("patience", RUN, WHOLE, "no limit", "Epochs without a better one before the end."),
    Setting("valid", RUN, str, "0.1",
            "The share of the texts that judges each epoch, or a file; 0: none."),
    Setting("metric", RUN, str, "accuracy; micro-f1 of several labels",
            "What the best epoch is chosen by: macro-f1, auc, p@3, log-likelihood, …"),
    Setting("class_weights", RUN, str, "none", "balanced, or weights such as spam=2,ham=1."),
    Setting("freeze", RUN, bool, "no-freeze", "Keep the rows that came from --from as they are.",
            "--freeze/--no-freeze"),
    Setting("threads", RUN, COUNT, "all cores", "Threads that train."),
    Setting("deterministic", RUN, bool, "fast",
            "The same bits every time, on one thread.", "--deterministic/--fast"),
    Setting("seed", RUN, WHOLE, "0", "Where the randomness starts."),
)  # fmt: skip
