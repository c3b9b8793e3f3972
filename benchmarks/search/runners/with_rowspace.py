"""Our part."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.job import Job, answer
from benchmarks.search.runners.clock import QUERIES, K, asked, batches, best, middle, names
from rowspace import files
from rowspace.files.index_file import load_index, save_index
from rowspace.vectors import Model, Vectors
from rowspace.vectors.int8 import as_int8
from rowspace.vectors.search import Search
from rowspace.vocabulary import Vocabulary


def opened(job: Job, kind: str = "float32") -> Vectors:
    """The table as `kind` says its rows are stored."""
    matrix = np.load(job["table"], mmap_mode="r" if kind == "mapped" else None)
    vocabulary = Vocabulary.of(names(len(matrix)))
    if kind == "int8":
        return Vectors(vocabulary, as_int8(matrix))
    return Vectors(vocabulary, matrix.astype(np.float16) if kind == "float16" else matrix)


def batch(job: Job) -> dict[str, Any]:
    """Many items at once."""
    vectors = opened(job)
    items = [f"w{i}" for i in asked(len(vectors), QUERIES)]
    return {"seconds": best(lambda: vectors.nearest(items, k=K))}


def single(job: Job) -> dict[str, Any]:
    """One item at a time, as a server asks that has been up for a while."""
    vectors = opened(job, job["kind"])
    first = len(vectors) // 2 if job["kind"] == "first half" else None
    vectors.nearest([f"w{i}" for i in asked(len(vectors), QUERIES)], k=K)
    ids = asked(len(vectors), 100)
    return {"ms": middle(lambda one: vectors.nearest(f"w{one}", k=K, first=first), ids)}


def index(job: Job) -> dict[str, Any]:
    """The plain index beside exact search, for rows of the table."""
    vectors = opened(job)
    began = time.perf_counter()
    built = vectors.index()
    build = time.perf_counter() - began
    ids = np.array(asked(len(vectors), 4 * QUERIES, job["seed"]))
    exact, _ = vectors.nearest_ids(ids, K)
    found, _ = built.nearest_ids(ids, K)
    ours = {"fast": built.search, "exact": vectors.exact.search}
    seconds = {name: _seconds(search, vectors, ids) for name, search in ours.items()}
    ones = {f"{name}_one": _one(search, vectors, ids) for name, search in ours.items()}
    return {
        "dim": vectors.dim,
        "build": build,
        "recall": float((exact[:, :, None] == found[:, None, :]).any(axis=2).mean()),
        "open": _stored(vectors, built),
        **seconds,
        **ones,
    }


def _seconds(search: Search, vectors: Vectors, ids: np.ndarray) -> float:
    some = ids[:QUERIES]
    units = vectors.unit[some]
    return best(lambda: search.search(units, K, some[:, None], len(vectors)), 3)


def _one(search: Search, vectors: Vectors, ids: np.ndarray) -> float:
    def ask(at: int) -> object:
        own = ids[at : at + 1]
        return search.search(vectors.unit[own], K, own[:, None], len(vectors))

    return middle(ask, range(50)) / 1000


def _stored(vectors: Vectors, built: Any) -> float:
    """Seconds until the stored index has answered once."""
    with tempfile.TemporaryDirectory() as home:
        folder = files.save(Model(vectors), Path(home) / "model")
        save_index(built, folder)
        began = time.perf_counter()
        again = load_index(folder, vectors)
        assert again is not None
        again.nearest_ids(0, K)
        return time.perf_counter() - began


def lookups(job: Job) -> dict[str, Any]:
    """Batches of items."""
    vectors = opened(job)
    some = batches(len(vectors), job["batch"])
    return {"seconds": best(lambda: [vectors[one] for one in some]) / len(some)}


TASKS = {"batch": batch, "single": single, "index": index, "lookups": lookups}

if __name__ == "__main__":
    answer(TASKS, ["rowspace", "numpy", "numba"])
