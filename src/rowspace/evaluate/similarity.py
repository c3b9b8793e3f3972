"""Do vectors find alike what people find alike?  Spearman's rho of cosine and human score."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rowspace.evaluate.correlation import spearman, spearman_interval
from rowspace.evaluate.lists import read_pairs
from rowspace.evaluate.protocol import Protocol
from rowspace.evaluate.protocol import protocol as by_name
from rowspace.evaluate.score import Score
from rowspace.evaluate.words import look_up
from rowspace.vectors import Vectors


def similarity(
    vectors: Vectors,
    path: str | Path,
    *,
    protocol: str | Protocol = "rowspace",
    unseen: bool | None = None,
    seed: int = 0,
) -> Score:
    """Score the word pairs in `path`; the name is the file's. `unseen` overrides the protocol.

    `coverage` is the share of pairs answered; `extra` tells apart `known` pairs, of two known
    words, and `answered` ones. Raises InputError for a file that is broken, naming the line.
    """
    rules = by_name(protocol)
    pairs = read_pairs(path)
    limit = min(rules.similarity_limit or len(vectors), len(vectors))
    ask = rules.unseen if unseen is None else unseen
    words = look_up(vectors, pairs.first + pairs.second, rules, limit=limit, unseen=ask)
    a, b = words.places(pairs.first), words.places(pairs.second)
    answered = words.answered[a] & words.answered[b]
    known = (words.ids[a] >= 0) & (words.ids[b] >= 0)
    cosines, whole = _cosines(words.vectors[a], words.vectors[b])
    if rules.drop_zero:
        answered &= whole
    counted = answered if rules.missing == "skip" else np.ones(len(a), bool)
    ours, human = np.where(answered, cosines, 0.0)[counted], pairs.human[counted]
    low, high = spearman_interval(ours, human, seed)
    return Score(
        name=Path(path).stem,
        value=spearman(ours, human),
        n=int(counted.sum()),
        coverage=float(answered.mean()),
        low=low,
        high=high,
        extra={
            "metric": "spearman",
            "protocol": protocol if isinstance(protocol, str) else "custom",
            "known": int(known.sum()),
            "answered": int(answered.sum()),
            "total": len(a),
        },
    )


def _cosines(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row by row, float64 [n], 0 where one is zero or not finite; and where neither is."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        lengths = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
        whole = np.isfinite(lengths) & (lengths > 0)
        return np.where(whole, (a * b).sum(axis=1) / lengths, 0.0), whole
