"""What `rowspace train table` can be told: one row a setting, in one table.

`default` is what the help shows; the values live in `objectives.Columns` and
`training.table.Reading`, and a test holds this table to them.
"""

from __future__ import annotations

import click

from rowspace.cli.settings import COUNT, NOT_NEGATIVE, Setting

SHARE = click.FloatRange(0, 1, max_open=True)
WHOLE = click.IntRange(min=0)
COLUMNS, READING = "columns", "reading"

SETTINGS = (
    Setting("task", READING, click.Choice(["classes", "number"]), "by the target's cells",
            "Whether the target is one of several classes, or a number."),
    Setting("category", READING, str, "by the rule", "Columns of levels, parted by commas."),
    Setting("number", READING, str, "by the rule", "Columns of numbers, parted by commas."),
    Setting("ignore", READING, str, "none", "Columns to leave out, parted by commas."),
    Setting("missing", READING, str, "?,NA,N/A,NaN,null,none",
            "What stands for a missing cell besides nothing, parted by commas."),
    Setting("weights", READING, str, "none", "The column that says what each row counts for."),
    Setting("valid", READING, str, "0.15",
            "The share of the rows that judges the training, or a file."),
    Setting("dim", COLUMNS, str, "rule",
            "Numbers in a vector: rule, min(50, 1.6 n^0.56) for n levels; search; or N."),
    Setting("hidden", COLUMNS, str, "128,64", "Sizes of the layers between."),
    Setting("knots", COLUMNS, click.IntRange(min=2), "32", "Pieces a number is cut into, at most."),
    Setting("values", COLUMNS, WHOLE, "5",
            "A number that comes so often has a row of its own; 0: none has."),
    Setting("min_count", COLUMNS, COUNT, "2", "Rarer levels share one row."),
    Setting("max_levels", COLUMNS, COUNT, "no limit", "Most levels of a column with own rows."),
    Setting("unseen", COLUMNS, SHARE, "0.01",
            "The share of cells that train the row of unseen levels."),
    Setting("dropout", COLUMNS, SHARE, "0.3", "Dropout of the layers between."),
    Setting("input_dropout", COLUMNS, SHARE, "0.1", "Dropout of what goes into the first layer."),
    Setting("lr", COLUMNS, NOT_NEGATIVE, "0.002", "Learning rate at its height."),
    Setting("weight_decay", COLUMNS, NOT_NEGATIVE, "0.01", "Decoupled weight decay (AdamW)."),
    Setting("batch", COLUMNS, COUNT, "by the rows", "Rows in a mini-batch."),
    Setting("epochs", COLUMNS, COUNT, "10, more for few rows", "Passes over the rows at most."),
    Setting("patience", COLUMNS, COUNT, "4",
            "Epochs without a better validation part before the end."),
    Setting("metric", COLUMNS, str, "log-likelihood; rmse",
            "What is better: accuracy, auc, macro-f1, …; rmse, mae or r2 for a number."),
    Setting("class_weights", COLUMNS, str, "none", "balanced, or weights such as yes=2,no=1."),
    Setting("seed", READING, WHOLE, "0", "Where the randomness starts."),
)  # fmt: skip
