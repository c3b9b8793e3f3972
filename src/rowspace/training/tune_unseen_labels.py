"""Policies compared on texts with labels, by those that hold words training never saw.

A policy maps a word to rows, and a text is taken for the rows of its words: the same classifier
learns from each of them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rowspace.corpus.splits import split
from rowspace.errors import InputError
from rowspace.evaluate.probe_interval import Judgement
from rowspace.ragged import Ragged
from rowspace.training.classify import train_classifier
from rowspace.training.labelled import Labelled, TextReading, labelled
from rowspace.training.tune_unseen_answer import Measured, Policies, Tried, chosen_of
from rowspace.training.tune_unseen_text import Trial, policies_for
from rowspace.vectors import Model
from rowspace.vocabulary import Unseen, Vocabulary, to_text

SHARE = 0.2
"""Of the texts that judges."""
FEWEST = 20
"""Texts with unseen words that tell something."""
RARE = 2
"""Below it a word of the training counts as unseen, where a row must be learned for those."""
Tell = Callable[[dict[str, Any]], None]


def label_policies(
    data: Any,
    *,
    reading: TextReading,
    trial: Trial,
    splits: int,
    most: int,
    budget: float | None,
    tell: Tell,
) -> Policies:
    """Read, part, train each policy on each split, judge. Raises InputError for too few texts."""
    began = time.monotonic()
    whole = labelled(data, reading)
    whole = whole.take(np.arange(min(len(whole), _texts(whole, most))))
    names = sorted({one for row in whole.labels for one in row})
    if len(names) < 2:
        raise InputError(
            f"{whole.source}: every text has the same label: there is nothing to tell apart"
        )
    words = [text.split() for text in whole.texts]
    found: list[_Split] = []
    for at in range(splits):
        found.append(_Split(whole, words, trial, trial.seed + at, tell))
        spent = time.monotonic() - began
        if budget is not None and spent / (at + 1) * (at + 2) > budget:
            break
    unseen, every = (
        Measured([one.judgements[place] for one in found], len(whole)) for place in (0, 1)
    )
    about = {
        "texts": len(whole),
        "splits": len(found),
        "texts_with_unseen_words": [len(one.judgements[0].cases) for one in found],
        "examples": found[0].examples,
        "seconds": round(time.monotonic() - began, 3),
    }
    tried = [_mean(some) for some in zip(*(one.tried for one in found), strict=True)]
    return chosen_of("labels", tried, unseen, every, about=about, seed=trial.seed)


class _Split:
    """One split: `judgements` of the texts that hold unseen words, and of all."""

    def __init__(
        self,
        whole: Labelled,
        words: Sequence[Sequence[bytes]],
        trial: Trial,
        seed: int,
        tell: Tell,
    ) -> None:
        labels = [tuple(sorted(row)) for row in whole.labels]
        learn, judge = split(len(whole), SHARE, seed=seed, labels=labels)
        counts = Counter(word for at in learn.tolist() for word in words[at])
        unseen = [[word for word in words[at] if word not in counts] for at in judge.tolist()]
        there = np.fromiter(map(bool, unseen), bool, len(unseen))
        self.examples = [to_text(word) for row in unseen for word in row][:10]
        if there.sum() < FEWEST:
            raise InputError(
                f"{whole.source}: of {len(judge)} texts that judge, {int(there.sum())} hold words "
                f"that the others do not; at least {FEWEST} are wanted",
                hint="give more texts",
            )
        self.tried, right = [], []
        for name, (_, policy) in policies_for(len(counts)).items():
            tell({"type": "variant", "name": f"{name}, split {seed - trial.seed + 1}"})
            one = _Rows(policy, counts)
            model, seconds = one.trained(whole, words, learn, trial, seed)
            right.append(one.right(model, whole, words, judge))
            option = "--minn 3 --maxn 6" if name == "subwords" else "--maxn 0"
            rows = policy.n_rows(len(one.vocabulary))
            self.tried.append(Tried(
                name, option, rows, 4 * rows * trial.dim, len(learn) / seconds, one.look_up(counts)
            ))  # fmt: skip
        columns = np.stack([np.array(right), np.ones((len(right), len(judge)))], axis=-1)
        self.judgements = Judgement(judge[there], columns[:, there]), Judgement(judge, columns)


class _Rows:
    """A policy's rows of words, as words."""

    def __init__(self, policy: Unseen, counts: Counter[bytes]) -> None:
        least = 1 if policy.unknown_item is None else RARE
        self.vocabulary = Vocabulary.from_counts(counts, min_count=least, unseen=policy)
        self._known: dict[bytes, bytes] = {}

    def texts(self, words: Sequence[Sequence[bytes]], which: np.ndarray) -> list[str]:
        """The rows of each text, as words of numbers."""
        known, bag = self._known, self.vocabulary.bag
        out = []
        for at in which.tolist():
            for word in words[at]:
                if word not in known:
                    known[word] = b" ".join(b"r%d" % row for row in bag(word))
            out.append(b" ".join([known[word] for word in words[at]]).decode())
        return out

    def trained(
        self,
        whole: Labelled,
        words: Sequence[Sequence[bytes]],
        learn: np.ndarray,
        trial: Trial,
        seed: int,
    ) -> tuple[Model, float]:
        """A classifier of rows alone, and how long it took."""
        labels = [[to_text(one) for one in whole.labels[at]] for at in learn.tolist()]
        several = any(len(row) > 1 for row in labels)
        made = train_classifier(
            {"text": self.texts(words, learn), "label": labels},
            dim=trial.dim, epochs=trial.epochs, loss="ova" if several else "softmax", words=1,
            gaps=False, maxn=0, tokenizer="whitespace", lower=False, valid=0, baselines=False,
            seed=seed, deterministic=True, progress=lambda event: None,
        )  # fmt: skip
        return made, max(1e-9, float(made.record["training_seconds"]))

    def right(
        self,
        model: Model,
        whole: Labelled,
        words: Sequence[Sequence[bytes]],
        judge: np.ndarray,
    ) -> np.ndarray:
        """Whether the best label of each text is one of its own, float64 [J]."""
        answers = model.predict(self.texts(words, judge))
        own = [[to_text(one) for one in whole.labels[at]] for at in judge.tolist()]
        return np.array([
            bool(found) and found[0][0] in labels
            for found, labels in zip(answers, own, strict=True)
        ], np.float64)  # fmt: skip

    def look_up(self, counts: Counter[bytes]) -> float:
        """Seconds a word to find its rows."""
        some = list(counts)[:2000]
        began = time.perf_counter()
        found: Ragged = self.vocabulary.rows(some)
        return (time.perf_counter() - began) / max(1, len(found))


def _mean(some: Sequence[Tried]) -> Tried:
    """Of a policy in several splits: the speeds' mean, the sizes of the first."""
    speed = float(np.mean([one.speed for one in some]))
    return replace(some[0], speed=speed, look_up=min(one.look_up for one in some))


def _texts(whole: Labelled, most: int) -> int:
    """How many texts from the first have so many words."""
    ends = np.cumsum([len(text.split()) for text in whole.texts])
    return int(np.searchsorted(ends, most)) + 1
