"""gensim's part."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from benchmarks.harness.job import Job, Stages, answer, names, write_words


def blank(job: Job) -> Any:
    """A Word2Vec of the job's settings, knowing no words yet."""
    from gensim.models import Word2Vec

    return Word2Vec(
        vector_size=job["dim"],
        window=job["window"],
        negative=job["negative"] if job["loss"] == "ns" else 0,
        hs=int(job["loss"] == "hs"),
        sample=job["sample"],
        alpha=job["lr"],
        epochs=job["epochs"],
        min_count=job["min_count"],
        workers=job["threads"],
        seed=job["seed"] + 1,
        sg=int(job["objective"] == "skipgram"),
    )


def train(job: Job) -> dict[str, Any]:
    """corpus_file: gensim's fastest way in. With `lines` line by line, whose learning rate falls as
    it is told to: by a file each worker holds its own words against all words, so that with two
    of them the rate of an epoch falls half as far.
    """
    stages = Stages()
    model = blank(job)
    stages.lap("import")
    text: dict[str, Any] = {"corpus_file": job["corpus"]}
    if job["lines"]:
        from gensim.models.word2vec import LineSentence

        text = {"corpus_iterable": LineSentence(job["corpus"])}
    model.build_vocab(**text)
    stages.lap("scan")
    _, words = model.train(**text, total_words=model.corpus_total_words, epochs=job["epochs"])
    stages.lap("train")
    if job["save"]:
        Path(job["save"]).mkdir(parents=True)
        model.save(f"{job['save']}/model")
        stages.lap("save")
    return {"seconds": stages.seconds, "items": len(model.wv), "words": words}


def export(job: Job) -> dict[str, Any]:
    """A saved model as a plain matrix and its words."""
    import numpy as np
    from gensim.models import Word2Vec

    vectors = Word2Vec.load(f"{job['save']}/model").wv
    np.save(f"{job['save']}/vectors.npy", vectors.vectors)
    write_words(job["save"], list(vectors.index_to_key))
    return {"items": len(vectors)}


def scan(job: Job) -> dict[str, Any]:
    """One number a vector, so that making the table costs nothing."""
    model = blank({**job, "dim": 1})
    stages = Stages()
    stages.lap("before")
    model.build_vocab(corpus_file=job["corpus"])
    stages.lap("scan")
    words = model.corpus_total_words
    return {"seconds": stages.seconds, "items": len(model.wv), "words": words}


def make(job: Job) -> dict[str, Any]:
    """A model of many words on disk; the matrix lies in a file that can be mapped."""
    import numpy as np
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(job["dim"])
    random = np.random.default_rng(0)
    matrix = random.random((job["items"], job["dim"]), np.float32)
    vectors.add_vectors(names(job["items"]), matrix)
    Path(job["save"]).mkdir(parents=True)
    vectors.save(f"{job['save']}/model")
    return {}


def open_and_look_up(job: Job) -> dict[str, Any]:
    """KeyedVectors, mapped, and one word."""
    stages = Stages()
    from gensim.models import KeyedVectors

    stages.lap("import")
    vectors = KeyedVectors.load(f"{job['save']}/model", mmap="r")
    opened = time.perf_counter()
    float(vectors[job["word"]].sum())
    stages.lap("open and look up")
    look_up = stages.last - opened
    return {"seconds": stages.seconds, "look_up": look_up, "items": len(vectors)}


if __name__ == "__main__":
    tasks = {"train": train, "export": export, "scan": scan, "make": make, "open": open_and_look_up}
    answer(tasks, ["gensim", "numpy"])
