"""How a table's vectors lie: whether all point one way, and whether a few are near to everybody.

Both of a sample of the items, against all of them. Axes: `n` items of the sample, `V` of the table.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rowspace.random import Stream, bits
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import unit_rows
from rowspace.vectors.maps import pca_map, sample

PAIRED = 4000
"""Items whose cosines with each other are averaged."""
ASKED = 500
"""Items whose nearest ten are looked for among all."""
WORK = 4e10
"""Products of numbers that these may take: of very large tables fewer are asked."""
K = 10
HUBS = 5
FEWEST = 500
"""Items below which a hub is no wonder."""


def shape(vectors: Vectors, usable: np.ndarray, *, seed: int = 0) -> dict[str, Any]:
    """`mean_cosine` of two items drawn by lot; `hubs`: the items most often among the ten nearest
    of others, and the share of those asked whose neighbour each is (by chance K / V)."""
    ids = np.flatnonzero(usable)
    if len(ids) < 3:
        return {}
    some = ids if len(ids) <= PAIRED else np.sort(_drawn(ids, PAIRED, seed))
    units = unit_rows(vectors[some]).astype(np.float64)
    n = len(units)
    total = float((units.sum(axis=0) ** 2).sum())
    told: dict[str, Any] = {"mean_cosine": round((total - n) / (n * (n - 1)), 6), "of": n}
    asked = min(ASKED, int(WORK / (len(vectors) * vectors.dim)))
    if len(ids) >= FEWEST and asked >= 50:
        told |= _hubs(vectors, np.sort(_drawn(ids, asked, seed)))
    return told


def _drawn(ids: np.ndarray, n: int, seed: int) -> np.ndarray:
    return ids[np.argsort(bits(seed, Stream.MAPS, ids), kind="stable")[:n]]


def _hubs(vectors: Vectors, asked: np.ndarray) -> dict[str, Any]:
    near = vectors.nearest_ids(asked.tolist(), K)[0]
    ids, counts = np.unique(near[near >= 0], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:HUBS]
    hubs = [
        {
            "item": vectors.vocabulary.item(int(ids[at])),
            "share": round(int(counts[at]) / len(asked), 4),
        }
        for at in order.tolist()
    ]
    return {"asked": len(asked), "hubs": hubs, "by_chance": K / len(vectors)}


def map_of(
    vectors: Vectors, usable: np.ndarray, found: Any, *, points: int, seed: int = 0
) -> dict[str, Any] | None:
    """A map as data: that of the model (`found`) or one by PCA, a sample of at most `points` items.

    `items`, `x`, `y` and `counts` go together. None where too few vectors are usable.
    """
    among = np.flatnonzero(usable)
    if len(among) < 3:
        return None
    if found is None:
        found = pca_map(vectors, sample(vectors, points, among=among, seed=seed))
    elif len(found) > points:
        found = found.only(sample(vectors, points, among=found.ids, seed=seed))
    scale = float(np.abs(found.points).max()) or 1.0
    places = np.round(found.points.astype(np.float64) / scale, 4)
    counts = vectors.counts[found.ids] if vectors.counts.any() else None
    return {
        "method": found.method, "of": found.of, "shown": len(found),
        "shares": None if found.shares is None else [round(one, 4) for one in found.shares],
        "items": [vectors.vocabulary.item(id) for id in found.ids.tolist()],
        "x": places[:, 0].tolist(), "y": places[:, 1].tolist(),
        "counts": None if counts is None else counts.tolist(),
    }  # fmt: skip
