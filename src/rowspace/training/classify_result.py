"""A classifier judged: by epoch, at the end, and beside simpler ways of doing the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.classification import judge
from rowspace.evaluate.metrics import metric
from rowspace.ragged import Ragged
from rowspace.training.classify_tables import bags_of, label_bags
from rowspace.training.labelled import Labelled
from rowspace.vectors import Head, Model
from rowspace.vectors.pooling import pool_weighted
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.families import joined

WHOLE = 1000
"""Labels up to which all of a text's probabilities are looked at; of more the best ten."""
BEST = 10


@final
@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """The validation part as bags, its labels, and the figure that an epoch is chosen by."""

    bags: Ragged
    truth: Any
    name: str
    measure: Callable[[Any, Any], float]

    @classmethod
    def of(
        cls, valid: Labelled, vocabulary: Vocabulary, labels: Vocabulary, name: str | None
    ) -> Judge:
        """Raises SettingError for a metric there is not."""
        truth = truth_of(valid, labels)
        chosen = name or ("micro-f1" if isinstance(truth, Ragged) else "accuracy")
        names = [label.decode("utf-8", "replace") for label in labels.items.tokens()]
        return cls(joined(bags_of(valid, vocabulary)), truth, chosen, metric(chosen, names))

    def answers(self, model: Model) -> np.ndarray | Ragged:
        """Probabilities [n, L], or the best of very many labels."""
        return answers(model, self.bags)

    def figure(self, model: Model) -> float:
        """How good the model is on this part; minus infinity where that is no number."""
        value = self.measure(self.truth, self.answers(model))
        return value if value == value else -np.inf


def head_of(model: Model) -> Head:
    """The head that a classifier has."""
    if model.head is None:
        raise InputError("this model has no labels")
    return model.head


def truth_of(texts: Labelled, labels: Vocabulary) -> Any:
    """int64 [n] where each text has one label, else a Ragged; labels never seen are L."""
    bags = label_bags(texts.labels, labels)
    ids = np.where(bags.ids < 0, len(labels), bags.ids)
    return Ragged(ids, bags.offsets) if (bags.lengths != 1).any() else ids


def answers(model: Model, bags: Ragged) -> np.ndarray | Ragged:
    """The probabilities of texts as bags."""
    head = head_of(model)
    hidden = pool_weighted(model.vectors.rows, bags)
    if len(head.labels) <= WHOLE:
        return head.scores(hidden)
    return head.top(hidden, BEST)


def calibrated(model: Model, by: Judge | None) -> tuple[Head, float]:
    """The head with its scores divided by the temperature that suits the validation part."""
    return head_of(model), 1.0


def judged(
    model: Model,
    train: Labelled,
    valid: Labelled | None,
    test: Labelled | None,
    *,
    baselines: bool,
    seed: int,
) -> None:
    """Scores of the test, or of the validation part, into the record."""
    by = test or valid
    if by is None or model.head is None:
        return
    labels = model.head.labels
    found = judge(
        truth_of(by, labels),
        answers(model, joined(bags_of(by, model.vectors.vocabulary))),
        labels=model.head.names,
        seed=seed,
    )
    model.record["scored_on"] = "test" if test is not None else "validation"
    model.record["scores"] = [score.as_json() for score in found.scores]
