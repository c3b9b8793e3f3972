"""The server that is measured: a model of random vectors, and `rowspace serve` as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.environment import ROOT
from rowspace import files
from rowspace.vectors import Model, Vectors


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: its port, its process, its model's items."""

    port: int
    process: subprocess.Popen[str]
    items: int

    def ask(
        self, what: str, body: Any, *, connections: int, seconds: float, clients: int = 1
    ) -> list[dict[str, Any]]:
        """What each of some clients has to tell; all ask at once."""
        job = {
            "port": self.port,
            "path": what if what.startswith("/") else f"/api/models/model/{what}",
            "body": "" if body is None else json.dumps(body),
            "connections": connections,
            "seconds": seconds,
        }
        command = [sys.executable, "-m", "benchmarks.serve.client", json.dumps(job)]
        begun = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            for _ in range(clients)
        ]
        told = [process.communicate()[0] for process in begun]
        if any(process.returncode for process in begun):
            raise ContestantError(f"a client of {what} failed")
        return [json.loads(one) for one in told]

    def used(self) -> float:
        """Seconds of processor time that the server has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


def model(folder: Path, items: int, dim: int) -> Path:
    """A model of random vectors, made once."""
    path = folder / "serve" / f"random-{items}x{dim}" / "model"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = np.random.default_rng(0).standard_normal((items, dim), dtype=np.float32)
        counts = np.maximum(1, 10**8 // np.arange(1, items + 1))
        words = [f"word{n}" for n in range(items)]
        files.save(Model(Vectors.from_arrays(words, rows, counts=counts)), path)
    return path


@contextmanager
def serving(folder: Path, items: int, dim: int, *words: str) -> Iterator[Served]:
    """`rowspace serve` of such a model, for as long as it is asked."""
    command = [sys.executable, "-m", "rowspace", "serve", str(model(folder, items, dim))]
    with subprocess.Popen(
        [*command, "--port", "0", "--quiet", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("http"):
                raise ContestantError("the server did not start")
            yield Served(int(line.strip().rstrip("/").rpartition(":")[2]), process, items)
        finally:
            process.terminate()
