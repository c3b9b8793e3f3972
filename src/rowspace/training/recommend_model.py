"""What comes of training on interactions: the model, its scores, and those of simpler ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rowspace.evaluate.ranking import rank_targets, ranking_scores, taken
from rowspace.evaluate.ranking_baselines import ranking_baselines
from rowspace.evaluate.score import Score
from rowspace.objectives.interactions import Ranking
from rowspace.ragged import Ragged
from rowspace.training.recommend_course import Learned, pooled, scorer_of
from rowspace.training.recommend_data import Bags, Encounters
from rowspace.vectors import Model, Vectors
from rowspace.vectors.histories import History
from rowspace.vectors.recommend import ITEM_FEATURES, KIND, USER_FEATURES, USERS

KS = (10, 50)
JUDGES = 20_000
"""Users that judge at most: the figures of more differ in the fourth place."""


def model_of(
    learned: Learned,
    pairs: Encounters,
    known: Ragged,
    bags: tuple[Bags, Bags],
    settings: Mapping[str, Any],
    past: History,
) -> Model:
    """Items as the model's vectors, users as a part, and what answers need besides.

    known: all items that each user met, rated high or low: they are not recommended again.
    """
    users, items = bags
    base, own = pooled(learned.users, users.rows), learned.users[: len(pairs.users)]
    met = pairs.users.counts > 0
    vectors = base + past.vectors(learned.history, pairs.bags())
    biases = pooled(learned.biases, items.rows)
    unmet = pairs.items.counts == 0
    if unmet.any():  # an own bias was never learned: that of the others on average
        biases[unmet] += learned.biases[: len(unmet)][~unmet].mean()
    parts = {USERS: Model(Vectors(pairs.users, vectors))}
    arrays = {
        "biases": biases,
        "history": learned.history,
        "seen.items": known.ids.astype(np.int64),
        "seen.offsets": known.offsets,
        "mean": base[met].mean(axis=0),
        "own": own[met].mean(axis=0) if settings["objective"]["own"] else np.zeros_like(own[0]),
    }
    for name, one, rows in (
        (ITEM_FEATURES, items, learned.items), (USER_FEATURES, users, learned.users)
    ):  # fmt: skip
        if one.features is not None:
            parts[name] = Model(Vectors(one.features, rows[-len(one.features) :].copy()))
    if items.features is not None:
        arrays["item-feature-biases"] = learned.biases[-len(items.features) :].copy()
    how = {"length": past.length, "decay": past.decay, "tail": past.tail, "ordered": past.ordered}
    config = {"kind": KIND, **settings, "history": how}
    vectors_of_items = Vectors(pairs.items, pooled(learned.items, items.rows))
    return Model(vectors_of_items, config, {}, parts=parts, arrays=arrays)


def judges(targets: Ragged, *, most: int = JUDGES) -> np.ndarray:
    """The users with targets, int64; of more than `most` every second, third, …"""
    some = np.flatnonzero(targets.lengths)
    return some[:: max(1, -(-len(some) // most))]


def scores_of(
    learned: Learned,
    pairs: Encounters,
    targets: Ragged,
    bags: tuple[Bags, Bags],
    past: History,
    *,
    seed: int,
) -> tuple[list[Score], list[dict[str, Any]]]:
    """The scores of the validation part, and those of the baselines on the same."""
    some, seen = judges(targets), pairs.bags()
    n_items = len(pairs.items)
    scorer = scorer_of(learned, bags, past, seen)
    ranks = rank_targets(
        scorer, some, taken(seen, some), taken(targets, some), n_items=n_items, depth=max(KS)
    )
    found = ranking_scores(ranks, ks=KS, seed=seed)
    simple = ranking_baselines(seen, targets, n_items=n_items, ks=KS, seed=seed, users=some)
    return found, simple


def memory(pairs: Encounters, objective: Ranking, bags: tuple[Bags, Bags]) -> dict[str, int]:
    """Bytes: users by items one-hot (a byte a cell), the interactions as a sparse matrix (an int32
    and a float32 a pair), and what the model keeps of rows."""
    users, items = len(pairs.users), len(pairs.items)
    rows = sum(one.n_rows for one in bags) + (items if objective.history else 0)
    return {
        "one_hot": users * items,
        "interactions": len(pairs) * 8 + (users + 1) * 8,
        "embeddings": rows * objective.dim * 4 + bags[1].n_rows * 4,
    }
