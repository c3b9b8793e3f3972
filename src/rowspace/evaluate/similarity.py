"""Do vectors find alike what people find alike?  Spearman's rho of cosine and human score."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rowspace.evaluate.correlation import spearman, spearman_interval
from rowspace.evaluate.lists import Pairs, read_pairs
from rowspace.evaluate.protocol import Protocol
from rowspace.evaluate.protocol import protocol as by_name
from rowspace.evaluate.score import Score
from rowspace.evaluate.words import look_up
from rowspace.vectors import Vectors


@final
@dataclass(frozen=True, slots=True, eq=False)
class Rated:
    """n pairs as vectors find them: `cosines` float64 [n], `known` and `answered` bool [n]."""

    cosines: np.ndarray
    known: np.ndarray
    answered: np.ndarray


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
    found = rated(vectors, pairs, rules, unseen=unseen)
    whole = rules.missing != "skip"
    counted = np.ones(len(found.answered), bool) if whole else found.answered
    ours, human = found.cosines[counted], pairs.human[counted]
    low, high = spearman_interval(ours, human, seed)
    return Score(
        name=Path(path).stem,
        value=spearman(ours, human),
        n=int(counted.sum()),
        coverage=float(found.answered.mean()),
        low=low,
        high=high,
        extra={
            "metric": "spearman",
            "protocol": protocol if isinstance(protocol, str) else "custom",
            "known": int(found.known.sum()),
            "answered": int(found.answered.sum()),
            "total": len(counted),
        },
    )


def rated(vectors: Vectors, pairs: Pairs, rules: Protocol, *, unseen: bool | None = None) -> Rated:
    """Each pair's cosine; 0 where there is none and no item stands for what is missing."""
    limit = min(rules.similarity_limit or len(vectors), len(vectors))
    ask = rules.unseen if unseen is None else unseen
    words = look_up(vectors, pairs.first + pairs.second, rules, limit=limit, unseen=ask)
    a, b = words.places(pairs.first), words.places(pairs.second)
    answered = words.answered[a] & words.answered[b]
    known = (words.ids[a] >= 0) & (words.ids[b] >= 0)
    cosines, whole = _cosines(words.vectors[a], words.vectors[b])
    if rules.drop_zero:
        answered &= whole
    if rules.single:
        cosines = _single(words.vectors, a, b)
    if rules.missing != "first":
        cosines = np.where(answered, cosines, 0.0)
    return Rated(cosines, known, answered)


def _single(rows: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The cosines of rows a and b in float32, one product after the other, float64 [n]."""
    with np.errstate(invalid="ignore", over="ignore"):
        lengths = np.linalg.norm(rows, axis=1)
        units = rows / np.where(lengths == 0, np.float32(1), lengths)[:, None]
        found = [units[x].dot(units[y]) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    return np.nan_to_num(np.array(found, np.float64))


def _cosines(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row by row, float64 [n], 0 where one is zero or not finite; and where neither is."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        lengths = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
        whole = np.isfinite(lengths) & (lengths > 0)
        return np.where(whole, (a * b).sum(axis=1) / lengths, 0.0), whole
