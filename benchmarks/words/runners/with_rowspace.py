"""rowspace's part."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.harness.job import Job, Stages, answer, names


def plan(job: Job) -> tuple[Any, dict[str, Any]]:
    """The objective and settings of a job; with `defaults` rowspace's own, the tokenizer apart."""
    import rowspace as rs

    settings = {"tokenizer": "whitespace", "threads": job["threads"], "seed": job["seed"]}
    if job["defaults"]:
        return rs.SkipGram(), settings
    kind = rs.SkipGram if job["objective"] == "skipgram" else rs.CBOW
    objective = kind(
        dim=job["dim"],
        window=job["window"],
        negative=job["negative"],
        sample=job["sample"],
        lr=job["lr"],
        loss=job["loss"],
    )
    unseen: Any = rs.Exact(unknown=job["unknown"])
    if job["maxn"]:
        unseen = rs.Subwords(minn=job["minn"], maxn=job["maxn"], buckets=job["buckets"])
    settings |= {"epochs": job["epochs"], "min_count": job["min_count"], "lower": False}
    return objective, {**settings, "unseen": unseen, "deterministic": job["deterministic"]}


def train(job: Job) -> dict[str, Any]:
    """`train` is the training alone; `rest` is the scan, making the tables and saving."""
    stages = Stages()
    import rowspace as rs

    objective, settings = plan(job)
    stages.lap("import")
    events: list[dict[str, Any]] = []
    output = job["save"] or None
    model = rs.train(objective, job["corpus"], output=output, progress=events.append, **settings)
    stages.lap("rest")
    seconds, record = stages.seconds, model.record
    seconds["train"] = float(record["seconds"])
    seconds["rest"] -= seconds["train"]
    scans = [event["seconds"] for event in events if event["type"] == "scan"]
    vectors = model.vectors
    return {
        "seconds": seconds,
        "seconds_of_text": max(scans, default=None),
        "items": len(vectors),
        "rows": len(vectors.rows),
        "dim": vectors.dim,
        "words": record["data"]["tokens"] * model.config["training"]["epochs"],
        "loss": record["loss"],
        "settings": model.config,
        "sha256": digest(vectors.rows) if job["deterministic"] else "",
    }


def digest(rows: Any) -> str:
    """Of every bit of a table, without a copy of it all."""
    found = hashlib.sha256()
    for at in range(0, len(rows), 4096):
        found.update(rows[at : at + 4096].tobytes())
    return found.hexdigest()


def scan(job: Job) -> dict[str, Any]:
    """The vocabulary, and the corpus as ids on disk, from which every epoch then reads.

    `before` is what import is to a library compiled ahead: the compiled code is loaded by a scan
    of the first few megabytes.
    """
    from rowspace.corpus import Reading
    from rowspace.vocabulary.building import Building
    from rowspace.vocabulary.learn import learn

    reading = Reading(tokenizer="whitespace", lower=False)
    building = Building(min_count=job["min_count"], processes=job["threads"])
    with tempfile.TemporaryDirectory(prefix="rowspace-") as folder:
        stages = Stages()
        head = Path(folder, "head.txt")
        with open(job["corpus"], "rb") as text:
            head.write_bytes(text.read(10 << 20).rpartition(b"\n")[0])
        learn(head, reading=reading, building=building, folder=folder)
        stages.lap("before")
        vocabulary, encoded = learn(
            job["corpus"], reading=reading, building=building, folder=folder
        )
        stages.lap("scan")
    return {"seconds": stages.seconds, "items": len(vocabulary), "words": encoded.seen}


def make(job: Job) -> dict[str, Any]:
    """A model of many words on disk."""
    import numpy as np

    import rowspace as rs

    matrix = np.random.default_rng(0).random((job["items"], job["dim"]), np.float32)
    rs.save(rs.Model(rs.Vectors.from_arrays(names(job["items"]), matrix)), job["save"])
    return {}


def open_and_look_up(job: Job) -> dict[str, Any]:
    """rs.load and one word."""
    stages = Stages()
    from rowspace import load

    stages.lap("import")
    vectors = load(job["save"]).vectors
    opened = time.perf_counter()
    float(vectors[job["word"]].sum())
    stages.lap("open and look up")
    look_up = stages.last - opened
    return {"seconds": stages.seconds, "look_up": look_up, "items": len(vectors)}


def warm(job: Job) -> dict[str, Any]:
    """A run too short to matter: what it takes is compiling."""
    with tempfile.TemporaryDirectory(prefix="rowspace-") as folder:
        corpus = Path(folder, "tiny.txt")
        corpus.write_text("one two three four five six seven eight nine ten\n" * 400)
        return train({**job, "corpus": str(corpus), "save": "", "epochs": 1})


if __name__ == "__main__":
    tasks = {
        "train": train,
        "scan": scan,
        "make": make,
        "open": open_and_look_up,
        "warm": warm,
    }
    answer(tasks, ["rowspace", "numpy", "numba"])
