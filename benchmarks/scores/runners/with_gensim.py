"""gensim's part: `evaluate_word_pairs` and `evaluate_word_analogies`, with their defaults."""

from __future__ import annotations

from typing import Any

from gensim.models import KeyedVectors

from benchmarks.harness.job import Job, answer
from benchmarks.scores.runners.exported import exported


def opened(job: Job) -> KeyedVectors:
    """The vectors as gensim holds them."""
    words, matrix = exported(job["vectors"])
    made = KeyedVectors(matrix.shape[1], count=0)
    made.add_vectors(words, matrix)
    return made


def similarity(job: Job) -> dict[str, Any]:
    """Spearman's rho of each list, and how many pairs it is of."""
    made = opened(job)
    found = {}
    for name, path in job["lists"].items():
        _, rho, missing = made.evaluate_word_pairs(path)
        found[name] = {"value": float(rho[0]), "missing": missing / 100}
    return {"scores": found}


def analogies(job: Job) -> dict[str, Any]:
    """Right answers and questions of each section."""
    _, sections = opened(job).evaluate_word_analogies(job["questions"])
    return {
        "scores": {
            one["section"]: [len(one["correct"]), len(one["correct"]) + len(one["incorrect"])]
            for one in sections
        }
    }


if __name__ == "__main__":
    answer({"similarity": similarity, "analogies": analogies}, ["gensim", "numpy", "scipy"])
