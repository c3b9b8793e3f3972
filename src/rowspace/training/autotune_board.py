"""Which trial is the best: few texts judge, and the best of many trials is also the luckiest.

So a trial is told by its figure and by the likelihood of the true labels, which is steadier by far
(of two halves of the texts it foretells the other's accuracy better than accuracy does), by as many
parts as have judged it, and is drawn towards the others where those are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import final

import numpy as np

from rowspace.training.autotune_trial import Look, Trial

LIKELIHOOD = 0.8
STEADY = 4000
"""Texts judged by from which on the likelihood counts for less than half of `LIKELIHOOD`."""
DOUBT = 0.7
"""Looks that the others' mean counts for."""
WORST = -1e9
AGREED = 0.5
"""How much of a lead on one part is there on another."""


@final
class Board:
    """Trials and what they are worth. texts: how many the validation part has."""

    def __init__(self, texts: int) -> None:
        self.trials: list[Trial] = []
        self.weight = LIKELIHOOD * STEADY / (STEADY + texts)

    def good(self) -> list[Trial]:
        """Those that were judged."""
        return [one for one in self.trials if one.looks]

    def ranked(self, among: Iterable[Trial] | None = None) -> list[Trial]:
        """Best first: of the largest share of the texts, then by worth, then the earlier."""
        found = self.good() if among is None else list(among)
        worth = self.worth()
        return sorted(found, key=lambda one: (-_share(one), -worth[one.number], one.number))

    def worth(self) -> dict[int, float]:
        """Of each trial that was judged, in units of how far good trials lie apart."""
        found: dict[int, float] = {}
        for share in {_share(one) for one in self.good()}:
            found.update(self._worth([one for one in self.good() if _share(one) == share], share))
        return found

    def _worth(self, trials: Sequence[Trial], share: float) -> dict[int, float]:
        looks = {one.number: [at for at in one.looks if at.share == share] for one in trials}
        scale = Scale([at for many in looks.values() for at in many if at.part == 0], self.weight)
        values = {number: {at.part: scale.of(at) for at in many} for number, many in looks.items()}
        sums = {number: [one.get(0, 0.0)] for number, one in values.items()}
        for part in sorted({part for one in values.values() for part in one} - {0}):
            here = [number for number, one in values.items() if part in one]
            middle = float(np.mean([values[number][part] for number in here]))
            ahead = AGREED * float(np.mean([sums[number][0] for number in here]))
            for number in here:
                sums[number].append(values[number][part] - middle + ahead)
        return {number: sum(many) / (len(many) + DOUBT) for number, many in sums.items()}


@final
class Scale:
    """Figures and likelihoods as one number, measured by how far the better half of `looks` lie
    apart."""

    def __init__(self, looks: Sequence[Look], weight: float) -> None:
        self.figure = _spread([one.figure for one in looks])
        self.likelihood = _spread([one.likelihood for one in looks])
        self.weight = weight if self.likelihood[1] > 0 else 0.0

    def of(self, look: Look) -> float:
        """The number of one look."""
        return self.number(look.figure, look.likelihood)

    def number(self, figure: float, likelihood: float) -> float:
        """The higher the better."""
        found = 0.0 if np.isfinite(figure) else -np.inf
        if self.figure[1] > 0:
            found += (1 - self.weight) * (figure - self.figure[0]) / self.figure[1]
        if self.weight:
            found += self.weight * (likelihood - self.likelihood[0]) / self.likelihood[1]
        return found if np.isfinite(found) else WORST


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """The middle of the better half, and how far it lies apart; 0 where it does not."""
    finite = np.array([one for one in values if np.isfinite(one)])
    if not len(finite):
        return 0.0, 0.0
    better = finite[finite >= np.median(finite)]
    spread = float(better.std()) if len(better) > 1 else 0.0
    return float(better.mean()), spread or (1.0 if np.isfinite(values).all() else 0.0)


def _share(trial: Trial) -> float:
    return max(one.share for one in trial.looks)
