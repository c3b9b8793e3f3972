"""A recommender against interactions that it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rowspace.corpus.interactions import interactions
from rowspace.errors import InputError
from rowspace.evaluate.ranking import rank_targets, ranking_scores
from rowspace.evaluate.ranking_baselines import ranking_baselines
from rowspace.evaluate.score import Score
from rowspace.ragged import Ragged
from rowspace.vectors.model import Model
from rowspace.vectors.recommend import Recommender


def judge_recommender(
    model: Model, data: Any, *, ks: Sequence[int] = (10, 50), seed: int = 0, **columns: str | None
) -> tuple[list[Score], list[dict[str, Any]]]:
    """NDCG@k, recall@k, hit@k, MRR and coverage of `model` on `data` (as `train_recommender` takes
    it), each with its interval over users; and popularity and item-kNN by what the model knows.

    Every item that a user was not trained with is ranked. A pair that was trained on does not
    count. A user never trained on is answered as one of whom nothing is known; an item never
    trained on is missed, and told by `coverage`. Raises InputError where no pair is left.
    """
    found, known = interactions(data, **columns), Recommender.of(model)
    users = known.users.vocabulary.ids(found.users)
    items = known.items.vocabulary.ids(found.items)
    names: dict[str, int] = {}
    strangers = [
        -1 - names.setdefault(found.users[row], len(names)) for row in np.flatnonzero(users < 0)
    ]
    users[users < 0] = strangers
    asked, user = np.unique(users, return_inverse=True)
    seen = _seen(known, asked)
    targets = _targets(user, items, seen, len(asked))
    if not len(targets.ids):
        raise InputError(
            f"{found.source}: every pair was trained on, so none can judge",
            hint="give interactions of a later time",
        )

    def scorer(some: np.ndarray) -> np.ndarray:
        ids = asked[some]
        vectors = known.users[np.maximum(ids, 0)].copy()
        vectors[ids < 0] = known.mean
        return known.scores(vectors)

    some = np.arange(len(asked))
    n_items = len(known.items)
    ranks = rank_targets(scorer, some, seen, targets, n_items=n_items, depth=max(ks))
    scores = ranking_scores(ranks, ks=ks, seed=seed)
    about = {"new_users": int((asked < 0).sum()), "new_items": int((targets.ids < 0).sum())}
    simple = ranking_baselines(seen, targets, n_items=n_items, learned=known.seen, ks=ks, seed=seed)
    return [replace(score, extra=about) for score in scores], simple


def _seen(known: Recommender, asked: np.ndarray) -> Ragged:
    return Ragged.of([known.seen[one].tolist() if one >= 0 else [] for one in asked.tolist()])


def _targets(user: np.ndarray, items: np.ndarray, seen: Ragged, n_users: int) -> Ragged:
    """The distinct items of each user that they were not trained with; -1 for one not known."""
    lists: list[list[int]] = [[] for _ in range(n_users)]
    for one, item in zip(user.tolist(), items.tolist(), strict=True):
        lists[one].append(item)
    kept = []
    for one, listed in enumerate(lists):
        met = set(seen[one].tolist())
        strange = [item for item in listed if item < 0]
        kept.append([*dict.fromkeys(i for i in listed if i >= 0 and i not in met), *strange])
    return Ragged.of(kept)
