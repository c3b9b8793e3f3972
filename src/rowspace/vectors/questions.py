"""What a classifier is asked: texts alone, or rows of a table with the columns of its training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from rowspace.corpus.records import Records, records
from rowspace.corpus.records_frames import is_frame
from rowspace.errors import InputError
from rowspace.vectors.head import Head
from rowspace.vectors.vectors import Vectors
from rowspace.vocabulary.cells import cell_rows


class Asked(Protocol):
    """What of a `Model` is looked at here."""

    @property
    def vectors(self) -> Vectors:
        """Its vectors."""

    @property
    def head(self) -> Head | None:
        """Its labels."""

    @property
    def config(self) -> dict[str, Any]:
        """The configuration that made it."""


def head_of(model: Asked) -> Head:
    """The labels a model answers with. Raises InputError for a model that has none."""
    if model.head is None:
        raise InputError(
            "this model has no labels to predict",
            hint="`rowspace train classify` and `rowspace train table` make models that have; "
            "fastText's supervised ones, .bin and .ftz, are read too",
        )
    return model.head


def text_settings(model: Asked) -> Mapping[str, Any]:
    """How the texts of its training were read (`training.labelled.TextReading`), or nothing."""
    training = model.config.get("training")
    found = training.get("text") if isinstance(training, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def beside(model: Asked) -> list[str]:
    """The columns that it reads besides the text."""
    found = text_settings(model).get("columns") or ()
    return [str(name) for name in found] if isinstance(found, (list, tuple)) else []


def is_table(data: Any) -> bool:
    """Whether `data` has named columns: `Records`, a frame, a mapping, a list of dictionaries."""
    rows = isinstance(data, Sequence) and len(data) > 0 and isinstance(data[0], Mapping)
    return isinstance(data, (Records, Mapping)) or rows or is_frame(data)


def asked(
    model: Asked, data: Any, column: str | None = None
) -> tuple[Iterable[str | bytes], np.ndarray | None]:
    """The texts of `data`, and the rows of its other cells where the model reads any.

    data: texts, or what `corpus.records` takes. column: the texts' column; None: that of the
    training. A column that the model does not read does no harm. Raises InputError where the table
    has not a column that it reads, and for texts alone where it reads others.
    """
    others = beside(model)
    if not isinstance(data, Records) and not is_table(data):
        if others:
            raise InputError(
                f"this model reads the columns {', '.join(map(repr, others))} beside the text",
                hint="give rows with these columns: a CSV or JSONL file, a frame, Records",
            )
        return data, None
    table = records(data)
    known = text_settings(model).get("text")
    texts = table.text(column or (known if isinstance(known, str) else "text"))
    if not others:
        return texts, None
    cells = {name: table.strings(name).tolist() for name in others}
    return texts, cell_rows(model.vectors.vocabulary, cells)
