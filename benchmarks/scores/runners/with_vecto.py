"""vecto's part: its similarity and analogy benchmarks with their defaults, and its purity.

vecto asks NLTK for data when it is imported, which nothing here uses: a stand-in answers.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np

from benchmarks.harness.job import Job, answer
from benchmarks.scores.runners.exported import exported

sys.modules["nltk"] = MagicMock()
warnings.simplefilter("ignore")


def opened(job: Job) -> Any:
    """The vectors as vecto holds them."""
    from vecto.embeddings.dense import WordEmbeddingsDense
    from vecto.vocabulary import Vocabulary

    words, matrix = exported(job["vectors"])
    made = WordEmbeddingsDense()
    made.matrix = matrix
    made.vocabulary = Vocabulary()
    made.vocabulary.lst_words = words
    made.vocabulary.dic_words_ids = {word: at for at, word in enumerate(words)}
    return made


@contextlib.contextmanager
def hushed() -> Any:
    """What vecto tells as it goes is thrown away."""
    with (
        open(os.devnull, "w") as nothing,
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
    ):
        yield


def similarity(job: Job) -> dict[str, Any]:
    """Spearman's rho of each list; all pairs count."""
    from vecto.benchmarks.similarity.similarity import Similarity

    made = opened(job)
    made.normalize()
    found = {}
    with hushed():
        for name, path in job["lists"].items():
            bench = Similarity()
            rho, _, details = bench.evaluate(made, bench.read_test_set(path))
            found[name] = {"value": float(rho), "n": len(details)}
    return {"scores": found}


def analogies(job: Job) -> dict[str, Any]:
    """Right answers and questions of each file of pairs in `pairs`."""
    from vecto.benchmarks.analogy.analogy import Analogy

    made = opened(job)
    paths = sorted(Path(job["pairs"]).glob("*.txt"))
    dataset = SimpleNamespace(file_iterator=lambda: map(str, paths), metadata={})
    with hushed():
        results = Analogy().run(made, dataset)
    found = {}
    for one in results:
        name = one["experiment_setup"]["subcategory"].removesuffix(".txt")
        counts = one["result"]
        found[name] = [counts["cnt_questions_correct"], counts["cnt_questions_total"]]
    return {"scores": found}


def purity(job: Job) -> dict[str, Any]:
    """Of clusters that are given: the function's first argument is taken to be the truth."""
    from vecto.benchmarks.categorization.metrics import purity_score

    truth, clusters = (np.array(job[name]) for name in ("truth", "clusters"))
    return {"value": float(purity_score(truth, clusters))}


if __name__ == "__main__":
    os.chdir(tempfile.gettempdir())
    answer(
        {"similarity": similarity, "analogies": analogies, "purity": purity},
        ["vecto", "numpy", "scipy", "scikit-learn"],
    )
