"""Do two trainings find the same neighbours?  Wendlandt, Kummerfeld and Mihalcea (2018).

Both models are cut to the items they share. Of each item asked for, A and B are its k nearest in
the one and in the other:

    overlap@k = mean |A ∩ B| / k,    jaccard@k = mean |A ∩ B| / |A ∪ B|
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from rowspace.errors import InputError, SettingError
from rowspace.evaluate.hubness import neighbours
from rowspace.evaluate.means import mean_by_group
from rowspace.evaluate.score import Score
from rowspace.vectors import Vectors

WORDS, AMONG = 1000, 50_000
"""Items asked for, and the shared ones that may be neighbours, unless others are given."""


def stability(
    models: Sequence[Vectors],
    *,
    k: int = 10,
    words: int = WORDS,
    among: int = AMONG,
    seed: int = 0,
) -> list[Score]:
    """`neighbours/overlap@k` and `neighbours/jaccard@k` over the pairs of two models or more.

    Shared items are ordered by their worst rank in any of the models; neighbours come from the
    first `among` of them, and the first `words` are asked for. `coverage` is the share of the
    first `words` of the first model that all know. The interval draws the items. Items without a
    vector in a model are not shared. Raises InputError for fewer than two models, SettingError.
    """
    if len(models) < 2:
        raise InputError("neighbours are compared between two models or more, not in one")
    SettingError.unless(k >= 1, "k", k, "at least 1")
    ids = shared(models, among)
    n = min(words, len(ids[0]))
    asked = np.arange(n)
    own = np.zeros((0, n)) if len(ids[0]) < k + 2 else _both(models, ids, asked, k)
    wanted = min(words, len(models[0]))
    met = np.isin(np.arange(wanted), ids[0]).sum()
    coverage = float(met / wanted) if wanted else 0.0
    extra = {"k": k, "models": len(models), "shared": len(ids[0]), "asked": n, "better": "higher"}
    means = (own / k, own / (2 * k - own))
    return [
        mean_by_group(
            Score(f"neighbours/{name}@{k}", 0.0, n if len(own) else 0, coverage, 0.0, 0.0, extra),
            of.mean(axis=0) if len(own) else np.zeros(0),
            seed=seed,
        )
        for name, of in zip(("overlap", "jaccard"), means, strict=True)
    ]


def shared(models: Sequence[Vectors], most: int) -> list[np.ndarray]:
    """The ids, int64 [n] for each model, of at most so many items that all have a vector of, by
    their worst rank in any of them."""
    first, *others = models
    items = list(first)
    ids = [np.arange(len(first)), *(other.vocabulary.ids(items) for other in others)]
    table = np.stack(ids)
    table = table[:, (table >= 0).all(axis=0)]
    table = table[:, np.argsort(table.max(axis=0, initial=0), kind="stable")]
    # A few more than are asked for, as some may be without a vector.
    table = table[:, : 2 * most]
    whole = np.ones(table.shape[1], bool)
    for model, own in zip(models, table, strict=True):
        rows = model[own]
        whole &= np.isfinite(rows).all(axis=1) & (rows != 0).any(axis=1)
    return list(table[:, whole][:, :most])


def _both(
    models: Sequence[Vectors], ids: list[np.ndarray], asked: np.ndarray, k: int
) -> np.ndarray:
    """|A ∩ B| of each item in each pair of models, float64 [pairs, n]."""
    found = [
        np.concatenate([*neighbours(model[own], asked, k)])
        for model, own in zip(models, ids, strict=True)
    ]
    return np.stack(
        [
            (a[:, :, None] == b[:, None]).any(axis=2).sum(axis=1).astype(np.float64)
            for a, b in combinations(found, 2)
        ]
    )
