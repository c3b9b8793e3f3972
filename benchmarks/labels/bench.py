"""`Bench`: a run of the benchmark; what its parts ask for."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.harness.contestants import Answer, Contestant, run
from benchmarks.harness.measuring import tell
from benchmarks.labels.sets import Labelled, labelled
from benchmarks.layer.runners.clock import used
from benchmarks.words.bench import ZEROED

FASTTEXT = Contestant("fastText", "fasttext", "benchmarks.labels.runners.with_fasttext")
ROWSPACE = Contestant("rowspace", "rowspace", "benchmarks.labels.runners.with_rowspace")
CONTESTANTS = {one.name: one for one in (FASTTEXT, ROWSPACE)}


class Bench:
    """`options` of the command line, the versions met; whether anything `failed`."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.versions: dict[str, str] = {}
        self.failed = False

    @property
    def cache(self) -> Path:
        """The folder of prepared texts and models."""
        folder: Path = self.options.cache
        return folder

    @property
    def trials(self) -> Path:
        """The folder of what was tried, so that one broken off goes on; a quick run's apart."""
        return self.cache / "labels" / ("quick-trials" if self.options.quick else "trials")

    def set(self, name: str) -> Labelled:
        """One of the sets of labelled texts. Raises MissingDataError."""
        return labelled(name, self.options.data, self.cache)

    def job(self, contestant: Contestant, task: str, **job: Any) -> Answer:
        """Run a job, telling so; `others` is how many cores were taken elsewhere meanwhile."""
        elsewhere = used()
        shared = {"task": task, "threads": self.options.threads, "seed": 0}
        answer = run(contestant, {**shared, **job}, environment=ZEROED)
        taken = max(0.0, used() - elsewhere - answer["cpu"])
        answer["others"] = round(taken / max(answer["wall"], 1e-9), 2)
        names = [name for name in answer["versions"] if name != "numpy"]
        self.versions |= {name: answer["versions"][name] for name in names}
        told = ", ".join(f"{name} {at:.2f}" for name, at in answer.get("seconds", {}).items())
        busy = f"{answer['wall']:.1f} s, others {answer['others']:.1f} cores"
        tell(f"  {contestant.name}: {task}, {busy} ({told})")
        return answer

    def doing(self, contestant: Contestant, **fixed: Any) -> Callable[..., Answer]:
        """Jobs of one side with one thread: quality alone, the same at every run."""
        return lambda task, **job: self.job(contestant, task, **{"threads": 1, **fixed, **job})

    def turns(
        self, jobs: Mapping[str, tuple[Contestant, str, Mapping[str, Any]]]
    ) -> dict[str, list[Answer]]:
        """Named jobs `--repeat` times, by turns, so that a busy moment meets them all."""
        found: dict[str, list[Answer]] = {name: [] for name in jobs}
        for _ in range(self.options.repeat):
            for name, (contestant, task, job) in jobs.items():
                found[name].append(self.job(contestant, task, **job))
        return found

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder in the cache that is gone afterwards."""
        self.cache.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix="work-", dir=self.cache))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def disturbed(answers: Sequence[Answer]) -> str:
    """A word on others who worked meanwhile, if they did."""
    most = max(one["others"] for one in answers)
    return f"others took {most:.1f} cores meanwhile" if most > 0.15 else ""
