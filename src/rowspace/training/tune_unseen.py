"""`tune_unseen`: which policy for unseen words suits these data, by words held out of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from rowspace.corpus import Reading
from rowspace.corpus.label_lines import looks_labelled
from rowspace.errors import SettingError
from rowspace.training.autotune_budget import seconds_of_budget
from rowspace.training.labelled import TextReading
from rowspace.training.tune_unseen_answer import Policies
from rowspace.training.tune_unseen_labels import label_policies
from rowspace.training.tune_unseen_text import Trial, text_policies

Tell = Callable[[dict[str, Any]], None]
WORDS = 1_000_000
TEXT = {"dim": 100, "epochs": 5, "min_count": 5}
LABELS = {"dim": 32, "epochs": 10, "min_count": 1}


def tune_unseen(  # noqa: PLR0913 - what a comparison has to say
    data: Any,
    *,
    text: str | None = None,
    label: str | None = None,
    separator: str | None = None,
    words: int = WORDS,
    held_out: int = 300,
    splits: int = 3,
    dim: int | None = None,
    epochs: int | None = None,
    min_count: int | None = None,
    budget: float | str | None = None,
    threads: int | None = None,
    seed: int = 0,
    progress: Tell | None = None,
    **reading: Any,
) -> Policies:
    """Compare an unknown row, hashed rows, n-grams of characters and quotient + remainder.

    Running text (paths, or lists of tokens; `reading`: fields of `corpus.Reading`): `held_out`
    words of moderate frequency are left out of four fifths of the lines, from which each policy
    learns by skip-gram. Its vector of such a word is judged by the other fifth: how often it
    scores the word that stands near higher than a drawn one, with the output rows learned; and by
    how many of its ten neighbours are those of a run that had seen it.
    With labels (`label`, or a file of `__label__` lines): the accuracy of a classifier of rows on
    the texts, of a fifth held out, that hold words which the others do not, in `splits` splits
    (`reading`: fields of `training.labelled.TextReading`).

    words: about so many, from the first on, are taken. budget: seconds, or text such as 5m: fewer
    words, or fewer splits. Without a budget the same seed gives the same scores at any number of
    threads. Raises InputError for too little data, SettingError.
    """
    tell = progress or (lambda event: None)
    for name, value, most in (
        ("words", words, 2**40), ("held_out", held_out, 10**6), ("splits", splits, 100)
    ):  # fmt: skip
        whole = isinstance(value, int) and not isinstance(value, bool)
        SettingError.unless(whole and 1 <= value <= most, name, value, f"from 1 to {most}")
    seconds = None if budget is None else seconds_of_budget(budget)
    labels = label is not None or _labelled(data)
    given = {"dim": dim, "epochs": epochs, "min_count": min_count}
    own = {**(LABELS if labels else TEXT), **{k: v for k, v in given.items() if v is not None}}
    trial = Trial(**own, threads=threads, seed=seed)
    if labels:
        columns = {"text": text, "label": label, "separator": separator}
        reading |= {name: value for name, value in columns.items() if value is not None}
        return label_policies(
            data, reading=_made(TextReading, reading), trial=trial, splits=splits, most=words,
            budget=seconds, tell=tell,
        )  # fmt: skip
    if text is not None:
        reading["column"] = text
    return text_policies(
        data, reading=_made(Reading, reading), trial=trial, words=held_out, most=words,
        budget=seconds, tell=tell,
    )  # fmt: skip


def _labelled(data: Any) -> bool:
    """Whether it is a file of labelled lines."""
    first = data[0] if isinstance(data, (list, tuple)) and data else data
    return isinstance(first, (str, os.PathLike)) and looks_labelled(first)


def _made(kind: Any, given: dict[str, Any]) -> Any:
    """The settings of how text is read. Raises SettingError for a name that is none of them."""
    names = list(kind.__dataclass_fields__)
    for name in given:
        SettingError.unless(name in names, "a setting", name, "one of " + ", ".join(names))
    return kind(**given)
