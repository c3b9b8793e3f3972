"""`Probe`: what came of one, in figures and in sentences."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rowspace.evaluate.probe_data import Task
from rowspace.evaluate.probe_features import System
from rowspace.evaluate.probe_interval import Estimate, Judgement
from rowspace.evaluate.score import Score

KNOWN = 0.9
"""Where fewer texts have a known word, the answer says so."""


@final
@dataclass(frozen=True, slots=True)
class Parts:
    """Places of the texts that are learned from, that choose, and that judge, int64."""

    learn: np.ndarray
    choose: np.ndarray
    judge: np.ndarray


@final
@dataclass(frozen=True, slots=True)
class Judged:
    """A split: its parts, what its test says, and the way each system took."""

    parts: Parts
    judgement: Judgement
    chosen: Sequence[Mapping[str, Any]]


@final
@dataclass(frozen=True, slots=True)
class Probe:
    """`task`: the data's name. metric: "accuracy", "micro-f1" (several labels a text) or "r2".

    scores: of the vectors first, then of the others by name, over all splits' tests together.
    gains: how far the vectors are above each of the others, paired. answer: sentences. about: what
    else is worth telling: sizes of the parts, the ways and the C that were chosen, seconds.
    """

    task: str
    metric: str
    scores: tuple[Score, ...]
    gains: tuple[Score, ...]
    answer: str
    about: Mapping[str, Any]

    def gain(self, over: str) -> Score:
        """How far the vectors are above that system. Raises KeyError."""
        return {str(one.extra["over"]): one for one in self.gains}[over]

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        return {
            "task": self.task,
            "metric": self.metric,
            "scores": [score.as_json() for score in self.scores],
            "gains": [gain.as_json() for gain in self.gains],
            "answer": self.answer,
            **self.about,
        }


def told(
    task: Task,
    systems: Sequence[System],
    splits: Sequence[Judged],
    values: Sequence[Estimate],
    gains: Sequence[Estimate],
    seconds: float,
) -> Probe:
    """The result of splits that were judged."""
    several = task.truth.ndim == 2
    metric = "r2" if task.labels is None else "micro-f1" if several else "accuracy"
    own = os.path.basename(task.source)
    names = [one.name for one in systems] + ["mean" if task.labels is None else "majority"]
    n = len(np.unique(np.concatenate([one.judgement.cases for one in splits])))
    known = [float(one.known.mean()) for one in systems] + [1.0]
    scores = tuple(
        Score(f"{own}/{metric}", e.value, n, share, e.low, e.high, {"system": name})
        for name, e, share in zip(names, values, known, strict=True)
    )
    over = tuple(
        Score(f"{own}/gain over {name}", e.value, n, known[0], e.low, e.high, {"over": name})
        for name, e in zip(names[1:], gains, strict=True)
    )
    parts = splits[0].parts
    about = {
        "texts": len(task.texts),
        "labels": None if task.labels is None else len(task.labels),
        "dropped": task.dropped,
        "splits": len(splits),
        "parts": [len(parts.learn), len(parts.choose), len(parts.judge)],
        "chosen": {
            one.name: [dict(split.chosen[at]) for split in splits] for at, one in enumerate(systems)
        },
        "seconds": round(seconds, 3),
    }
    return Probe(task.source, metric, scores, over, answered(scores, over, metric), about)


def answered(scores: Sequence[Score], gains: Sequence[Score], metric: str) -> str:
    """What the vectors are worth, in sentences: over one-hot, over others, over random ones."""
    by = {str(one.extra["over"]): one for one in gains}
    name, coverage = scores[0].extra["system"], scores[0].coverage
    found = [sentence(by.pop("one-hot"), metric, name)]
    rate = by.pop("majority", None) or by.pop("mean", None)
    random = by.pop("random vectors")
    found += [sentence(one, metric, name) for one in by.values()]
    if rate is not None and not rate.low > 0:
        found.append(f"They do not tell more than the {rate.extra['over']} does.")
    elif not random.low > 0:
        found.append("Random vectors of the same shape do no worse: it is which words there are "
                     "that tells, not what the vectors know of them.")  # fmt: skip
    if coverage < KNOWN:
        found.append(f"Only {coverage:.0%} of the texts have a word with a vector.")
    return " ".join(found)


def sentence(gain: Score, metric: str, name: str) -> str:
    """One difference in words."""
    other = gain.extra["over"]
    if not gain.low <= gain.value <= gain.high:  # NaN
        return f"Nothing can be told of {name} against {other}."
    interval = f"95 % interval {points(gain.low, metric)} to {points(gain.high, metric)}"
    value = f"{points(gain.value, metric)} {unit(metric)}"
    if gain.low > 0:
        return f"{name} is worth {value} over {other} ({interval})."
    if gain.high < 0:
        return f"{other} is better here: {name} is {value} against it ({interval})."
    return f"No gain over {other} can be told here: {value} ({interval})."


def points(value: float, metric: str) -> str:
    """A difference with its sign: hundredths, or of R² as it is."""
    return f"{value:+.3f}" if metric == "r2" else f"{100 * value:+.1f}"


def unit(metric: str) -> str:
    """What differences are counted in."""
    return {"r2": "of R²", "accuracy": "points of accuracy", "micro-f1": "points of micro F1"}[
        metric
    ]
