"""`Bench`: a run of the benchmark; what its parts ask for."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness.contestants import Answer, Contestant, run
from benchmarks.harness.measuring import tell
from benchmarks.layer.runners.clock import used

ROWSPACE = Contestant("rowspace", "rowspace", "benchmarks.networks.runners.with_rowspace")


class Bench:
    """`options` of the command line, the versions met; whether anything `failed`."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.versions: dict[str, str] = {}
        self.failed = False
        self.cache: Path = options.cache

    @property
    def seconds(self) -> float:
        """Of one training at most."""
        return float(self.options.minutes) * 60

    def wants(self, name: str) -> bool:
        """Whether this training was asked for."""
        return not self.options.only or name in self.options.only

    def train(
        self, name: str, trainer: str, data: Sequence[Any], settings: Mapping[str, Any]
    ) -> Answer:
        """A training by `module:function` of ours, with its `record` and `seconds`, its seed and
        its threads being the run's unless `settings` say otherwise."""
        given = {"threads": self.options.threads, **settings}
        return self.job(name, "train", trainer=trainer, data=list(data), settings=given)

    def job(self, name: str, task: str, **job: Any) -> Answer:
        """Run a job in a process of its own, telling so; `others` is how many cores were taken
        elsewhere meanwhile."""
        elsewhere = used()
        answer = run(ROWSPACE, {"task": task, **job})
        taken = max(0.0, used() - elsewhere - answer["cpu"])
        answer["others"] = round(taken / max(answer["wall"], 1e-9), 2)
        self.versions |= answer["versions"]
        tell(f"  {name}: {task}, {answer['wall']:.0f} s, others {answer['others']:.1f} cores")
        return answer
