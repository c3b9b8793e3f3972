"""rowspace's part."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.harness.job import Job, Stages, answer


def count(job: Job) -> dict[str, Any]:
    """From the text to its pairs in the order they are learned in. `vocabulary` is the scan of
    the text and the ids on disk; the compiled code is loaded before the clock starts."""
    from rowspace.corpus import Reading
    from rowspace.objectives import GloVe
    from rowspace.training import Settings
    from rowspace.training.glove import pairs_of
    from rowspace.vocabulary.building import Building
    from rowspace.vocabulary.learn import learn

    threads, memory = job["threads"], int(job["memory"] * 2**30)
    objective = GloVe(window=job["window"])
    how = Settings(threads=threads, memory=memory, seed=job["seed"])
    reading = Reading(tokenizer="whitespace", lower=False)
    building = Building(min_count=job["min_count"], processes=threads)

    def counted(text: Path, folder: Path, stages: Stages) -> tuple[int, int]:
        vocabulary, ids = learn(text, reading=reading, building=building, folder=folder)
        stages.lap("vocabulary")
        pairs = pairs_of(objective, how, ids, len(vocabulary), folder, tell=lambda event: None)
        stages.lap("count")
        entries = pairs.stretch(0, pairs.size)["items"]
        both = 2 * pairs.size - int((entries[:, 0] == entries[:, 1]).sum())
        return len(vocabulary), both

    with tempfile.TemporaryDirectory(prefix="rowspace-", dir=job["at"]) as place:
        head = Path(place, "head.txt")
        with open(job["corpus"], "rb") as text:
            head.write_bytes(text.read(10 << 20).rpartition(b"\n")[0])
        counted(head, Path(place, "first"), Stages())
        stages = Stages()
        stages.lap("before")
        items, pairs = counted(Path(job["corpus"]), Path(place, "all"), stages)
    return {"seconds": stages.seconds, "items": items, "pairs": pairs}


def train(job: Job) -> dict[str, Any]:
    """A whole run; `train` is the training alone, `rest` all before and after it."""
    stages = Stages()
    import rowspace as rs

    objective = rs.GloVe(
        dim=job["dim"], window=job["window"], x_max=job["x_max"], alpha=job["alpha"], lr=job["lr"]
    )
    stages.lap("import")
    model = rs.train(
        objective,
        job["corpus"],
        output=job["save"] or None,
        epochs=job["epochs"],
        threads=job["threads"],
        seed=job["seed"],
        memory=int(job["memory"] * 2**30),
        min_count=job["min_count"],
        tokenizer="whitespace",
        lower=False,
    )
    stages.lap("rest")
    seconds, record = stages.seconds, model.record
    seconds["train"] = float(record["seconds"])
    seconds["rest"] -= seconds["train"]
    return {"seconds": seconds, "pairs": record["words"], "loss": record["loss"]}


def warm(job: Job) -> dict[str, Any]:
    """A run too short to matter: what it takes is compiling."""
    with tempfile.TemporaryDirectory(prefix="rowspace-") as folder:
        corpus = Path(folder, "tiny.txt")
        corpus.write_text("one two three four five six seven eight nine ten\n" * 400)
        return train({**job, "corpus": str(corpus), "save": "", "epochs": 1})


if __name__ == "__main__":
    answer({"count": count, "train": train, "warm": warm}, ["rowspace", "numpy", "numba"])
