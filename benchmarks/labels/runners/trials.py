"""Trials of settings, one after the other: the same for every library. What every Python has.

A trial that is done stands in a log, a line each; those are not done again. Tuning sees the
training and the validation part alone: a job of `trials` is given no other path.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from benchmarks.harness.job import Job
from benchmarks.labels.texts import read

LEAST = 1e-9  # probability, for the logarithm


class Fitted(Protocol):
    """A trained model of any library."""

    def best(self, texts: Sequence[str]) -> list[str]:
        """The first label of each text."""

    def of_label(self, texts: Sequence[str], labels: Sequence[str]) -> list[float]:
        """The probability of a text's own label, those of all its labels summing to 1."""


Fit = Callable[[str, dict[str, Any], int, Job], Fitted]
"""path of the training, settings, seed, job → model. Raises RuntimeError where it diverges."""


def trials(fit: Fit, job: Job) -> dict[str, Any]:
    """Every settings of the job on its validation part, `found` in the order asked for."""
    log = Path(job["log"])
    kept = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    done = {key(one): one for one in kept}
    valid = read(job["valid"])
    for settings, seed in job["trials"]:
        asked = {"settings": settings, "seed": seed}
        if key(asked) in done:
            continue
        began = time.perf_counter()
        try:
            scores = judged(fit(job["train"], settings, seed, job), valid)
            del scores["right"]
        except RuntimeError as error:
            scores = {"accuracy": 0.0, "log_loss": 99.0, "error": str(error)}
        done[key(asked)] = {**asked, **scores, "seconds": round(time.perf_counter() - began, 2)}
        with log.open("a") as file:
            file.write(json.dumps(done[key(asked)]) + "\n")
    return {"found": [done[key({"settings": one, "seed": seed})] for one, seed in job["trials"]]}


def refits(fit: Fit, job: Job) -> dict[str, Any]:
    """The chosen settings, trained anew with each seed, on the test part: `found`, one a seed."""
    test = read(job["test"])
    return {
        "found": [
            {"seed": seed, **judged(fit(job["train"], job["chosen"], seed, job), test)}
            for seed in job["seeds"]
        ]
    }


def key(trial: dict[str, Any]) -> str:
    """What tells trials apart."""
    return json.dumps([trial["settings"], trial["seed"]], sort_keys=True)


def judged(model: Fitted, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Accuracy, log loss, and `right`: a 1 or 0 for each text."""
    labels, texts = [label for label, _ in pairs], [text for _, text in pairs]
    right = [int(a == b) for a, b in zip(model.best(texts), labels, strict=True)]
    chances = model.of_label(texts, labels)
    return {
        "accuracy": sum(right) / len(right),
        "log_loss": -sum(math.log(max(one, LEAST)) for one in chances) / len(right),
        "right": "".join(map(str, right)),
    }
