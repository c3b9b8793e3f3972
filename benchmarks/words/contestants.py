"""Who takes part, and how one job of theirs is run: a process of its own, one line of JSON back."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from benchmarks.words.environment import ROOT, peer_python
from benchmarks.words.resident import own_memory

Answer = dict[str, Any]
_GLANCE = 0.05  # seconds between two looks at the memory of a process


class ContestantError(Exception):
    """A job failed; says whose, and the last of what it wrote."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """`library` has the script and, for a peer, the environment; `settings` are its own."""

    name: str
    library: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def command(self) -> list[str]:
        """What runs its jobs; the job itself comes last."""
        ours = self.library == "rowspace"
        python = sys.executable if ours else peer_python(self.library)
        return [python, "-m", f"benchmarks.words.runners.with_{self.library}"]


_NGRAMS = {"minn": 3, "maxn": 6}

ROWSPACE = Contestant("rowspace", "rowspace")
SUBWORDS = Contestant("rowspace, n-grams", "rowspace", _NGRAMS)
DEFAULTS = Contestant("rowspace, own defaults", "rowspace", {"defaults": True})
GENSIM = Contestant("gensim", "gensim")
FASTTEXT = Contestant("fastText", "fasttext")
FASTTEXT_SUBWORDS = Contestant("fastText, n-grams", "fasttext", _NGRAMS)

# What is the same for everyone, unless a part says otherwise.
SETTINGS: dict[str, Any] = {
    "dim": 100,
    "window": 5,
    "negative": 5,
    "sample": 1e-3,
    "lr": 0.025,
    "min_count": 5,
    "minn": 0,
    "maxn": 0,
    "buckets": 2_000_000,
    "unknown": None,
    "defaults": False,
    "deterministic": False,
    "save": "",
}


def run(
    contestant: Contestant,
    job: Mapping[str, Any],
    *,
    environment: Mapping[str, str] | None = None,
    watch: bool = False,
) -> Answer:
    """The answer to a job, with `wall`: seconds from start to exit of its process, and `cpu`.

    `watch` adds `own_peak`: bytes that it and its children had to themselves at most.
    Raises ContestantError.
    """
    full = {**SETTINGS, **contestant.settings, **job}
    command = [*contestant.command(), json.dumps(full)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        began, worked = time.perf_counter(), _worked()
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=errors, env=_environment(environment)
        )
        try:
            peak = _watched(process) if watch else 0
            process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
        wall, cpu = time.perf_counter() - began, _worked() - worked
        lines = _text(out).strip().splitlines()
        if process.returncode or not lines:
            last = " / ".join(_text(errors).strip().splitlines()[-3:])
            raise ContestantError(f"{contestant.name}, {full['task']}: {last or 'no answer'}")
    answer: Answer = json.loads(lines[-1])
    return {**answer, "wall": wall, "cpu": cpu, "own_peak": peak}


def _worked() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    # fastText 0.9.3 fills only `thread` tenths of its input rows and trusts the rest to be zero,
    # which holds for memory fresh from the system: else it now and then stops at a NaN.
    return {**kept, "MALLOC_MMAP_THRESHOLD_": "131072", **(extra or {})}


def _watched(process: subprocess.Popen[bytes]) -> int:
    peak = 0
    while process.poll() is None:
        peak = max(peak, own_memory(process.pid))
        time.sleep(_GLANCE)
    return peak


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
