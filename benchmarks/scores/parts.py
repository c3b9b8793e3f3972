"""The parts: each peer's own code on the vectors, and ours by the protocol of its name."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.contestants import Answer, Contestant
from benchmarks.harness.contestants import run as run_job
from benchmarks.harness.findings import Finding, yes
from benchmarks.harness.measuring import tell
from benchmarks.scores import inputs
from benchmarks.scores.inputs import Scored
from benchmarks.words.corpus import MissingDataError
from rowspace.evaluate import PROTOCOLS, Score, analogies, similarity
from rowspace.evaluate.categories import hits, placed
from rowspace.evaluate.clusters import k_means
from rowspace.evaluate.groups import read_categories

GENSIM = Contestant("gensim", "gensim", "benchmarks.scores.runners.with_gensim")
GLOVE = Contestant("GloVe", "gensim", "benchmarks.scores.runners.with_glove")
VECTO = Contestant("vecto", "vecto", "benchmarks.scores.runners.with_vecto")
Part = Callable[["Bench"], Iterator[list[Finding]]]
EQUAL = 0.00005
"""What two figures may differ by that are equal to four digits."""


class Bench:
    """`options` of the command line, the versions met, the vectors under each name."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.versions: dict[str, str] = {}
        self.folder: Path = options.cache / "scores"
        self.lists = inputs.lists(options.data, self.folder / "pairs")
        self.sets = list(self._sets())

    def job(self, contestant: Contestant, task: str, **job: Any) -> Answer:
        """One job, telling so."""
        found = run_job(contestant, {"task": task, **job})
        self.versions |= found["versions"]
        tell(f"  {contestant.name}: {task}, {found['wall']:.0f} s")
        return found

    def _sets(self) -> Iterator[Scored]:
        most = self.options.most
        twitter = inputs.opened(self.options.data / inputs.TWITTER)
        given = {"GloVe, Twitter, 25": twitter}
        if self.options.vectors is not None:
            given["skip-gram, Wikipedia"] = inputs.opened(self.options.vectors)
        given[inputs.SPELLED] = inputs.spelled(twitter)
        for at, (name, vectors) in enumerate(given.items()):
            yield inputs.written(name, vectors, most, self.folder / f"vectors-{at}")


def gensim(bench: Bench) -> Iterator[list[Finding]]:
    """`evaluate_word_pairs` and `evaluate_word_analogies` with their defaults."""
    path = bench.options.data / inputs.QUESTIONS
    for one in bench.sets:
        job = {"vectors": str(one.folder)}
        told = bench.job(GENSIM, "similarity", lists=bench.lists, **job)["scores"]
        yield pairs(one, bench.lists, told, "gensim")
        told = bench.job(GENSIM, "analogies", questions=str(path), **job)["scores"]
        told["total"] = told.pop("Total accuracy")
        yield [answers(one, analogies(one.vectors, path, protocol="gensim"), told, "gensim")]


def glove(bench: Bench) -> Iterator[list[Finding]]:
    """eval/python/evaluate.py on GloVe's own questions."""
    source = bench.options.glove
    if source is None:
        raise MissingDataError("set GLOVE_SOURCE to a clone of github.com/stanfordnlp/GloVe")
    path = inputs.of_glove(source, bench.folder / "glove-questions.txt")
    for one in bench.sets:
        job = {"vectors": str(one.folder), "source": str(source.resolve())}
        told = bench.job(GLOVE, "analogies", **job)["scores"]
        yield [answers(one, analogies(one.vectors, path, protocol="glove"), told, "glove")]


def vecto(bench: Bench) -> Iterator[list[Finding]]:
    """Its benchmarks of similarity and analogy with their defaults, and its purity."""
    google = inputs.questions(bench.options.data)
    folder = inputs.pairs_of(google, bench.folder / "vecto-pairs")
    path = inputs.crossed(folder, bench.folder / "vecto-questions.txt")
    for one in bench.sets:
        if one.name == inputs.SPELLED:
            continue  # all it asks for is in lower case
        job = {"vectors": str(one.folder)}
        told = bench.job(VECTO, "similarity", lists=bench.lists, **job)["scores"]
        yield pairs(one, bench.lists, told, "vecto")
        told = bench.job(VECTO, "analogies", pairs=str(folder), **job)["scores"]
        yield [answers(one, analogies(one.vectors, path, protocol="vecto"), told, "vecto")]
        yield [purity(bench, one, name, file) for name, file in inputs.CATEGORIES.items()]


def purity(bench: Bench, one: Scored, name: str, file: str) -> Finding:
    """vecto's function on our clusters: its own are other ones at each call."""
    listed = read_categories(bench.options.data / file)
    found = placed(one.vectors, listed, PROTOCOLS["rowspace"])
    category = listed.category[found.answered]
    clusters = k_means(found.vectors[found.answered], len(np.unique(category)))
    ours = float(hits(clusters, category).mean())
    job = {"truth": category.tolist(), "clusters": clusters.tolist()}
    peer = bench.job(VECTO, "purity", **job)["value"]
    return finding(f"{one.name}: purity of {name}, as vecto", ours, peer, "purity", {})


def pairs(
    one: Scored, lists: Mapping[str, str], told: Mapping[str, Any], protocol: str
) -> list[Finding]:
    """A finding a list: ours less the peer's."""
    found = []
    for name, path in lists.items():
        score = similarity(one.vectors, path, protocol=protocol)
        peer = told[name]["value"]
        more = {"n": score.n, "coverage": score.coverage, **told[name]}
        what = f"{one.name}: {name}, as {protocol}"
        found.append(finding(what, score.value, peer, "Spearman", more))
    return found


def finding(what: str, ours: float, peer: float, of: str, more: dict[str, Any]) -> Finding:
    """Ours less the peer's."""
    off = abs(ours - peer)
    return Finding(
        what,
        *(off, off, off),
        unit="",
        goal="< 0.00005",
        met=yes(off < EQUAL),
        ours=[ours],
        peer=[peer],
        of=of,
        more=more,
    )


def answers(one: Scored, scores: list[Score], told: Mapping[str, Any], protocol: str) -> Finding:
    """The largest difference among the shares of right answers that both tell of, section by
    section; the total's are shown."""
    ours = {score.name.rpartition("/")[2]: score for score in scores}
    offs: dict[str, float] = {}
    for name, (right, n) in told.items():
        if name in ours and n:
            score = ours[name]
            offs[name] = abs(right / n - score.value) + (score.n != n)
    right, n = told["total"] if "total" in told else map(sum, zip(*told.values(), strict=True))
    off = max(offs.values())
    more = {"sections": len(offs), "questions": n, "most off": max(offs, key=lambda at: offs[at])}
    return Finding(
        f"{one.name}: analogies, as {protocol}",
        off, off, off, unit="", goal="< 0.00005 in every section", met=yes(off < EQUAL),
        ours=[ours["total"].value], peer=[right / n], of="share right", more=more,
    )  # fmt: skip


def summed(part: Part) -> Part:
    """The part, and at its end the largest difference of all that it found."""

    def run(bench: Bench) -> Iterator[list[Finding]]:
        offs: list[float] = []
        for some in part(bench):
            offs += [one.value for one in some]
            yield some
        off = max(offs)
        more = {"figures": len(offs)}
        yield [Finding("largest difference", *(off, off, off), unit="", goal="< 0.00005",
                       met=yes(off < EQUAL), of="score", more=more)]  # fmt: skip

    return run


PARTS: dict[str, Part] = {
    "gensim": summed(gensim),
    "glove": summed(glove),
    "vecto": summed(vecto),
}
