"""align and merge: as processes, with what they say and how they end."""

from __future__ import annotations

import numpy as np
import pytest

import rowspace as rs
from rowspace import files

NAMES = [f"w{i}" for i in range(60)]
TURN = np.linalg.qr(np.random.default_rng(9).normal(size=(4, 4)))[0]


@pytest.fixture
def spaces(tmp_path):
    """A model and the same one in another space, with an item more each."""
    rows = np.random.default_rng(1).normal(size=(60, 4))
    for folder, matrix, extra in (("a", rows, "only a"), ("b", rows @ TURN, "only b")):
        both = np.concatenate([matrix, np.ones((1, 4))]).astype(np.float32)
        counts = np.arange(61)[::-1] + 1
        vectors = rs.Vectors.from_arrays([*NAMES, extra], both, counts=counts)
        rs.save(rs.Model(vectors, {"window": 5}), tmp_path / folder)
    return tmp_path


def test_align(process, spaces, objects):
    done = process("align", "a", "b", "-o", "out", "--json")
    fit, found = objects(done.stdout)
    assert done.returncode == 0
    assert (fit["type"], fit["pairs"], fit["held_out"]) == ("fit", 60, 12)
    assert fit["after"] == pytest.approx(1, abs=1e-5) and fit["before"] < 0.9
    assert (found["type"], found["items"], found["format"]) == ("aligned", 61, "rowspace")
    assert "12 held out" in done.stderr and "by chance" in done.stderr
    turned, target = files.load(spaces / "out"), files.load(spaces / "b")
    assert np.allclose(turned.vectors["w3"], target.vectors["w3"], atol=1e-5)
    assert turned.config == {"window": 5}


def test_align_by_pairs(command, spaces):
    (spaces / "pairs.tsv").write_text("".join(f"w{i}\tw{i}\n" for i in range(20)) + "x\ty\n")
    done = command("align", "a", "b", "-o", "out", "--pairs", "pairs.tsv", "--center")
    assert done.returncode == 0 and "1 pairs have an item that is not known" in done.stderr
    assert "20 pairs; mean cosine of 4 held out" in done.stderr
    (spaces / "pairs.tsv").write_text("w1\tw1\nw2\tw2\nw3\n")
    done = command("align", "a", "b", "-o", "two", "--pairs", "pairs.tsv")
    assert done.returncode == 3 and "line 3" in done.stderr and not (spaces / "two").exists()
    (spaces / "pairs.tsv").write_text("w1\tw1\nw2\tw2\n")
    done = command("align", "a", "b", "-o", "two", "--pairs", "pairs.tsv")
    assert done.returncode == 0 and "do not settle" in done.stderr and "too few" in done.stderr


@pytest.mark.parametrize("aligned", [False, True])
def test_merge(command, spaces, objects, aligned):
    words = ["merge", "a", "b", "-o", "out", "--rule", "mean", "--json"]
    done = command(*words, *(["--align"] if aligned else []))
    *fits, found = objects(done.stdout)
    assert done.returncode == 0 and len(fits) == aligned
    assert (found["type"], found["items"]) == ("merged", 62)
    vectors, a = files.load(spaces / "out").vectors, files.load(spaces / "a").vectors
    assert np.allclose(vectors["w3"], a["w3"], atol=1e-5) == aligned
    assert vectors.counts[vectors.vocabulary.id("w0")] == 122
    record = files.load(spaces / "out").record
    assert record["merged"] == {"inputs": ["a", "b"], "rule": "mean"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["align", "a", "b"], 2, "output"),
        (["align", "a", "b", "-o", "a"], 3, "the source itself"),
        (["align", "a", "b", "-o", "b/in"], 3, "inside the source"),
        (["align", "a", "none", "-o", "out"], 4, "no such"),
        (["align", "a", "b", "-o", "x.xyz"], 2, "means no format"),
        (["merge", "a", "-o", "out"], 2, "two inputs"),
        (["merge", "a", "b", "-o", "b", "--force"], 3, "the source itself"),
        (["merge", "a", "b", "-o", "there"], 3, "exists"),
        (["merge", "a", "b", "-o", "out", "--rule", "all"], 2, "rule"),
    ],
)
def test_what_cannot_be_done(command, spaces, words, code, said):
    (spaces / "there").write_text("mine")
    done = command(*words)
    assert done.returncode == code and said in done.stderr and "Traceback" not in done.stderr
    assert not (spaces / "out").exists() and (spaces / "there").read_text() == "mine"
