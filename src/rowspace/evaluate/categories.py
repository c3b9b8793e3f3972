"""Do words of one kind lie together?  The purity of clusters against categories people made.

k-means on vectors of length one, with as many clusters as there are categories:

    purity = 1/n Σ over clusters of the number of words of its most frequent category

1 is the best. Clusters drawn by chance are far from 0: `extra["chance"]` is the mean purity of the
same clusters with the words in another order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rowspace.evaluate.clusters import k_means
from rowspace.evaluate.correlation import share_interval
from rowspace.evaluate.groups import Categories, read_categories
from rowspace.evaluate.protocol import Protocol
from rowspace.evaluate.protocol import protocol as by_name
from rowspace.evaluate.score import Score
from rowspace.evaluate.words import look_up
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import unit_rows

SHUFFLES = 100


@final
@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """n words: `vectors` float32 [n, D] of length one, `answered` bool [n]."""

    vectors: np.ndarray
    answered: np.ndarray


def categories(
    vectors: Vectors,
    path: str | Path,
    *,
    protocol: str | Protocol = "rowspace",
    unseen: bool | None = None,
    seed: int = 0,
) -> Score:
    """`FILE/purity` of the words and categories in `path` (`groups.read_categories`).

    Words without a vector are left out; where the protocol counts what is missing they are wrong.
    The interval holds the clusters and what each of them is called, and draws the words. NaN where
    words of fewer than two categories are left. Raises InputError.
    """
    rules = by_name(protocol)
    listed = read_categories(path)
    found = placed(vectors, listed, rules, unseen=unseen)
    own, category = found.vectors[found.answered], listed.category[found.answered]
    total = len(listed.words)
    k = len(np.unique(category))
    n = len(own) if rules.missing == "skip" else total
    clusters = k_means(own, k, seed=seed) if k > 1 else np.zeros(len(own), np.int64)
    right = int(hits(clusters, category).sum()) if k > 1 else 0
    low, high = share_interval(right, n, seed) if k > 1 else (math.nan, math.nan)
    random = np.random.default_rng(seed)
    shuffled = (hits(clusters, random.permutation(category)).mean() for _ in range(SHUFFLES))
    return Score(
        name=f"{Path(path).stem}/purity",
        value=right / n if k > 1 else math.nan,
        n=n,
        coverage=float(found.answered.mean()),
        low=low,
        high=high,
        extra={
            "protocol": protocol if isinstance(protocol, str) else "custom",
            "clusters": k,
            "categories": len(listed.names),
            "chance": float(np.mean([*shuffled])) if k > 1 else None,
            "answered": len(own),
            "total": total,
        },
    )


def placed(
    vectors: Vectors, listed: Categories, rules: Protocol, *, unseen: bool | None = None
) -> Placed:
    """The vectors of the words at length one; a zero or broken one is no answer."""
    ask = rules.unseen if unseen is None else unseen
    words = look_up(vectors, listed.words, rules, limit=len(vectors), unseen=ask)
    places = words.places(listed.words)
    units = unit_rows(words.vectors)[places]
    return Placed(units, words.answered[places] & (units != 0).any(axis=1))


def hits(clusters: np.ndarray, category: np.ndarray) -> np.ndarray:
    """Which words are of the most frequent category of their cluster (the first of equals), bool
    [n], for clusters and categories int64 [n]."""
    wide = int(category.max(initial=0)) + 1
    tall = int(clusters.max(initial=0)) + 1
    table = np.bincount(clusters * wide + category, minlength=tall * wide).reshape(tall, wide)
    return np.asarray(table.argmax(axis=1)[clusters] == category)
