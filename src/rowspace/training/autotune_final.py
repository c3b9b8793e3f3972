"""The model that comes of a search: its members trained again, on all there is, and made one.

A text's margins are h · Hᵀ with h the sum of its rows: linear in the rows E. The mean of M models
is therefore one with rows Σ E Hᵀ / M of L numbers and the unit for the labels' rows, or with their
rows side by side where that is less. Axes: `R` rows, `D` dimensions, `L` labels, `M` members.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import final

import numpy as np

from rowspace.errors import DivergedError, ResourceError
from rowspace.objectives.labels import Labels
from rowspace.ragged import Ragged
from rowspace.training.autotune_parts import taken
from rowspace.training.autotune_search import Kept
from rowspace.training.autotune_space import Candidate
from rowspace.training.autotune_trial import Learned, Trial, learn
from rowspace.training.classify_prepared import Prepared
from rowspace.vectors import Head, Model, Vectors
from rowspace.vocabulary.families import FAMILIES

RUNS, GRAMS = 1, 2
"""Places of these families among a text's bags."""
FIRST_SEED = 104_729


@final
@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """Members added up: rows [R, W] and the labels' [L, W]."""

    rows: np.ndarray
    heads: np.ndarray
    trainings: int
    losses: list[float]


def wide(dims: Sequence[int], labels: int) -> int:
    """How many numbers a row has of members of these dimensions."""
    return min(sum(dims), labels) if len(dims) > 1 else dims[0]


def whole_of(members: Sequence[Trial]) -> Labels:
    """An objective with every family of rows that a member has."""
    found = members[0].candidate.objective
    for one in (trial.candidate.objective for trial in members):
        if one.words > 1 or one.gaps:
            found = replace(found, words=one.words, gaps=one.gaps, min_grams=one.min_grams)
        if one.maxn:
            found = replace(found, minn=one.minn, maxn=one.maxn, min_grams=one.min_grams)
    return found


def refitted(
    prepared: Prepared,
    members: Sequence[Trial],
    *,
    trainings: int,
    seed: int,
    threads: int,
    freeze: bool,
    stop: Callable[[], bool],
) -> Sum | None:
    """The members trained on `prepared`, `trainings` in all, the later ones again with other seeds;
    None where not even one came to its end. A later one that fails is left out."""
    rows: list[np.ndarray] = []
    heads: list[np.ndarray] = []
    losses: list[float] = []
    some = list(islice(cycle(members), trainings))
    folded = wide([one.candidate.objective.dim for one in some], len(prepared.labels))
    fold = len(some) > 1 and folded == len(prepared.labels)
    for number, trial in enumerate(some):
        one = _of_member(prepared, trial.candidate)
        try:
            learned = learn(
                one, one.examples, trial.candidate.epochs, seed=seed + FIRST_SEED * (number + 1),
                threads=threads, freeze=freeze, stop=stop,
            )  # fmt: skip
        except (DivergedError, ResourceError, MemoryError):
            continue
        if learned.share < 1:
            break
        losses = losses or learned.losses
        own, labels = _alone(one, learned, _cool(trial))
        if fold:
            own = own @ labels.T
            rows = [rows[0] + own] if rows else [own]
            heads = [*heads, labels]
        else:
            rows, heads = [*rows, own], [*heads, labels]
    if not heads:
        return None
    share = np.float32(1 / len(heads))
    if fold:
        unit = np.eye(len(prepared.labels), dtype=np.float32)
        return Sum(rows[0] * share, unit, len(heads), losses)
    return Sum(np.concatenate(rows, 1), np.concatenate(heads, 1) * share, len(heads), losses)


def model_of(prepared: Prepared, found: Sum, temperature: float) -> Model:
    """The model, its margins divided by the temperature."""
    heads = np.ascontiguousarray(found.heads) / np.float32(temperature)
    head = Head(prepared.labels, heads, prepared.objective.loss, exact=True)
    return Model(Vectors(prepared.vocabulary, np.ascontiguousarray(found.rows)), head=head)


def kept_model(kept: Kept) -> tuple[Model, Sum]:
    """The best trial as it was judged."""
    one = kept.learned
    found = Sum(np.ascontiguousarray(one.rows), one.heads, 1, one.losses)
    return model_of(kept.part.prepared, found, kept.temperature), found


def seconds_of(trial: Trial) -> float:
    """How long its training on the whole part took, reading the texts' features included."""
    return max(one.seconds / one.share for one in trial.looks)


def _cool(trial: Trial) -> float:
    """What its margins are divided by before they are added to others'."""
    return float(np.median([one.temperature for one in trial.looks]))


def _alone(prepared: Prepared, learned: Learned, temperature: float) -> tuple[np.ndarray, ...]:
    """Rows that no text had are nothing; the labels' rows divided by the temperature."""
    rows = learned.rows
    known = np.zeros(len(rows), bool)
    known[prepared.examples.bags.ids] = True
    if prepared.start is None:
        rows[~known] = 0
    return rows, learned.heads / np.float32(temperature)


def _of_member(prepared: Prepared, candidate: Candidate) -> Prepared:
    """The texts with the families alone that a member has, and the start if it has one."""
    objective, dropped = candidate.objective, []
    prepared = replace(prepared, start=prepared.start if candidate.started else None)
    if objective.words == 1 and not objective.gaps:
        dropped.append(RUNS)
    if not objective.maxn:
        dropped.append(GRAMS)
    if not dropped:
        return replace(prepared, objective=objective)
    examples = prepared.examples
    bags = _emptied(examples.bags, dropped)
    return replace(prepared, objective=objective, examples=replace(examples, bags=bags))


def _emptied(bags: Ragged, dropped: Sequence[int]) -> Ragged:
    """The bags of these families without rows."""
    lengths = bags.lengths
    kept = np.ones(len(lengths), bool)
    for family in dropped:
        kept[family::FAMILIES] = False
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(np.where(kept, lengths, 0), out=offsets[1:])
    return Ragged(taken(bags, np.flatnonzero(kept)).ids, offsets)
