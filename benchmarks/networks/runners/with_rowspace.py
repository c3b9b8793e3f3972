"""One training of a network of ours."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from typing import Any

from benchmarks.harness.job import Job, answer


def train(job: Job) -> dict[str, Any]:
    """By the function that is named, as a user would call it; what its model's record says."""
    module, _, name = job["trainer"].partition(":")
    model = getattr(import_module(module), name)(*job["data"], **job["settings"])
    return {"record": model.record}


def vectors(job: Job) -> dict[str, Any]:
    """Vectors of words, trained on a text cut at white space, kept in a folder."""
    import rowspace as rs

    part = job["save"] + ".part"
    shutil.rmtree(part, ignore_errors=True)
    rs.train(
        rs.SkipGram(dim=job["dim"]), job["corpus"], epochs=job["epochs"], threads=job["threads"],
        tokenizer="whitespace", lower=False, output=part,
    )  # fmt: skip
    os.replace(part, job["save"])
    return {}


if __name__ == "__main__":
    answer({"train": train, "vectors": vectors}, ["rowspace", "torch"])
