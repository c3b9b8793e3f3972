"""What a task with texts comes to without learned vectors: three baselines, fitted and scored.

The labels' rates; TF-IDF of words and pairs of words with logistic regression; the mean of fixed
random vectors with logistic regression. Axes: `n` texts, `L` labels, `F` features, `V` words, `D`
dimensions.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.baselines import Baseline
from rowspace.evaluate.classification import judge
from rowspace.evaluate.design import Dense, Design, Sparse
from rowspace.evaluate.features import Cut, Text, learn_tf_idf, words, words_in
from rowspace.evaluate.searched import drawn, search_logistic
from rowspace.evaluate.truth import Truth, truth_of
from rowspace.ragged import Ragged
from rowspace.random import Stream, uniform

MOST_TEXTS = 200_000
"""Of more training texts so many are drawn."""
MOST_WEIGHTS = 1 << 23
"""Features times labels: beyond it the features of the fewest texts are left out."""
FEWEST = 1 << 10
"""Where not even so many features would stay, only the labels' rates are a baseline."""
MOST_NUMBERS = 1 << 25
"""Numbers of fixed vectors: words that come later have none."""


@final
@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts (bytes, str, or lists of words) and their labels, as `judge` takes them: ids int [n],
    or several a text."""

    texts: Sequence[Text]
    truth: Any


def text_baselines(  # noqa: PLR0913 - what a comparison has to say
    train: Labelled,
    test: Labelled,
    *,
    labels: Sequence[str],
    valid: Labelled | None = None,
    dim: int = 100,
    cut: Cut = words,
    seed: int = 0,
    max_seconds: float = 60.0,
) -> list[Baseline]:
    """Fit each baseline on `train`, choose C from 0.1, 1, 10, 100 on `valid`, score it on `test`.

    Without `valid` a random tenth of `train` chooses. `labels`: the names of those of training;
    the test's others (-1, or beyond) are misses. `dim`: of the fixed vectors, the model's own.
    `cut` parts texts that are not lists of words. From at most 200,000 texts, drawn by the seed;
    the rarest features go where features × labels exceed 2^23. Raises InputError.
    """
    known = truth_of(train.truth, len(labels))
    if len(known) != len(train.texts) or known.labels > len(labels):
        raise InputError(
            f"{len(train.texts)} training texts, labels for {len(known)}, {known.labels} of them "
            f"for {len(labels)} names"
        )
    parts = _parts(train.texts, known, valid, seed)
    found = [_rates(known, test, labels, seed)]
    if MOST_WEIGHTS // len(labels) < FEWEST:
        return found
    vocabulary = words_in(parts.texts, cut)
    bags = [vocabulary.bags(texts) for texts in (parts.texts, parts.valid, test.texts)]
    size = len(vocabulary.ids)
    for make in (_tf_idf, _fixed):
        began = time.monotonic()
        name, designs, about, own = make(bags, size, labels, dim, seed)
        made, c = search_logistic(
            designs[0], parts.y, designs[1], parts.valid_truth,
            labels=len(labels), max_seconds=max_seconds / 2,
        )  # fmt: skip
        seconds = time.monotonic() - began
        scores = judge(test.truth, made.probabilities(designs[2]), labels=labels, seed=seed).scores
        weights = made.linear.weights.size + made.linear.bias.size
        about |= {"c": c, "cases": len(parts.texts), "converged": made.linear.converged}
        found.append(Baseline(name, scores, 4 * (own + weights), seconds, about))
    return found


@final
@dataclass(frozen=True, slots=True)
class _Parts:
    """What is learned from, and what chooses; `y` int64 [n], or bool [n, L]."""

    texts: list[Text]
    y: np.ndarray
    valid: list[Text]
    valid_truth: Any


def _parts(texts: Sequence[Text], truth: Truth, valid: Labelled | None, seed: int) -> _Parts:
    own, rest = drawn(len(texts), MOST_TEXTS, valid is None, seed)
    y = _targets(truth)
    if valid is not None:
        return _Parts([texts[i] for i in own], y[own], list(valid.texts), valid.truth)
    return _Parts([texts[i] for i in own], y[own], [texts[i] for i in rest], y[rest])


def _targets(truth: Truth) -> np.ndarray:
    if truth.single:
        return truth.bags.ids
    out = np.zeros((len(truth), truth.labels), bool)
    out[truth.cases, truth.bags.ids] = True
    return out


def _rates(known: Truth, test: Labelled, labels: Sequence[str], seed: int) -> Baseline:
    """Every text is answered with how frequent each label was in training."""
    began = time.monotonic()
    rates = np.bincount(known.bags.ids, minlength=len(labels)) / len(known)
    answers = Ragged(
        np.tile(np.argsort(-rates, kind="stable"), len(test.texts)),
        np.arange(len(test.texts) + 1) * len(labels),
        np.tile(-np.sort(-rates, kind="stable"), len(test.texts)).astype(np.float32),
    )
    scores = judge(test.truth, answers, labels=labels, seed=seed).scores
    return Baseline("majority", scores, 4 * len(labels), time.monotonic() - began)


Made = tuple[str, list[Design], dict[str, Any], int]


def _tf_idf(bags: list[Ragged], size: int, labels: Sequence[str], dim: int, seed: int) -> Made:
    """Name, designs, what to tell, and how many numbers it needs besides the weights."""
    learned = learn_tf_idf(bags[0], size, MOST_WEIGHTS // len(labels))
    features = [learned.features(one) for one in bags]
    width = len(learned.keys)
    stored = 8 * float(features[2].lengths.mean())
    about = {"features": width, "case_bytes": {"dense": 4 * width, "stored": round(stored)}}
    return "tf-idf", [Sparse(one, width) for one in features], about, 0


def _fixed(bags: list[Ragged], size: int, labels: Sequence[str], dim: int, seed: int) -> Made:
    kept = min(size, max(1, MOST_NUMBERS // dim))
    places = np.arange(kept)[:, None] * dim + np.arange(dim)
    rows = uniform(seed, Stream.BASELINE, places, low=-1.0, high=1.0).astype(np.float64)
    means = [_means(one, rows) for one in bags]
    spread = means[0].std(axis=0)
    spread[spread == 0] = 1
    about = {"features": dim, "case_bytes": {"dense": 4 * dim, "stored": 4 * dim}}
    return "random vectors", [Dense(one / spread) for one in means], about, kept * dim


def _means(bags: Ragged, rows: np.ndarray) -> np.ndarray:
    """The mean of the vectors of each text's words that have one, float64 [B, D]."""
    kept = (bags.ids >= 0) & (bags.ids < len(rows))
    cases = np.repeat(np.arange(len(bags)), bags.lengths)[kept]
    lengths = np.bincount(cases, minlength=len(bags))
    inner = Ragged(bags.ids[kept], np.append(0, np.cumsum(lengths)), 1 / lengths[cases])
    return Sparse(inner, len(rows)).times(rows)
