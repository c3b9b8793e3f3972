"""The parts of the data that autotune learns from and judges by; texts as bags, made once.

Part 0 is the validation part, judged by models of all training texts. Parts 1, 2, … are folds of
the training texts, each judged by models of the rest. Axes: `F` families of rows a text.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np

from rowspace.corpus.splits import folds
from rowspace.objectives.labels import Labels
from rowspace.ragged import Ragged
from rowspace.random import Stream, bits
from rowspace.training.autotune_space import Candidate
from rowspace.training.classify_course import Examples
from rowspace.training.classify_prepared import Prepared, prepare
from rowspace.training.classify_settings import Run
from rowspace.training.labelled import Labelled, TextReading
from rowspace.vocabulary.families import FAMILIES, joined

KEPT = 6
"""Sets of features that are kept at a time."""
KEPT_BYTES = 1 << 30


@final
@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What a trial learns from, the texts it is judged by as bags, and their labels."""

    prepared: Prepared
    examples: Examples
    bags: Ragged
    truth: Any


@final
class Ground:
    """`part` makes what a trial needs. fit: a candidate's objective so that the model is small
    enough."""

    def __init__(
        self,
        train: Labelled,
        valid: Labelled,
        reading: TextReading,
        run: Run,
        *,
        start: Any,
        fit: Callable[[Labels, Labelled], Labels],
    ) -> None:
        self.train, self.valid, self.reading, self.run = train, valid, reading, run
        self.start, self.fit = start, fit
        self.order = np.argsort(bits(run.seed, Stream.AUTOTUNE, -1 - np.arange(len(train))))
        self._folds: list[tuple[np.ndarray, np.ndarray]] = []
        self._made: OrderedDict[Any, Prepared] = OrderedDict()

    def some(self, share: float) -> Labelled:
        """That share of the training texts, the same ones each time."""
        if share >= 1:
            return self.train
        n = max(2, int(share * len(self.train)))
        return self.train.take(np.sort(self.order[:n]))

    def require_folds(self, count: int) -> None:
        """Cut the training texts into so many folds."""
        first = np.array([b"\0".join(sorted(row)) for row in self.train.labels], object)
        groups = np.unique(first, return_inverse=True)[1]
        self._folds = list(folds(len(self.train), count, seed=self.run.seed, labels=groups))

    def prepared(self, one: Candidate, share: float) -> Prepared:
        """Vocabulary and bags for a candidate; shared by those of the same features. Raises
        InputError, ResourceError."""
        key = (one.features, share)
        if key not in self._made:
            train = self.some(share)
            objective = self.fit(one.objective, train)
            self._made[key] = prepare(
                train, self.valid, objective, self.reading, self.run,
                start=self.start, warn=lambda message: None,
            )  # fmt: skip
            self._forget()
        self._made.move_to_end(key)
        found = self._made[key]
        limits = {
            name: getattr(found.objective, name) for name in ("min_count", "min_grams", "max_grams")
        }
        start = found.start if one.started else None
        return replace(found, objective=replace(one.objective, **limits), start=start)

    def part(self, one: Candidate, number: int, share: float) -> Part:
        """Part `number` for a candidate, of that share of the training texts."""
        prepared = self.prepared(one, share)
        if number == 0:
            judge = prepared.judge
            if judge is None:
                raise ValueError("autotune has a validation part")
            return Part(prepared, prepared.examples, judge.bags, judge.truth)
        kept, held = self._folds[number - 1]
        whole = prepared.examples
        labels = taken(whole.labels, held)
        single = not (whole.labels.lengths != 1).any()
        known = np.zeros(prepared.vocabulary.n_rows, bool)
        examples = Examples(
            taken(whole.bags, kept, FAMILIES), taken(whole.labels, kept), whole.weights[kept]
        )
        known[examples.bags.ids] = True
        bags = joined(without(taken(whole.bags, held, FAMILIES), known))
        return Part(prepared, examples, bags, labels.ids if single else labels)

    def _forget(self) -> None:
        """What was not asked for longest goes."""
        sizes = [_bytes(one.examples.bags) for one in self._made.values()]
        while len(self._made) > 1 and (len(self._made) > KEPT or sum(sizes) > KEPT_BYTES):
            self._made.popitem(last=False)
            sizes.pop(0)


def taken(bags: Ragged, index: np.ndarray, each: int = 1) -> Ragged:
    """The texts of `index` int64, of `each` bags one after another."""
    which = (index[:, None] * each + np.arange(each)).ravel()
    lengths = bags.lengths[which]
    offsets = np.zeros(len(which) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    source = np.repeat(bags.offsets[which] - offsets[:-1], lengths) + np.arange(offsets[-1])
    return Ragged(bags.ids[source], offsets)


def without(bags: Ragged, known: np.ndarray) -> Ragged:
    """The bags with the rows of `known` bool [R] alone."""
    kept = known[bags.ids]
    sums = np.zeros(len(kept) + 1, np.int64)
    np.cumsum(kept, out=sums[1:])
    return Ragged(bags.ids[kept], sums[bags.offsets])


def _bytes(bags: Ragged) -> int:
    return int(bags.ids.nbytes + bags.offsets.nbytes)
