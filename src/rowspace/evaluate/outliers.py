"""Which word does not belong?  Camacho-Collados and Navigli (2016).

A case is a group of words W and one outlier o. Of the words of W and o each has its nearness

    p(w) = mean over the other ones v of cos(w, v),

and the outlier's position is how many words of W are nearer than it: |W| where it is told. (Less
near is: the set without it is the more compact. The order is the one of their compactness score.)

    accuracy = share of cases with position |W|,    OPP = mean of position / |W|
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rowspace.evaluate.groups import Group, read_groups
from rowspace.evaluate.means import mean_by_group
from rowspace.evaluate.protocol import Protocol
from rowspace.evaluate.protocol import protocol as by_name
from rowspace.evaluate.score import Score
from rowspace.evaluate.words import Words, look_up
from rowspace.vectors import Vectors
from rowspace.vectors.cosine import unit_rows


@final
@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """n cases: `right` bool [n], `position` float64 [n] from 0 to 1, `answered` bool [n], `group`
    int64 [n]."""

    right: np.ndarray
    position: np.ndarray
    answered: np.ndarray
    group: np.ndarray


def outliers(
    vectors: Vectors,
    path: str | Path,
    *,
    protocol: str | Protocol = "rowspace",
    unseen: bool | None = None,
    seed: int = 0,
) -> list[Score]:
    """`FILE/accuracy` and `FILE/opp` of the groups in `path` (`groups.read_groups`).

    A case counts where the outlier and two words of its group have vectors; words without are left
    out. Where the protocol counts what is missing, a case that does not is wrong, at position 0.
    The interval draws whole groups, whose cases share their words; of one group it draws cases.
    Raises InputError.
    """
    rules = by_name(protocol)
    groups = read_groups(path)
    found = detected(vectors, groups, rules, unseen=unseen)
    counted = found.answered if rules.missing == "skip" else np.ones(len(found.right), bool)
    extra = {
        "protocol": protocol if isinstance(protocol, str) else "custom",
        "groups": len(groups),
        "answered": int(found.answered.sum()),
        "total": len(found.right),
    }
    stem, coverage = Path(path).stem, float(found.answered.mean())
    figures = {"accuracy": found.right.astype(np.float64), "opp": found.position}
    return [
        mean_by_group(
            Score(f"{stem}/{name}", 0.0, int(counted.sum()), coverage, 0.0, 0.0, extra),
            values[counted],
            found.group[counted],
            seed=seed,
        )
        for name, values in figures.items()
    ]


def detected(
    vectors: Vectors, groups: list[Group], rules: Protocol, *, unseen: bool | None = None
) -> Detected:
    """Every outlier of every group, one after the other."""
    every = [word for group in groups for word in (*group.words, *group.outliers)]
    ask = rules.unseen if unseen is None else unseen
    words = look_up(vectors, every, rules, limit=len(vectors), unseen=ask)
    units = unit_rows(words.vectors).astype(np.float64)
    whole = words.answered & (units != 0).any(axis=1)
    cases = [_case(units, whole, words, group, out) for group in groups for out in group.outliers]
    position = np.array([max(at, 0.0) for at in cases])
    sizes = [len(group.outliers) for group in groups]
    return Detected(
        position == 1.0, position, np.array(cases) >= 0, np.repeat(np.arange(len(groups)), sizes)
    )


def _case(units: np.ndarray, whole: np.ndarray, words: Words, group: Group, outlier: str) -> float:
    """The outlier's position over the most it can be; -1 where it cannot be told."""
    own = words.places(group.words)
    own, last = own[whole[own]], words.place[outlier]
    if not whole[last] or len(own) < 2:
        return -1.0
    rows = units[np.append(own, last)]
    cosines = rows @ rows.T
    # Only the order counts, so that the sum stands for the mean.
    near = cosines.sum(axis=1) - np.diagonal(cosines)
    return float((near[:-1] > near[-1]).sum() / len(own))
