"""A classifier beside simpler ways of doing the same, and what each of them takes."""

from __future__ import annotations

from typing import Any

from rowspace.evaluate.bag_of_words import Labelled as Texts
from rowspace.evaluate.bag_of_words import text_baselines
from rowspace.evaluate.baselines import Baseline
from rowspace.ragged import Ragged
from rowspace.training.classify_tables import label_bags
from rowspace.training.labelled import Labelled
from rowspace.vectors import Model
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.cells import cell_item

MOST_ANSWERS = 1 << 26
"""Texts times labels beyond which simpler ways are not tried."""


def truth_of(texts: Labelled, labels: Vocabulary) -> Any:
    """int64 [n] where each text has one label, else a Ragged; labels never seen are L."""
    bags = label_bags(texts.labels, labels)
    bags.ids[bags.ids < 0] = len(labels)
    return bags if (bags.lengths != 1).any() else bags.ids


def baselines_of(
    model: Model, train: Labelled, valid: Labelled | None, by: Labelled, *, seed: int
) -> list[Baseline]:
    """Rates, TF-IDF and random vectors learned from `train` and judged on `by`; cells of other
    columns count as words. `valid` chooses their settings; without one a part of `train` does.
    None of them where texts times labels are beyond `MOST_ANSWERS`."""
    if model.head is None or len(by) * len(model.head.labels) > MOST_ANSWERS:
        return []
    labels = model.head.labels
    several = any(isinstance(truth_of(one, labels), Ragged) for one in (train, by))
    given = [Texts(_words(one), _truth(one, labels, several)) for one in (train, by)]
    chosen_by = None if valid is None else Texts(_words(valid), _truth(valid, labels, several))
    return text_baselines(
        *given, labels=model.head.names, valid=chosen_by, dim=model.vectors.dim, seed=seed
    )


def memory(model: Model, baselines: list[Baseline]) -> dict[str, Any]:
    """What a text takes as a vector and as a row of the bag of words, in numbers and in bytes."""
    rows, dim = model.vectors.rows.shape
    labels = 0 if model.head is None else len(model.head.labels)
    found: dict[str, Any] = {
        "embedding": {"numbers_a_text": dim, "bytes_a_text": 4 * dim,
                      "rows": rows, "table_bytes": 4 * dim * (rows + labels)},
    }  # fmt: skip
    for one in baselines:
        if one.name == "tf-idf":
            stored = one.about["case_bytes"]
            found["one_hot"] = {
                "numbers_a_text": one.about["features"],
                "bytes_a_text": stored["dense"],
                "stored_bytes_a_text": stored["stored"],
                "table_bytes": one.bytes,
            }
    return found


def _truth(texts: Labelled, labels: Vocabulary, several: bool) -> Any:
    truth = truth_of(texts, labels)
    return Ragged.singles(truth) if several and not isinstance(truth, Ragged) else truth


def _words(texts: Labelled) -> list[list[bytes]]:
    found = [text.split() for text in texts.texts]
    for name, cells in texts.cells.items():
        for words, value in zip(found, cells.tolist(), strict=True):
            words.append(cell_item(name, value))
    return found
