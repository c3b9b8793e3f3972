"""What `rowspace train recommend` can be told: one row a setting, in one table.

`default` is what the help shows; the values live in `objectives.interactions.Ranking` and
`training.recommend_settings.Course`, and a test holds this table to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from rowspace.cli.settings import COUNT, NOT_NEGATIVE, POSITIVE, Setting, SettingOption

COLUMN, RANKING, COURSE = "column", "ranking", "course"
WHOLE = click.IntRange(min=0)
SHARE = click.FloatRange(0, 1)

SETTINGS = (
    Setting("user", COLUMN, str, "by its name", "The column of users (userId, user_id, …)."),
    Setting("item", COLUMN, str, "by its name", "The column of items (itemId, movieId, …)."),
    Setting("rating", COLUMN, str, "by its name, if any", "The column of ratings, or none."),
    Setting("time", COLUMN, str, "by its name, if any", "The column of times, or none."),
    Setting("min_rating", COURSE, float, "all count", "Only ratings of X or above are positives."),
    Setting("weigh", COURSE, bool, "no-weigh", "Each pair counts its rating.",
            "--weigh/--no-weigh"),
    Setting("valid", COURSE, str, "last",
            "Who judges: last (each user's last item), a share (the last by time), or none."),
    Setting("loss", RANKING, click.Choice(["softmax", "warp", "bpr"]), "softmax",
            "What ranks a user's items above others."),
    Setting("dim", RANKING, COUNT, "64", "Numbers in a vector."),
    Setting("negative", RANKING, COUNT, "32", "Items drawn for each pair."),
    Setting("noise_power", RANKING, float, "0.5", "They are drawn by count to this power."),
    Setting("history", RANKING, WHOLE, "50",
            "A user is the mean of so many items before; 0: a row of their own alone."),
    Setting("decay", RANKING, SHARE, "0.7", "The item k before counts decay^k + tail."),
    Setting("tail", RANKING, SHARE, "0.02", "What every item of the history counts."),
    Setting("own", RANKING, bool, "own where --history is 0",
            "Users also have a row of their own.", "--own/--no-own"),
    Setting("bias", RANKING, bool, "bias", "Items have a bias.", "--bias/--no-bias"),
    Setting("rule", RANKING, click.Choice(["adagrad", "sgd"]), "adagrad", "How a row learns."),
    Setting("lr", RANKING, POSITIVE, "0.1", "Learning rate."),
    Setting("l2", RANKING, NOT_NEGATIVE, "0.001", "Pull of each touched row towards zero."),
    Setting("epochs", COURSE, COUNT, "30", "Passes over the pairs at most."),
    Setting("patience", COURSE, COUNT, "5", "Epochs without a better NDCG@10 before the end."),
    Setting("refit", COURSE, bool, "refit",
            "In the end learn all pairs, those that judged too, for as many epochs.",
            "--refit/--no-refit"),
    Setting("sequences", COURSE, bool, "no-sequences",
            "Also vectors of items by the order they are met in (skip-gram).",
            "--sequences/--no-sequences"),
    Setting("threads", COURSE, COUNT, "all cores", "Threads that learn."),
    Setting("seed", COURSE, WHOLE, "0", "Where the randomness starts."),
    Setting("deterministic", COURSE, bool, "fast",
            "The same bits every time; one thread learns.", "--deterministic/--fast"),
)  # fmt: skip


def settings(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command one option for each setting; what is not given stays None."""
    for one in reversed(SETTINGS):
        command = click.option(
            one.spelled, one.field, type=one.kind, default=None, help=one.help,
            cls=SettingOption, shown=one.default,
            metavar="TEXT" if one.kind is str else None,
        )(command)  # fmt: skip
    return command


def converted(field: str, value: Any) -> Any:
    """A setting as `train_recommender` takes it: a share of the pairs is a number."""
    if field == "valid" and value not in ("last", "none"):
        try:
            return float(value)
        except ValueError:
            return value
    return value
