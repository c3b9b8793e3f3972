"""Our side: `train_table` as it comes, which holds out a validation part of the training file."""

from __future__ import annotations

from typing import Any

from benchmarks.harness.job import Job, Stages, answer

STAGES = Stages()


def table(job: Job) -> dict[str, Any]:
    """A model of the training file, and what it says of the test file."""
    from rowspace.corpus.records import records
    from rowspace.training.table import train_table
    from rowspace.vectors.tabular import Tabular

    data, test = records(job["train"]), records(job["test"])
    STAGES.lap("read")
    model = train_table(
        data, "Y", seed=job["seed"], baselines=False, progress=lambda event: None, **job["settings"]
    )
    STAGES.lap("train")
    known = Tabular.of(model)
    place = (known.answer.classes or ()).index(job["label"])
    chances = known.answers(test)[:, place]
    STAGES.lap("predict")
    return {
        "seconds": STAGES.seconds,
        "chances": [round(float(one), 6) for one in chances],
        "best_epoch": model.record["best_epoch"],
        "memory": model.record["memory"],
    }


if __name__ == "__main__":
    answer({"table": table}, ["rowspace", "numpy"])
