"""evaluate: scores as lines and as JSON, and gates that close."""

from __future__ import annotations

import pytest

PAIRS = "king queen 9\nking dog 1\ncat dog 5\nfile files 7\nman woman 6\nnowhere dog 3\n"
QUESTIONS = (
    ": family\nman king woman queen\ndog cat man woman\n: gram-plural\nfile files king queen\n"
)


@pytest.fixture
def lists(tmp_path):
    (tmp_path / "pairs.txt").write_text(PAIRS.replace(" ", "\t"))
    (tmp_path / "questions.txt").write_text(QUESTIONS)
    return ("--similarity", "pairs.txt", "--analogies", "questions.txt")


def test_scores(process, model, lists, objects):
    done = process("evaluate", model, *lists, "--json")
    assert done.returncode == 0, done.stderr
    found = {o["name"]: o for o in objects(done.stdout)}
    pairs = found["pairs"]
    assert (pairs["type"], pairs["n"]) == ("score", 5)
    assert pairs["coverage"] == pytest.approx(5 / 6)
    assert pairs["low"] <= pairs["value"] <= pairs["high"]
    assert any(name.startswith("questions/") for name in found)


def test_lines_hold_the_same(command, model, lists, objects):
    found = objects(command("evaluate", model, *lists, "--json").stdout)
    lines = command("evaluate", model, *lists).stdout.splitlines()
    assert [line.split("  ")[0].split()[0] for line in lines] == [o["name"] for o in found]


@pytest.mark.parametrize(
    ("gates", "code"),
    [
        (["-1"], 0),
        (["1.1"], 8),
        (["pairs=-1"], 0),
        (["pairs=1.1"], 8),
        (["no-such-score=0"], 8),
        (["pairs=-1", "1.1"], 8),
    ],
)
def test_gates(command, model, lists, gates, code):
    words = [word for gate in gates for word in ("--fail-under", gate)]
    done = command("evaluate", model, *lists, *words)
    assert done.returncode == code, done.stderr
    assert done.stdout  # the scores are shown all the same


def test_gate_that_cannot_be_read(command, model, lists):
    done = command("evaluate", model, *lists, "--fail-under", "high")
    assert done.returncode == 2 and "NAME=VALUE" in done.stderr


def test_protocols_by_name(command, model, lists):
    from rowspace.evaluate import PROTOCOLS

    for name in PROTOCOLS:
        assert command("evaluate", model, *lists, "--protocol", name).returncode == 0
    done = command("evaluate", model, *lists, "--protocol", "gensin")
    assert done.returncode in (2, 3) and "gensim" in done.stderr


def test_missing_and_broken_lists(command, model, tmp_path):
    (tmp_path / "broken.txt").write_text("king\tqueen\t9\nking\tdog\n")
    for name in ("missing.txt", "broken.txt"):
        done = command("evaluate", model, "--similarity", name)
        assert done.returncode == 3 and name in done.stderr
        assert "Traceback" not in done.stderr
