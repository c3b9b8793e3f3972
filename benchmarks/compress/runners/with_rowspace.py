"""Training, and making smaller."""

from __future__ import annotations

from typing import Any

from benchmarks.harness.job import Job, Stages, answer


def train(job: Job) -> dict[str, Any]:
    """Skip-gram of 100 numbers; with `buckets` n-grams too, as fastText has them."""
    stages = Stages()
    import rowspace as rs

    unseen = rs.Subwords(3, 6, job["buckets"]) if job["buckets"] else rs.Exact()
    model = rs.train(
        rs.SkipGram(dim=100),
        job["corpus"],
        output=job["save"],
        unseen=unseen,
        tokenizer="whitespace",
        lower=False,
        epochs=job["epochs"],
        threads=job["threads"],
        seed=job["seed"],
        checkpoint_every=1e6,
    )
    stages.lap("train")
    if job["bin"]:
        rs.convert(job["save"], job["bin"], force=True)
        stages.lap("bin")
    return {"seconds": stages.seconds, "items": len(model.vectors)}


def smaller(job: Job) -> dict[str, Any]:
    """`compress`, and what it says of itself."""
    stages = Stages()
    import rowspace as rs

    done = rs.compress(job["model"], job["save"], force=True, **job["settings"])
    stages.lap("compress")
    own = {score.name: score.value for score in done.scores}
    return {"seconds": stages.seconds, "bytes": done.bytes, "why": done.why, "likeness": own}


if __name__ == "__main__":
    answer({"train": train, "smaller": smaller}, ["rowspace", "numpy", "numba"])
