"""`rowspace phrases`, and `train words --phrases`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs

LINES = ["They saw New York at night", "York is old", "a new day", ""] * 20
LEARN = ("--min-count", "2", "--threshold", "1.2")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("\n".join(LINES))
    return path


def test_phrases_are_shown_kept_and_joined(process: Any, text: Path, tmp_path: Path) -> None:
    done = process(
        "phrases", str(text), "-o", str(tmp_path / "p.json"), "--text", str(tmp_path / "out.txt"),
        *LEARN,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = [line.split("\t")[0] for line in done.stdout.splitlines()]
    assert "new_york" in names
    lines = (tmp_path / "out.txt").read_text().split("\n")
    assert len(lines) == 61 and all("new york" not in line for line in lines)
    again = process(
        "phrases", str(text), "--with", str(tmp_path / "p.json"), "--text",
        str(tmp_path / "again.txt"),
    )  # fmt: skip
    assert again.returncode == 0 and again.stdout == ""
    assert (tmp_path / "again.txt").read_bytes() == (tmp_path / "out.txt").read_bytes()


def test_json_and_refusals(command: Any, text: Path, tmp_path: Path) -> None:
    done = command("phrases", str(text), "--json", "--scoring", "npmi", "--threshold", "0")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert any(one["type"] == "phrase" and one["phrase"] == "new_york" for one in told)
    (tmp_path / "p.json").write_text("{}")
    assert command("phrases", str(text), "-o", str(tmp_path / "p.json")).returncode == 2
    wrong = command("phrases", str(text), "--with", str(tmp_path / "p.json"))
    assert wrong.returncode == 4 and "not a file of phrases" in wrong.stderr
    assert command("phrases", str(text), "--passes", "0").returncode == 2


def test_a_model_joins_texts_as_it_joined_its_own(command: Any, text: Path, tmp_path: Path) -> None:
    command("phrases", str(text), "-o", str(tmp_path / "p.json"), *LEARN)
    done = command(
        "train", "words", str(text), "-o", str(tmp_path / "m"), "--phrases",
        str(tmp_path / "p.json"), "--dim", "4", "--epochs", "1", "--min-count", "1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (tmp_path / "ask.txt").write_text("New York\n")
    out = tmp_path / "v.npy"
    command("encode", str(tmp_path / "m"), str(tmp_path / "ask.txt"), "--texts", "-o", str(out))
    vectors = rs.load(tmp_path / "m").vectors
    np.testing.assert_allclose(np.load(out)[0], vectors["new_york"], atol=1e-7)
    assert command("train", "words", str(text), "-o", "x", "--phrases", "12").returncode == 2
