"""How well a text is foretold: loss, perplexity, bits a character and bits a byte.

Each unit of a text (a character, a word, a piece of one) costs -ln p nats, p being what it was
given before it was seen. Units that stand together are alike in cost, so intervals are drawn over
runs of units (the block bootstrap, Künsch 1989). Axes: `n` units, `C` runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rowspace.errors import InputError
from rowspace.evaluate.resample import interval
from rowspace.evaluate.score import Score

RUN = 1000
"""Units of a run, of long texts."""
FEWEST = 50
"""Runs that a shorter text is cut into, if it has so many units."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """nats float64 [n]: what each unit cost. characters, octets int64 [n]: how long it is, in
    characters and in UTF-8. known bool [n]: whether it has a row; one without stands for any, so
    what it cost says nothing of its characters. None: all are known."""

    nats: np.ndarray
    characters: np.ndarray
    octets: np.ndarray
    known: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("characters", "octets", "known"):
            given = getattr(self, name)
            if given is not None and given.shape != self.nats.shape:
                raise InputError(
                    f"{self.nats.shape} costs need as many of {name}, not {given.shape}"
                )
        if not len(self.nats):
            raise InputError("no unit was foretold, and there is nothing to judge")


def judge(costs: Costs, *, seed: int = 0) -> list[Score]:
    """Four scores, less being better, each with a 95 % interval:

    loss                 the mean of -ln p, nats a unit
    perplexity           e^loss: how many units it was as hard to choose between
    bits-per-character   Σ -log₂ p / Σ characters, over known units
    bits-per-byte        the same by bytes of UTF-8: comparable whatever a unit is

    `coverage` is the share of units that are known. Raises InputError for no costs.
    """
    known = np.ones(len(costs.nats), bool) if costs.known is None else costs.known
    places = _runs(len(costs.nats))
    sums = np.stack(
        [
            np.bincount(places, weights)
            for weights in (
                costs.nats,
                np.ones(len(places)),
                costs.nats * known / np.log(2),
                costs.characters * known,
                costs.octets * known,
            )
        ],
        axis=1,
    )
    values = _figures(sums.sum(0, keepdims=True))[0]
    low, high = interval(np.ones(len(sums), np.int64), lambda draws: _figures(draws @ sums), seed)
    coverage, n = float(known.mean()), len(costs.nats)
    names = ("loss", "perplexity", "bits-per-character", "bits-per-byte")
    return [
        Score(name, float(value), n, coverage, float(a), float(b))
        for name, value, a, b in zip(names, values, low, high, strict=True)
    ]


def _runs(n: int) -> np.ndarray:
    """The run of each unit, int64 [n]."""
    length = max(1, min(RUN, n // FEWEST))
    return np.arange(n) // length


def _figures(sums: np.ndarray) -> np.ndarray:
    """The four figures [S, 4] of sums [S, 5]: nats, units, bits, characters, bytes."""
    nats, units, bits, characters, octets = sums.T
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        loss = nats / units
        return np.stack([loss, np.exp(loss), bits / characters, bits / octets], axis=1)
