"""`Bench`: a run of the benchmark; what its parts ask for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from benchmarks.harness.contestants import Answer, Contestant, run
from benchmarks.harness.measuring import tell
from benchmarks.layer.runners.clock import used
from benchmarks.recommend.interactions import Left, left_out
from benchmarks.words.bench import ZEROED

_OURS = "benchmarks.recommend.runners.with_rowspace"
_IMPLICIT = "benchmarks.recommend.runners.with_implicit"
WAYS = {
    "popularity": Contestant("popularity", "rowspace", _OURS, {"kind": "popularity"}),
    "item-kNN": Contestant("item-kNN", "rowspace", _OURS, {"kind": "neighbours"}),
    "implicit BPR": Contestant("implicit BPR", "implicit", _IMPLICIT, {"kind": "bpr"}),
    "implicit ALS": Contestant("implicit ALS", "implicit", _IMPLICIT, {"kind": "als"}),
    "rowspace": Contestant("rowspace", "rowspace", _OURS, {"kind": "learned"}),
}


class Bench:
    """`options` of the command line, the versions met; whether anything `failed`."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.versions: dict[str, str] = {}
        self.failed = False
        self.cache: Path = options.cache

    def left(self) -> Left:
        """MovieLens in its parts. Raises MissingDataError."""
        return left_out(self.options.data, self.cache)

    def job(self, name: str, task: str, **job: Any) -> Answer:
        """Run a job, telling so; `others` is how many cores were taken elsewhere meanwhile."""
        shared: dict[str, Any] = {"task": task, "threads": self.options.threads}
        if "n_users" not in job:
            left = self.left()
            shared |= {"n_users": left.n_users, "n_items": left.n_items}
        elsewhere = used()
        blas = {"OPENBLAS_NUM_THREADS": "1"} if WAYS[name].library == "implicit" else {}
        answer = run(WAYS[name], {**shared, **job}, environment={**ZEROED, **blas})
        taken = max(0.0, used() - elsewhere - answer["cpu"])
        answer["others"] = round(taken / max(answer["wall"], 1e-9), 2)
        self.versions |= {k: v for k, v in answer["versions"].items() if k != "numpy"}
        tell(f"  {name}: {task}, {answer['wall']:.1f} s, others {answer['others']:.1f} cores")
        return answer
