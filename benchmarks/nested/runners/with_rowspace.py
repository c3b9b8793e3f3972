"""One training, nested or not."""

from __future__ import annotations

from typing import Any

from benchmarks.harness.job import Job, Stages, answer


def train(job: Job) -> dict[str, Any]:
    """`train` is the seconds of the epochs alone; `rest` is the scan, the tables and saving."""
    stages = Stages()
    import rowspace as rs

    stages.lap("import")
    ends = job["ends"]
    objective = rs.SkipGram(dim=ends[-1], nested=tuple(ends) if len(ends) > 1 else ())
    model = rs.train(
        objective,
        job["corpus"],
        output=job["save"] or None,
        tokenizer="whitespace",
        lower=False,
        epochs=job["epochs"],
        threads=job["threads"],
        seed=job["seed"],
        checkpoint_every=1e6,
    )
    stages.lap("rest")
    seconds = stages.seconds
    seconds["train"] = float(model.record["seconds"])
    seconds["rest"] -= seconds["train"]
    return {"seconds": seconds, "items": len(model.vectors), "loss": model.record["loss"]}


if __name__ == "__main__":
    answer({"train": train}, ["rowspace", "numpy", "numba"])
