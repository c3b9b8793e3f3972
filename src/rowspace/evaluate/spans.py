"""Tags of words against the truth: entities by precision, recall and F1, words by accuracy.

An entity is right if its first word, its last word and its type are: so count conlleval (Tjong Kim
Sang 2002) and seqeval, and where nothing was to be found, or was, a figure is 0. Intervals draw
sentences. Axes: `n` sentences, `T` types, `S` resamples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.corpus.tag_schemes import OUTSIDE, Span, spans_of, spans_of_words, tags_of
from rowspace.errors import InputError
from rowspace.evaluate.judged import Judged, LabelScores
from rowspace.evaluate.resample import interval
from rowspace.evaluate.score import Score

PARTS = ("precision", "recall", "f1")
Sentence = Sequence[str]


@final
@dataclass(frozen=True, slots=True)
class _Counts:
    """each int64 [n, 3, T + 1]: hits, answers and true cases of each type in each sentence, and
    right words, 0 and words in the last column."""

    types: tuple[str, ...]
    each: np.ndarray

    def figures(self, draws: np.ndarray) -> np.ndarray:
        """Precision, recall and F1 of all, accuracy, macro-F1, then the three of each type; float64
        [S, 5 + 3 T] of draws [S, n]."""
        size = len(self.types)
        sums = (draws @ self.each.reshape(len(self.each), -1)).reshape(len(draws), 3, size + 1)
        hits, answers, cases = (sums[:, at, :size] for at in range(3))
        with np.errstate(invalid="ignore", divide="ignore"):
            whole = [_three(*(one.sum(1) for one in (hits, answers, cases)))]
            apart = _three(hits, answers, cases)
            accuracy = sums[:, 0, size] / sums[:, 2, size]
        there = np.maximum((answers + cases > 0).sum(1), 1)
        macro = apart[2].sum(1) / there
        columns = [*whole[0], accuracy, macro]
        return np.concatenate([np.stack(columns, 1), *apart], 1)


def judge_tags(
    truth: Sequence[Sentence], answers: Sequence[Sentence], *, spans: bool = True, seed: int = 0
) -> Judged:
    """Judge the tags of sentences: those of entities, in any scheme, or, without `spans`, of single
    words (parts of speech).

    Scores: f1, precision, recall (of all entities together), accuracy (of words), macro-f1 (the
    mean of the types'); of single words accuracy and macro-f1. `labels` are the types, or the tags.
    Raises InputError for sentences of different length, and where there are none.
    """
    counts = _counted(truth, answers, spans)
    n = len(counts.each)
    value = counts.figures(np.ones((1, n)))[0]
    low, high = interval(np.ones(n, np.int64), counts.figures, seed, width=counts.each[0].size)
    rows = np.stack([value, low, high], 1).tolist()
    totals = counts.each.sum(0)
    given, true = (int(totals[at, :-1].sum()) for at in (1, 2))
    words = int(totals[2, -1])
    bases = {"precision": given, "recall": true, "f1": true, "accuracy": words, "macro-f1": true}
    by_name = {
        name: _score(name, row, base)
        for (name, base), row in zip(bases.items(), rows[:5], strict=True)
    }
    kept = (
        ("f1", "precision", "recall", "accuracy", "macro-f1") if spans else ("accuracy", "macro-f1")
    )
    labels = tuple(_of_type(counts, rows, at) for at in range(len(counts.types)))
    return Judged(tuple(by_name[name] for name in kept), labels, counts.types)


def _of_type(counts: _Counts, rows: list[list[float]], at: int) -> LabelScores:
    size, type = len(counts.types), counts.types[at]
    given, true = (int(counts.each[:, row, at].sum()) for row in (1, 2))
    three = [
        _score(f"{part}/{type}", rows[5 + place * size + at], base)
        for place, (part, base) in enumerate(zip(PARTS, (given, true, true), strict=True))
    ]
    return LabelScores(type, true, given, *three)


def _three(hits: np.ndarray, answers: np.ndarray, cases: np.ndarray) -> list[np.ndarray]:
    """Precision, recall and F1, 0 where there is nothing to divide by."""
    found = (hits / answers, hits / cases, 2 * hits / (answers + cases))
    return [np.nan_to_num(one, nan=0.0) for one in found]


def _score(name: str, row: list[float], base: int) -> Score:
    value, low, high = row
    return Score(name, value, base, 1.0, low, high)


def _counted(truth: Sequence[Sentence], answers: Sequence[Sentence], spans: bool) -> _Counts:
    if len(truth) != len(answers) or not len(truth):
        raise InputError(f"{len(truth)} sentences to judge, answers to {len(answers)}")
    events = []
    numbers: dict[str, int] = {}
    for at, (true, given) in enumerate(zip(truth, answers, strict=True)):
        if len(true) != len(given):
            raise InputError(f"sentence {at} has {len(true)} words, its answer {len(given)} tags")
        right, own, theirs = _both(true, given, spans)
        for row, some in enumerate((own & theirs, theirs, own)):
            for type, count in _types(some).items():
                events.append((at, row, numbers.setdefault(type, len(numbers)), count))
        events += [(at, 0, -1, right), (at, 2, -1, len(true))]
    order = {name: place for place, name in enumerate(sorted(numbers))}
    moved = {number: order[name] for name, number in numbers.items()} | {-1: len(order)}
    each = np.zeros((len(truth), 3, len(order) + 1), np.int64)
    for sentence, row, number, count in events:
        each[sentence, row, moved[number]] = count
    return _Counts(tuple(order), each)


def _both(true: Sentence, given: Sentence, spans: bool) -> tuple[int, set[Span], set[Span]]:
    """Right words, true spans and spans given; without `spans` each word is one."""
    if spans:
        own, theirs = spans_of(true), spans_of(given)
        pair = (tags_of(one, len(true), "iob2") for one in (own, theirs))
        return sum(a == b for a, b in zip(*pair, strict=True)), set(own), set(theirs)
    own, theirs = spans_of_words(true), spans_of_words(given)
    return sum(a == b for a, b in zip(true, given, strict=True)), set(own), set(theirs)


def _types(spans: Iterable[Span]) -> Counter[str]:
    return Counter(span.type for span in spans)


def most_frequent(
    words: Sequence[Sentence], tags: Sequence[Sentence], *, spans: bool
) -> tuple[dict[str, str], str]:
    """The yardstick: the tag that each word of the training has most often, and that of others:
    O, or of single words the one that words met once have most often."""
    met: dict[str, Counter[str]] = {}
    for sentence, own in zip(words, tags, strict=True):
        for word, tag in zip(sentence, own, strict=True):
            met.setdefault(word, Counter())[tag] += 1
    best = {word: _first(own) for word, own in met.items()}
    once = Counter(best[word] for word, own in met.items() if own.total() == 1)
    return best, OUTSIDE if spans else _first(once or Counter(best.values()))


def quick_figures(
    truth: Sequence[Sentence], answers: Sequence[Sentence], *, spans: bool
) -> dict[str, float]:
    """F1, precision, recall and accuracy as `judge_tags` counts them, without intervals; of single
    words the accuracy."""
    counts = _counted(truth, answers, spans)
    found = counts.figures(np.ones((1, len(truth))))[0].tolist()
    precision, recall, f1, accuracy = found[:4]
    if not spans:
        return {"accuracy": accuracy}
    return {"f1": f1, "precision": precision, "recall": recall, "accuracy": accuracy}


def _first(counts: Counter[str]) -> str:
    """What was counted most often, of several the first by name."""
    return min(counts, key=lambda tag: (-counts[tag], tag))
