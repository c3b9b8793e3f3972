"""Our side tunes itself: `rs.autotune`, by as many trainings as the other side's tuning has.

Each seed is a search of its own: the validation part chooses and is never learned from, what was
chosen is trained on the training part, and meets the test part once. No end of time: one thread,
the same model every time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.labels.sets import Labelled
from benchmarks.labels.tuning import FIRST_REFIT, Data, Do, times_right

TOLD = ("accuracy", "log_loss", "right", "valid", "chosen", "seconds")


@dataclass(frozen=True, slots=True)
class Own:
    """A search of `count` trainings for each of `seeds`. start: vectors that words start from."""

    count: int
    seeds: int
    start: str = ""

    def digest(self, labelled: Labelled) -> str:
        """Of all that decides the outcome."""
        told = repr((self.count, self.seeds, Path(self.start).name, labelled.folder.name))
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def searched(search: Own, labelled: Labelled, do: Do, log: Path) -> Data:
    """The choice of each seed, its validation figure, and the test part. What stands in the log, a
    line a seed, is not done again."""
    log.parent.mkdir(parents=True, exist_ok=True)
    digest = search.digest(labelled)
    lines = log.read_text().splitlines() if log.exists() else []
    done = {one["seed"]: one for one in map(json.loads, lines) if one.get("digest") == digest}
    job: dict[str, Any] = {name: labelled.part(name) for name in ("train", "valid", "test")}
    job |= {"budget": None, "trials": search.count, "start": search.start}
    for seed in range(FIRST_REFIT, FIRST_REFIT + search.seeds):
        if seed not in done:
            answer = do("autotune", **job, seed=seed)
            done[seed] = {"digest": digest, "seed": seed, **{name: answer[name] for name in TOLD}}
            with log.open("a") as file:
                file.write(json.dumps(done[seed]) + "\n")
    found = [done[seed] for seed in sorted(done)]
    return {
        "chosen": _short(found[0]["chosen"]),
        "valid": fmean(one["valid"] for one in found),
        "trials": [{**one["chosen"], "seed": one["seed"], "valid": one["valid"]} for one in found],
        "test": {"train": summed(found)},
    }


def summed(answers: list[Data]) -> Data:
    """As `gained` takes it."""
    found = {name: [one[name] for one in answers] for name in ("accuracy", "log_loss")}
    return {**found, "right": times_right([one["right"] for one in answers])}


def _short(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """How much was searched and joined, in two numbers."""
    return {name: chosen[name] for name in ("trainings", "member_trainings")}
