"""How dear a trial is, and so the ladder that trials climb."""

from __future__ import annotations

import time

from rowspace.errors import RowspaceError
from rowspace.evaluate.metrics import Metric as Measure
from rowspace.training.autotune_parts import Ground
from rowspace.training.autotune_search import Rung
from rowspace.training.autotune_space import Candidate
from rowspace.training.autotune_trial import judge, learn

FEW, PROBED = 64, 2000
FOLDS = 5
CHEAP = 25
"""So many times a trial on all texts must go into the budget to be cheap."""
AT_LEAST = 8
"""So many of the dearest trials must go into it."""
LEAST = 300
"""Texts that the lowest rung learns from at least."""
STEADY = 5000
"""Texts that judge from which on other parts are needless."""
FOLDED = 100_000
"""Texts up to which there are folds where no time is given."""


def warmed(ground: Ground, one: Candidate, measure: Measure) -> None:
    """A few texts learned, so that what is compiled is there before the time runs."""
    _timed(ground, one, measure, FEW)


def probe(ground: Ground, one: Candidate, measure: Measure) -> float:
    """The seconds of a trial on all texts, from one on a few."""
    n = len(ground.train)
    few = min(n, FEW)
    seconds = _timed(ground, one, measure, few) * n / few
    if n > FEW:
        some = min(n, PROBED)
        seconds = _timed(ground, one, measure, some) * n / some
    return seconds


def ladder(ground: Ground, cost: float | None, budget: float | None) -> tuple[list[Rung], bool]:
    """The rungs, and whether trials are dear."""
    n = len(ground.train)
    cheap = n <= FOLDED if cost is None or budget is None else CHEAP * cost <= budget
    if cheap:
        parts = 1 if len(ground.valid) >= STEADY else FOLDS - 1
        if n < 2 * FOLDS or ground.train is ground.valid:
            return [Rung(0, 1.0)], False
        ground.require_folds(FOLDS)
        return [Rung(part, 1.0) for part in range(parts + 1)], False
    if cost is None or budget is None:
        return [Rung(0, 1.0)], False
    share = min(1.0, budget / (AT_LEAST * cost))
    shares = [share / 9, share / 3, share]
    high = [one for one in shares if one * n >= LEAST] or [max(share, min(1.0, LEAST / n))]
    return [Rung(0, one) for one in high], True


def _timed(ground: Ground, one: Candidate, measure: Measure, texts: int) -> float:
    """Seconds of one trial on so many texts; none where they cannot be learned from."""
    began = time.monotonic()
    try:
        part = ground.part(one, 0, texts / len(ground.train))
        learned = learn(
            part.prepared, part.examples, one.epochs, seed=0, threads=ground.run.threads or 1,
            freeze=ground.run.freeze, stop=lambda: False,
        )  # fmt: skip
        judge(part, learned, measure)
    except RowspaceError:  # the trials will tell
        pass
    return time.monotonic() - began
