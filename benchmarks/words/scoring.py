"""One evaluator for everyone: rowspace's, by the rules of gensim's, the 30,000 first words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from rowspace.evaluate import analogies, similarity
from rowspace.vectors import Vectors

RESTRICT = 30_000
MEASURES = ("WS-353", "SimLex-999", "analogies, semantic", "analogies, syntactic", "analogies, all")
LISTS = {"WS-353": "EN-WS-353-ALL.txt", "SimLex-999": "EN-SIMLEX-999.txt"}
QUESTIONS = "questions-words.txt"


def scores(vectors: Vectors, data: Path) -> dict[str, float]:
    """Spearman's rho, and shares of right answers in percent. No measure: NaN."""
    found = {
        name: similarity(vectors, data / "wordsim" / file, protocol="gensim").value
        for name, file in LISTS.items()
    }
    answers = analogies(vectors, data / "analogy" / QUESTIONS, restrict=RESTRICT, protocol="gensim")
    for score in answers:
        section = score.name.rpartition("/")[2]
        name = f"analogies, {'all' if section == 'total' else section}"
        if name in MEASURES:
            found[name] = 100 * score.value
    return found


def exported(folder: Path) -> Vectors:
    """The vectors a peer wrote: a matrix and its words, most frequent first."""
    matrix = np.load(folder / "vectors.npy")
    with (folder / "words.txt").open(encoding="utf-8", errors="surrogateescape") as file:
        return Vectors.from_arrays((line.rstrip("\n") for line in file), matrix)


def listed(data: Path) -> Iterator[str]:
    """Every word of the test lists, in lower case."""
    for name in LISTS.values():
        for line in (data / "wordsim" / name).read_text(encoding="utf-8").splitlines():
            yield from line.lower().split()[:2]
    for line in (data / "analogy" / QUESTIONS).read_text(encoding="utf-8").splitlines():
        if not line.startswith(":"):
            yield from line.lower().split()
