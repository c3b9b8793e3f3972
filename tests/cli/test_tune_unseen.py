"""tune unseen: a table of policies, a recommendation and its reason."""

from __future__ import annotations

import numpy as np
import pytest

SMALL = ("--dim", 8, "--epochs", 1, "--held-out", 20, "--threads", 1)


@pytest.fixture
def corpus(tmp_path):
    """Lines of words that are frequent enough to be held out."""
    rows = np.random.default_rng(0).integers(0, 120, (800, 8))
    lines = [" ".join(f"word{chr(97 + n // 12)}{chr(97 + n % 12)}" for n in row) for row in rows]
    (tmp_path / "corpus.txt").write_text("\n".join(lines))
    return "corpus.txt"


def test_table(process, corpus):
    done = process("tune", "unseen", corpus, *SMALL)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("unseen: share of drawn words")
    assert lines[1].split()[:2] == ["policy", "unseen"] and lines[1].endswith("look-up")
    names = [line.split("  ")[0] for line in lines[2:6]]
    assert names == ["unknown row", "hashed", "subwords", "quotient"]
    assert lines[6].startswith("had the unseen words been seen: 0.")
    assert lines[7].startswith("recommended: ") and "(--unseen " in lines[7]
    assert "rows: subwords" in done.stderr


def test_json_and_labels(command, objects, tmp_path):
    rows = [f"word{n} some {n % 7},{'ab'[n % 2]}" for n in range(150)]
    rows += [f"some {n % 7} more,{'ab'[n % 2]}" for n in range(150)]
    (tmp_path / "t.csv").write_text("\n".join(["body,class", *rows]))
    asked = ("tune", "unseen", "t.csv", "--text", "body", "--label", "class", "--splits", 1)
    done = command(*asked, "--dim", 4, "--epochs", 2, "--json")
    assert done.returncode == 0, done.stderr
    (found,) = [one for one in objects(done.stdout) if one["type"] == "policies"]
    assert found["kind"] == "labels" and len(found["policies"]) == 4
    assert found["recommended"] in {one["name"] for one in found["policies"]}
    assert found["policies"][0]["scores"][0]["name"] == "unseen"


def test_mistakes(command, tmp_path):
    (tmp_path / "few.txt").write_text("three short words\nand three more\n")
    done = command("tune", "unseen", "few.txt")
    assert done.returncode == 3 and "too little text" in done.stderr
    assert command("tune", "unseen").returncode == 2
    assert command("tune", "unseen", "few.txt", "--budget", "soon").returncode == 2
    assert command("tune", "unseen", "nowhere.txt").returncode == 3
    assert command("tune", "unseeen", "few.txt").returncode == 2
