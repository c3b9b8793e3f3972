"""gensim's part: `most_similar` word by word, `MatrixSimilarity` at once, `wv[items]`."""

from __future__ import annotations

from typing import Any

import numpy as np
from gensim.models import KeyedVectors
from gensim.similarities import MatrixSimilarity

from benchmarks.harness.job import Job, answer
from benchmarks.search.runners.clock import QUERIES, K, asked, batches, best, middle, names


def opened(job: Job) -> KeyedVectors:
    """The table as gensim holds it, its norms worked out."""
    matrix = np.load(job["table"])
    made = KeyedVectors(matrix.shape[1], count=0)
    made.add_vectors(names(len(matrix)), matrix)
    made.fill_norms()
    return made


def most_similar(job: Job) -> dict[str, Any]:
    """A call a word."""
    made = opened(job)
    words = [f"w{i}" for i in asked(len(made), QUERIES)]
    return {"seconds": best(lambda: [made.most_similar(word, topn=K) for word in words], 2)}


def matrix_similarity(job: Job) -> dict[str, Any]:
    """All at once: the class for documents, given rows; one more, for a row finds itself."""
    matrix = np.load(job["table"])
    index = MatrixSimilarity(list(matrix), num_best=K + 1, num_features=matrix.shape[1])
    queries = index.index[asked(len(matrix), QUERIES)]
    return {"seconds": best(lambda: index[queries], 2)}


def single(job: Job) -> dict[str, Any]:
    """One word at a time."""
    made = opened(job)
    ids = asked(len(made), 40)
    return {"ms": middle(lambda one: made.most_similar(f"w{one}", topn=K), ids)}


def lookups(job: Job) -> dict[str, Any]:
    """Batches of words."""
    made = opened(job)
    some = batches(len(made), job["batch"])
    return {"seconds": best(lambda: [made[one] for one in some]) / len(some)}


TASKS = {
    "most_similar": most_similar,
    "MatrixSimilarity": matrix_similarity,
    "single": single,
    "lookups": lookups,
}

if __name__ == "__main__":
    answer(TASKS, ["gensim", "numpy"])
