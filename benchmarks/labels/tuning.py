"""Tuning on the validation part, and only then the test part: the same rule for every side.

`count` settings are tried with one seed; the FINALISTS best of them twice more, and of those the
one with the best mean accuracy wins (ties: the lower log loss). It is trained anew with `seeds`
seeds that no trial had, on the training part alone (`train`) and on both parts (`both`), and meets
the test part for the first time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.labels.sets import Labelled
from benchmarks.labels.spaces import Range, Settings, drawn

FINALISTS, MORE = 5, (1, 2)
FIRST_REFIT = 100  # seeds of the refits begin here
Data = dict[str, Any]
Do = Callable[..., Data]
"""task, **job → answer: a side's process."""


@dataclass(frozen=True, slots=True)
class Search:
    """A side's space; `count` trials, `seeds` refits. `fixed` goes with every trial."""

    space: Mapping[str, Range]
    known: Sequence[Settings]
    count: int
    seeds: int

    def digest(self, labelled: Labelled) -> str:
        """Of all that decides the outcome."""
        told = repr((self, FINALISTS, MORE, labelled.folder.name))
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def settings(self) -> list[Settings]:
        """What is tried."""
        return drawn(self.space, self.count, known=self.known)


def tuned(search: Search, labelled: Labelled, do: Do, log: Path) -> Data:
    """The choice, its validation figure, and the refits on the test part."""
    log.parent.mkdir(parents=True, exist_ok=True)
    job = {"train": labelled.part("train"), "valid": labelled.part("valid"), "log": str(log)}
    first = do("trials", **job, trials=[(one, 0) for one in search.settings()])["found"]
    final = sorted(first, key=rank)[:FINALISTS]
    again = [(one["settings"], seed) for one in final for seed in MORE]
    more = do("trials", **job, trials=again)["found"]
    groups = [_mean([one, *(two for two in more if two["settings"] == one["settings"])])
              for one in final]  # fmt: skip
    best = min(groups, key=rank)
    found = {
        "chosen": best["settings"],
        "valid": best["accuracy"],
        "valid_log_loss": best["log_loss"],
        "trials": [_short(one) for one in (*first, *more)],
    }
    return {**found, "test": refitted(search, labelled, do, best["settings"])}


def refitted(search: Search, labelled: Labelled, do: Do, chosen: Settings) -> Data:
    """On the test part, trained on `train` and on `both`."""
    seeds = list(range(FIRST_REFIT, FIRST_REFIT + search.seeds))
    found = {}
    for part in ("train", "both"):
        job = {"train": labelled.part(part), "test": labelled.part("test")}
        answer = do("refits", **job, chosen=chosen, seeds=seeds)["found"]
        found[part] = {
            "accuracy": [one["accuracy"] for one in answer],
            "log_loss": [one["log_loss"] for one in answer],
            "right": times_right([one["right"] for one in answer]),
        }
    return found


def times_right(rows: Sequence[str]) -> str:
    """For each text how many of the seeds were right: a digit."""
    return "".join(str(sum(map(int, column))) for column in zip(*rows, strict=True))


def rank(trial: Mapping[str, Any]) -> tuple[float, float]:
    """Best first."""
    return -trial["accuracy"], trial["log_loss"]


def kept(path: Path, name: str, wanted: str) -> Data | None:
    """A result of that digest, from a file of results."""
    found = json.loads(path.read_text()).get(name) if path.exists() else None
    return found if found and found["digest"] == wanted else None


def keep(path: Path, name: str, found: Data) -> None:
    """Into the file of results, in the place of what had the name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.loads(path.read_text()) if path.exists() else {}
    part = path.with_suffix(".part")
    part.write_text(_lines({**data, name: found}), encoding="utf-8")
    os.replace(part, path)


def _lines(data: Mapping[str, Data]) -> str:
    """JSON with a trial a line."""
    told = []
    for name, found in data.items():
        trials = ",\n   ".join(json.dumps(one) for one in found["trials"])
        rest = {key: value for key, value in found.items() if key != "trials"}
        inner = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in rest.items())
        told.append(f' {json.dumps(name)}: {{\n  {inner},\n  "trials": [\n   {trials}\n  ]\n }}')
    return "{\n" + ",\n".join(told) + "\n}\n"


def _mean(trials: Sequence[Data]) -> Data:
    scores = {name: fmean(one[name] for one in trials) for name in ("accuracy", "log_loss")}
    return {"settings": trials[0]["settings"], **scores}


def _short(trial: Data) -> Data:
    rounded = {name: round(trial[name], 5) for name in ("accuracy", "log_loss")}
    return {**trial, **rounded}
