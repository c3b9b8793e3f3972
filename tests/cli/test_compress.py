"""`rowspace compress`: what it writes, says and refuses."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rowspace as rs

Command = Callable[..., subprocess.CompletedProcess[str]]
WORDS = [f"{stem}{end}" for stem in "abcdefghij" for end in range(100, 140)]


@pytest.fixture
def large(tmp_path: Path) -> Path:
    vocabulary = rs.Vocabulary.of(
        WORDS, counts=np.arange(len(WORDS), 0, -1), unseen=rs.Subwords(3, 4, 5000)
    )
    rows = np.random.default_rng(0).normal(size=(vocabulary.n_rows, 16)).astype(np.float32)
    rs.save(rs.Model(rs.Vectors(vocabulary, rows)), tmp_path / "large")
    pairs = [
        f"{a}\t{b}\t{at % 10}" for at, (a, b) in enumerate(zip(WORDS, WORDS[7:], strict=False))
    ]
    (tmp_path / "pairs.tsv").write_text("\n".join(pairs[:60]) + "\n", "utf-8")
    return tmp_path / "large"


def test_a_size_is_kept_and_told(process: Command, large: Path) -> None:
    done = process("compress", large, "small", "--size", "40kB", "--similarity", "pairs.tsv")
    assert done.returncode == 0, done.stderr
    small = large.parent / "small"
    size = sum(one.stat().st_size for one in small.iterdir())
    assert size <= 40_000 and f"{size:,} bytes, before" in done.stderr
    assert "rows as" in done.stderr
    for name in ("neighbours kept", "cosine", "unseen cosine", "pairs"):
        assert name in done.stdout
    assert "→" in done.stdout
    assert "pairs" in (small / "README.md").read_text("utf-8")
    losses = rs.load(small).record["compressed"]["losses"]
    assert [one["name"] for one in losses] == ["pairs"] and losses[0]["before"] is not None


def test_as_json(command: Command, large: Path) -> None:
    done = command(
        "compress", large, "small", "--kind", "int8", "--items", 50, "--ngrams", 20,
        "--similarity", "pairs.tsv", "--json",
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [one["type"] for one in found]
    assert kinds == ["compressed", "score", "score", "score", "loss"]
    assert found[0]["items"] == 50 and found[0]["ngrams"] == 20 and found[0]["kind"] == "int8"
    assert found[0]["bytes"] < found[0]["before"]


def test_a_gate(command: Command, large: Path) -> None:
    done = command("compress", large, "small", "--kind", "pq", "--fail-under", "cosine=0.99999")
    assert done.returncode == 8 and "cosine is" in done.stderr
    fine = command("compress", large, "fine", "--kind", "int8", "--fail-under", "cosine=0.99")
    assert fine.returncode == 0, fine.stderr


def test_words_from_a_file(command: Command, large: Path) -> None:
    words = "a101\nb101\nnothing\n"
    done = command("compress", large, "small", "--words", "-", "--dim", 4, stdin=words)
    assert done.returncode == 0, done.stderr
    assert "1 of the words" in done.stderr
    found = rs.load(large.parent / "small").vectors
    assert list(found) == ["a101", "b101"] and found.dim == 4


def test_every_reader_reads_it(command: Command, large: Path) -> None:
    made = command("compress", large, "small", "--kind", "pq", "--rerank", "int8", "--ngrams", 500)
    assert made.returncode == 0, made.stderr
    assert command("nearest", "small", "a101", "-k", 3).stdout.count("\n") >= 3
    assert command("similarity", "small", "a101", "b102").returncode == 0
    assert command("encode", "small", "-", stdin="a101\na1013\n").returncode == 0
    assert command("evaluate", "small", "--similarity", "pairs.tsv").returncode == 0
    assert command("info", "small", "--verify").returncode == 0
    assert "int8" in command("info", "small").stdout
    assert command("convert", "small", "small.txt").returncode == 0


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 2, "kind"),
        (["--size", "1kB"], 2, "at least"),
        (["--size", "much"], 2, "bytes"),
        (["--rerank", "int8", "--kind", "int8"], 2, "pq"),
        (["--dim", "17"], 2, "dim"),
        (["--kind", "int4"], 2, "int4"),
    ],
)
def test_what_cannot_be(
    command: Command, large: Path, options: list[str], code: int, said: str
) -> None:
    done = command("compress", large, "small", *options)
    assert done.returncode == code and said in done.stderr, done.stderr
    assert not (large.parent / "small").exists()


def test_what_is_there_stays(command: Command, large: Path) -> None:
    (large.parent / "small").mkdir()
    (large.parent / "small" / "mine.txt").write_text("x", "utf-8")
    assert command("compress", large, "small", "--kind", "int8").returncode == 3
    assert command("compress", large, large, "--kind", "int8").returncode == 3
