"""How often items were met, and how long their vectors are: the figures behind three charts.

Axes: `V` items.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rowspace.vectors import Vectors

POINTS = 80
"""Of a curve over ranks, evenly far apart on a logarithmic scale."""
BINS = 40
LANDMARKS = (10, 100, 1000, 10_000, 100_000)
SHARES = (0.5, 0.9, 0.99)


def ranks_of(size: int) -> np.ndarray:
    """Ranks from 1 to `size`, int64, evenly far apart on a logarithmic scale."""
    return np.unique(np.rint(np.geomspace(1, size, POINTS)).astype(np.int64))


def counted(vectors: Vectors) -> dict[str, Any] | None:
    """Counts by rank (Zipf's plot) and the share of the text that the n most frequent items cover;
    None where nothing was counted.

    zipf: `rank`, `count`. coverage: `items`, `share`. `half`, `most`, `nearly`: how many items
    cover 50, 90 and 99 % of what the known items were counted in.
    """
    counts = np.sort(np.maximum(vectors.counts, 0))[::-1]
    total = int(counts.sum())
    if not total:
        return None
    ranks = ranks_of(len(counts))
    share = np.cumsum(counts) / total
    needed = [int(np.searchsorted(share, part - 1e-12)) + 1 for part in SHARES]
    seen = counts[counts > 0]
    return {
        "total": total,
        "median": float(np.median(counts)),
        "least": int(seen[-1]),
        "below_ten": float((counts < 10).mean()),
        "zipf": {"rank": ranks.tolist(), "count": counts[ranks - 1].tolist()},
        "slope": _slope(ranks, counts),
        "coverage": {
            "items": ranks.tolist(),
            "share": [round(one, 6) for one in share[ranks - 1].tolist()],
        },
        "covering": dict(zip(("50%", "90%", "99%"), needed, strict=True)),
    }


def _slope(ranks: np.ndarray, counts: np.ndarray) -> float | None:
    """Of the logarithm of counts over that of ranks, by least squares; Zipf's law says -1."""
    kept = ranks[counts[ranks - 1] > 0]
    if len(kept) < 3:
        return None
    x, y = np.log(kept), np.log(counts[kept - 1])
    x = x - x.mean()
    return round(float((x * (y - y.mean())).sum() / (x * x).sum()), 4)


def lengths(vectors: Vectors) -> tuple[dict[str, Any], np.ndarray]:
    """A histogram of the vectors' lengths as data, and which ones are usable: finite, not zero;
    bool [V]. Looks at every row, block by block."""
    norms = np.concatenate([_norms(block) for block in vectors.blocks()])
    finite = np.isfinite(norms)
    usable = finite & (norms > 0)
    told: dict[str, Any] = {
        "zero": int((norms == 0).sum()),
        "not_finite": int((~finite).sum()),
    }
    if usable.any():
        kept = norms[usable].astype(np.float64)
        # The longest thousandth would squeeze all others into a few bars.
        cut = float(np.quantile(kept, 0.999)) * (1 + 1e-9)
        bars, edges = np.histogram(np.minimum(kept, cut), bins=min(BINS, max(5, len(kept) // 4)))
        told |= {
            "mean": float(kept.mean()), "median": float(np.median(kept)),
            "least": float(kept.min()), "most": float(kept.max()),
            "edges": [float(one) for one in edges], "items": bars.tolist(),
        }  # fmt: skip
    return told, usable


def _norms(block: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.sqrt((block.astype(np.float64) ** 2).sum(axis=1)))
