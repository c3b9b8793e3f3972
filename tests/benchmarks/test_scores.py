"""The benchmark of scores: what is handed to the peers, and how a difference is told."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.scores import inputs
from benchmarks.scores.__main__ import read
from benchmarks.scores.parts import answers, pairs
from benchmarks.scores.runners.exported import exported

from rowspace.evaluate import analogies, similarity
from rowspace.evaluate.lists import read_questions
from rowspace.vectors import Vectors

WORDS = ["cat", "dog", "a b", "<unk>", "Oak", "elm"]


@pytest.fixture
def scored(tmp_path):
    rows = np.random.default_rng(0).standard_normal((6, 3))
    return inputs.written("some", Vectors.from_arrays(WORDS, rows), 6, tmp_path / "vectors")


def test_what_the_peers_read(scored):
    words, matrix = exported(str(scored.folder))
    assert words == ["cat", "dog", "Oak", "elm"] == list(scored.vectors)
    assert np.array_equal(matrix, scored.vectors.matrix)


def test_second_spellings():
    vectors = Vectors.from_arrays([f"w{at}" for at in range(100)], np.ones((100, 4)))
    items = list(inputs.spelled(vectors))
    assert 120 < len(items) < 180 and len({item.lower() for item in items}) == 100
    assert items == list(inputs.spelled(vectors))


def test_pairs_and_their_questions(tmp_path):
    path = tmp_path / "google.txt"
    lines = {"family": "a b c d\nc d e f\n", "gram1-adjective-to-adverb": "g h i j\n"}
    path.write_text("".join(f": {name}\n{text}" for name, text in lines.items()))
    folder = inputs.pairs_of(read_questions(path), tmp_path / "pairs")
    assert (folder / "family.txt").read_text() == "a\tb\nc\td\ne\tf\n"
    crossed = read_questions(inputs.crossed(folder, tmp_path / "crossed.txt"))
    assert len(crossed.words) == 6 + 2 and crossed.words[0] == ("c", "d", "a", "b")


def test_a_difference_is_seen(scored, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("cat dog 1\ndog elm 2\ncat elm 4\n")
    own = similarity(scored.vectors, path, protocol="gensim").value
    for off, met in ((0.0, "yes"), (0.0001, "no")):
        told = {"list": {"value": own + off}}
        assert [one.met for one in pairs(scored, {"list": str(path)}, told, "gensim")] == [met]


def test_one_section_that_differs_is_seen(scored, tmp_path):
    path = tmp_path / "q.txt"
    path.write_text(": one\ncat dog elm Oak\n: two\ndog cat Oak elm\n")
    found = analogies(scored.vectors, path, protocol="glove")
    told = {score.name.partition("/")[2]: [score.extra["right"], score.n] for score in found}
    assert answers(scored, found, told, "glove").met == "yes"
    told["two"] = [1 - told["two"][0], 1]
    assert answers(scored, found, told, "glove").met == "no"
    told["two"] = [0, 2]
    assert answers(scored, found, told, "glove").met == "no"


def test_the_command_is_shown_without_paths(tmp_path):
    options = read(
        ["gensim", "--glove", "/a", "--data=/b", "--most", "5", "--cache", str(tmp_path)]
    )
    assert options.command == "python -m benchmarks.scores gensim --most 5"
    assert read(["--quick"]).results != read([]).results
