"""`python -m benchmarks.table`: the Adult census, ours beside scikit-learn's.

Everyone learns from the training file and is judged on the test file by one evaluator. Whatever
our side chooses (epochs, temperature) it chooses on a part of the training file.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.command import command
from benchmarks.harness.contestants import Answer, Contestant, ContestantError, run
from benchmarks.harness.environment import ROOT, MissingPeerError
from benchmarks.harness.findings import Finding, mean, times_faster, yes
from benchmarks.harness.machine import machine, versions
from benchmarks.harness.record import Record, table
from benchmarks.table.runners.cells import TARGET, columns
from benchmarks.words.corpus import data_folder
from rowspace.evaluate.classification import judge

LABEL = ">50K"
OURS = Contestant("rowspace", "rowspace", "benchmarks.table.runners.with_rowspace")
PEER = Contestant("scikit-learn", "sklearn", "benchmarks.table.runners.with_sklearn")
JOBS = {"table": OURS, "boosting": PEER, "logistic": PEER}
NAMES = {
    "boosting": "histogram gradient boosting",
    "logistic": "logistic regression on one-hot columns",
}
FIGURES = {"auc": (1, "ROC's area"), "accuracy": (1, "accuracy"), "log-loss": (-1, "log loss")}
GOALS = {"boosting": -0.01, "logistic": 0.0}
"""Of the ROC's area: what our mean may be below theirs."""


def read(argv: list[str]) -> argparse.Namespace:
    """The command line."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.table", description=__doc__)
    reader.add_argument("--seeds", type=int, default=5, help="trainings of each side")
    reader.add_argument("--threads", type=int, default=2, help="for everybody")
    reader.add_argument("--quick", action="store_true", help="one seed, one epoch: no result")
    reader.add_argument("--data", type=Path, default=data_folder(), help="folder of data sets")
    reader.add_argument("--results", type=Path, help="default: benchmarks/results")
    options = reader.parse_args(argv)
    options.command = command(reader, argv)
    return options


def main(argv: list[str]) -> int:
    """Every seed by turns; then the figures beside their goals, kept."""
    chosen = read(argv)
    folder = chosen.data / "tabular" / "adult"
    train, test = folder / "adult.data.gz", folder / "adult.test.gz"
    if not test.exists():
        print(f"error: {test} is not there (--data)", file=sys.stderr)
        return 1
    settings: dict[str, Any] = {"epochs": 1} if chosen.quick else {}
    job = {"train": str(train), "test": str(test), "label": LABEL, "settings": settings}
    try:
        found = answers(job, 1 if chosen.quick else chosen.seeds, chosen.threads)
    except (ContestantError, MissingPeerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    truth = np.array([cell == LABEL for cell in columns(str(test))[TARGET]], np.int64)
    findings = beside(found, truth)
    run_ = {"date": time.strftime("%Y-%m-%d"), "command": chosen.command, "machine": machine(),
            "versions": versions(), "threads": chosen.threads}  # fmt: skip
    place = chosen.results or (ROOT / "benchmarks" / "results")
    if chosen.quick and chosen.results is None:
        place = ROOT / ".bench-quick"
    record = Record(place, run_, topic="table", title="Tables beside scikit-learn")
    met = {name: at for one in found.values() for name, at in one[0]["versions"].items()}
    record.keep("adult", findings, met)
    lines = table([{"run": record.name, **one.as_json()} for one in findings])
    print(*lines, sep="\n")
    return 0


def answers(job: dict[str, Any], seeds: int, threads: int) -> dict[str, list[Answer]]:
    """What everyone says of the test file, seed by seed, by turns."""
    shared = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    found: dict[str, list[Answer]] = {task: [] for task in JOBS}
    for seed in range(seeds):
        for task, contestant in JOBS.items():
            answer = run(contestant, {**job, "task": task, "seed": seed}, environment=shared)
            told = ", ".join(f"{name} {at:.1f}" for name, at in answer["seconds"].items())
            busy = f"wall {answer['wall']:.1f}, processor {answer['cpu']:.1f}"
            print(f"  {task}, seed {seed}: {told} ({busy})", file=sys.stderr, flush=True)
            found[task].append(answer)
    return found


def beside(found: dict[str, list[Answer]], truth: np.ndarray) -> list[Finding]:
    """Our figures less each peer's, better above 0; then seconds."""
    scores = {task: [figures(one, truth) for one in some] for task, some in found.items()}
    findings = []
    for peer, name in NAMES.items():
        for figure, (sign, title) in FIGURES.items():
            ours, theirs = ([one[figure] for one in scores[task]] for task in ("table", peer))
            findings.append(less(f"{title}, less that of {name}", ours, theirs, sign,
                                 GOALS[peer] if figure == "auc" else None))  # fmt: skip
        seconds = [[one["seconds"]["train"] for one in found[task]] for task in ("table", peer)]
        findings.append(times_faster(f"training, against {name}", *seconds))
        cpu = [[one["cpu"] for one in found[task]] for task in ("table", peer)]
        findings.append(times_faster(f"processor, start to exit, against {name}", *cpu))
    return findings


def less(
    what: str, ours: list[float], theirs: list[float], sign: int, goal: float | None
) -> Finding:
    """The difference of means, turned so that above 0 is better for us."""
    apart = sign * (mean(ours) - mean(theirs))
    pairs = [sign * (a - b) for a in ours for b in theirs]
    told = "" if goal is None else f"≥ {goal:g}"
    met = "" if goal is None else yes(apart >= goal)
    return Finding(what, apart, min(pairs), max(pairs), unit="", goal=told, met=met,
                   ours=ours, peer=theirs, of="score")  # fmt: skip


def figures(answer: Answer, truth: np.ndarray) -> dict[str, float]:
    """The figures of one contestant's chances, by our evaluator."""
    chances = np.clip(np.array(answer["chances"]), 0, 1)
    judged = judge(truth, np.stack([1 - chances, chances], axis=1))
    return {name: judged[name].value for name in FIGURES}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
