"""The commands that only read work on a file of vectors as they do on a model."""

from __future__ import annotations

import gzip

TEXT = b"""5 3
king 1 0.9 0
queen 0.9 1 0.1
cat 0 0.1 1
dog 0.1 0 0.9
king 5 5 5
"""


def test_read_only_commands(command, objects, tmp_path):
    path = tmp_path / "vectors.vec.gz"
    path.write_bytes(gzip.compress(TEXT))
    done = command("nearest", path, "king", "-k", "2")
    assert done.returncode == 0 and done.stdout.splitlines()[0].endswith("  queen")
    assert "1 lines repeat an item" in done.stderr
    facts = objects(command("info", path, "--verify", "--json").stdout)[-1]
    assert (facts["type"], facts["items"], facts["dim"]) == ("info", 4, 3)
    assert facts["format"] == "text vectors" and "no checksums" in facts["verified"]
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("king\tqueen\t9\nking\tcat\t1\ncat\tdog\t8\nqueen\tdog\t2\n")
    (score,) = objects(command("evaluate", path, "--similarity", pairs, "--json").stdout)[-1:]
    assert score["type"] == "score" and score["coverage"] == 1


def test_a_file_that_is_none(command, tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"king 1 2\nqueen 1\n")
    done = command("nearest", path, "king")
    assert done.returncode == 4 and "line 2" in done.stderr and "hint:" in done.stderr
    path.write_bytes(b"<html><title>404</title></html>")
    done = command("info", path)
    assert done.returncode == 4 and "an HTML file" in done.stderr
