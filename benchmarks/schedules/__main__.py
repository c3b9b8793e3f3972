"""Learning-rate schedules for word vectors, side by side.

    python -m benchmarks.schedules [--words 3000000] [--epochs 5] [--dim 100] [--seeds 1 2 3]
                                   [--heights 0.025 0.05] [--objective skipgram] [--quick]

Every schedule at every height of the rate with every seed, on the first words of the text of
benchmarks.words; the rate falls to a 250th of its height, as by default. A schedule is as good as
it is at its own best height. Scores are means over the seeds, with their standard deviation, and
"loss" is that of the last epoch. One thread, so that a run depends on its seed alone. `--quick`
tries whether it works and keeps nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import rowspace as rs
from benchmarks.words.corpus import data_folder, prepared, sliced
from benchmarks.words.scoring import MEASURES, scores
from rowspace.objectives import OBJECTIVES

RESULTS = Path(__file__).parents[1] / "results" / "schedules.json"
WAYS: dict[str, dict[str, Any]] = {
    "linear": {"schedule": "linear"},
    "linear, warm-up 0.05": {"schedule": "linear", "warmup": 0.05},
    "cosine": {"schedule": "cosine"},
    "cosine, warm-up 0.05": {"schedule": "cosine", "warmup": 0.05},
    "inverse-sqrt, warm-up 0.05": {"schedule": "inverse-sqrt", "warmup": 0.05},
    "constant": {"schedule": "constant"},
    "plateau": {"schedule": "plateau"},
    "plateau, impatient": {"schedule": {"name": "plateau", "patience": 0, "threshold": 0.01}},
    "bold": {"schedule": "bold"},
}
HOW: dict[str, Any] = {"threads": 1, "tokenizer": "whitespace", "lower": False}
FALL = 250.0  # 0.025 to 1e-4
NAMES = ("WS-353", "SimLex-999", "analogies, all")


def trial(
    path: Path, given: argparse.Namespace, how: dict[str, Any], height: float, seed: int
) -> dict[str, float]:
    """One training: its scores in percent, the loss of its last epoch, its seconds."""
    objective = OBJECTIVES[given.objective](dim=given.dim, lr=height, min_lr=height / FALL)
    began = time.perf_counter()
    model = rs.train(objective, str(path), seed=seed, epochs=given.epochs, **HOW, **how)
    seconds = time.perf_counter() - began
    found = scores(model.vectors, given.data)
    percent = {n: found[n] * (1 if n.startswith("analog") else 100) for n in MEASURES if n in found}
    return {**percent, "loss": float(model.record["loss"][-1]), "seconds": seconds}


def trials(path: Path, given: argparse.Namespace) -> Iterator[tuple[str, float, dict[str, Any]]]:
    """Every way at every height: the mean and the standard deviation over the seeds."""
    for name, how in WAYS.items():
        for height in given.heights:
            found = [trial(path, given, how, height, seed) for seed in given.seeds]
            values = {measure: [one[measure] for one in found] for measure in found[0]}
            yield name, height, {
                measure: [round(float(np.mean(them)), 4), round(float(np.std(them)), 4)]
                for measure, them in values.items()
            }  # fmt: skip


def main() -> None:
    """Train and score all of them; print the means, and keep them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.schedules", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--words", type=int, default=3_000_000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--heights", type=float, nargs="+", default=[0.025, 0.05])
    parser.add_argument("--objective", choices=[*OBJECTIVES], default="skipgram")
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if given.quick:
        given.words, given.epochs, given.dim = 200_000, 2, 32
        given.seeds, given.heights = [1], [0.025]
    path = sliced(prepared(given.data, given.cache), given.words, given.cache).path
    means: dict[str, dict[str, Any]] = {}
    for name, height, found in trials(path, given):
        means.setdefault(name, {})[f"{height:g}"] = found
        shown = "  ".join(f"{n} {found[n][0]:.1f}±{found[n][1]:.1f}" for n in NAMES if n in found)
        print(f"{name:27} {height:<7g} loss {found['loss'][0]:.3f}  {shown}", flush=True)
        if not given.quick:
            keep(given, means)


def keep(given: argparse.Namespace, means: dict[str, dict[str, Any]]) -> None:
    """Write the figures down, beside those of other sizes."""
    asked = {k: v for k, v in vars(given).items() if k not in ("data", "cache", "quick")}
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[f"{given.objective}, {given.words:,} words"] = {**asked, "scores": means}
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
