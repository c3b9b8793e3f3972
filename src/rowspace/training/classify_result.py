"""A classifier judged: by epoch, at the end, and beside simpler ways of doing the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.classification import judge
from rowspace.evaluate.judged import Judged
from rowspace.evaluate.metrics import metric
from rowspace.evaluate.told import told
from rowspace.ragged import Ragged
from rowspace.training.classify_baselines import baselines_of, memory, truth_of
from rowspace.training.classify_calibrated import calibrated_head
from rowspace.training.classify_tables import bags_of
from rowspace.training.classify_trainer import Best
from rowspace.training.labelled import Labelled
from rowspace.vectors import Head, Model
from rowspace.vectors.predict import weighed
from rowspace.vocabulary import Vocabulary, to_text
from rowspace.vocabulary.families import joined

WHOLE = 1000
"""Labels up to which all of a text's probabilities are looked at; of more the best ten."""
BEST = 10
FEW = 100
HEADLINES = ("accuracy", "macro-f1", "auc", "log-loss", "ece")
OF_SEVERAL = ("micro-f1", *HEADLINES)


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


def answers(model: Model, bags: Ragged) -> np.ndarray | Ragged:
    """The probabilities of texts as bags."""
    head = head_of(model)
    hidden = weighed(model.vectors.rows, bags)
    if len(head.labels) <= WHOLE:
        return head.scores(hidden)
    return head.top(hidden, BEST)


def course_of(best: Best, temperature: float) -> dict[str, Any]:
    """How the epochs went, as data."""
    return {
        "loss": [round(loss, 6) for loss in best.losses],
        "valid": [round(value, 6) for value in best.figures],
        "best_epoch": best.epoch,
        "temperature": round(temperature, 6),
        "training_seconds": round(best.seconds, 3),
    }


def calibrated(model: Model, by: Judge | None) -> tuple[Head, float]:
    """The head with its scores divided by the temperature that suits the validation part."""
    if by is None:
        return head_of(model), 1.0
    return calibrated_head(head_of(model), weighed(model.vectors.rows, by.bags), by.truth)


def judged(
    model: Model,
    train: Labelled,
    valid: Labelled | None,
    test: Labelled | None,
    *,
    baselines: bool,
    seed: int,
) -> None:
    """Scores of the test, or of the validation part, into the record, its labels one by one, and
    beside them the scores of simpler ways; what each takes."""
    record, beside = model.record, []
    by = test or valid
    if by is not None:
        if test is not None and valid is not None:
            record["validation_scores"] = _scores(_judged(model, valid, seed))
        record["scored_on"] = "test" if test is not None else "validation"
        found = _judged(model, by, seed)
        record.update(scores=_scores(found), **told(found))
        if unseen := unseen_labels(by, head_of(model).labels):
            record["unseen_labels"] = dict(unseen.most_common(FEW))
        if baselines:
            chosen_by = valid if test is not None else None
            beside = baselines_of(model, train, chosen_by, by, seed=seed)
            several = any(score["name"] == "micro-f1" for score in record["scores"])
            record["baselines"] = [_headlines(one.as_json(), several) for one in beside]
    record["memory"] = memory(model, beside)
    record["bytes"] = record["memory"]["embedding"]["table_bytes"]


def _judged(model: Model, by: Labelled, seed: int) -> Judged:
    head = head_of(model)
    given = answers(model, joined(bags_of(by, model.vectors.vocabulary)))
    return judge(truth_of(by, head.labels), given, labels=head.names, seed=seed)


def _scores(found: Judged) -> list[dict[str, Any]]:
    scores = [score.as_json() for score in found.scores]
    several = not len(found.pairs)
    return _headlines({"scores": scores}, several)["scores"]


def unseen_labels(texts: Labelled, labels: Vocabulary) -> Counter[str]:
    """The labels that training never saw, and how many of the texts have them."""
    met = Counter(label for row in texts.labels for label in row)
    return Counter({to_text(one): n for one, n in met.items() if labels.items.find(one) < 0})


def _headlines(one: dict[str, Any], several: bool) -> dict[str, Any]:
    """Of all scores those that tell most; of one label a text micro-f1 is the accuracy."""
    names = OF_SEVERAL if several else HEADLINES
    return {**one, "scores": [score for score in one["scores"] if score["name"] in names]}
