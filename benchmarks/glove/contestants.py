"""Who takes part, and what is the same for both."""

from __future__ import annotations

from typing import Any

from benchmarks.harness.contestants import Contestant

SETTINGS: dict[str, Any] = {
    "dim": 100,
    "window": 10,
    "x_max": 10.0,
    "alpha": 0.75,
    "lr": 0.05,
    "min_count": 5,
    "memory": 4.0,
    "save": "",
    "at": "",
}
ROWSPACE = Contestant("rowspace", "rowspace", "benchmarks.glove.runners.with_rowspace", SETTINGS)
# It runs in our Python, which only starts the programs.
PROGRAM = Contestant("program", "rowspace", "benchmarks.glove.runners.with_program", SETTINGS)
