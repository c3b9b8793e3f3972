"""evaluate: scores as lines and as JSON, and gates that close."""

from __future__ import annotations

import pytest

PAIRS = "king queen 9\nking dog 1\ncat dog 5\nfile files 7\nman woman 6\nnowhere dog 3\n"
QUESTIONS = (
    ": family\nman king woman queen\ndog cat man woman\n: gram-plural\nfile files king queen\n"
)


GROUPS = "people: king queen man | dog file\nthings: file files list | queen cat\n"
KINDS = "person king\nperson queen\nanimal dog\nanimal cat\nthing file\nthing sphinx\n"


@pytest.fixture
def other(tmp_path_factory, save_model):
    """A model that lacks some of the words."""
    words = ("the", "king", "queen", "dog", "cat", "file", "files", "list")
    return save_model(tmp_path_factory.mktemp("other") / "m", words)


@pytest.fixture
def lists(tmp_path):
    (tmp_path / "pairs.txt").write_text(PAIRS.replace(" ", "\t"))
    (tmp_path / "questions.txt").write_text(QUESTIONS)
    (tmp_path / "groups.txt").write_text(GROUPS)
    (tmp_path / "kinds.txt").write_text(KINDS)
    (tmp_path / "tale.txt").write_text("The king met a dog. The dog ran.\n")
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


def test_outliers_categories_and_coverage(command, model, lists, objects):
    asked = ("--outliers", "groups.txt", "--categories", "kinds.txt", "--coverage", "tale.txt")
    done = command("evaluate", model, *asked, "--json")
    assert done.returncode == 0, done.stderr
    found = {o["name"]: o for o in objects(done.stdout)}
    assert list(found) == [
        "groups/accuracy", "groups/opp", "kinds/purity", "tale/tokens", "tale/types"
    ]  # fmt: skip
    assert found["kinds/purity"]["coverage"] == pytest.approx(5 / 6)
    assert (found["tale/tokens"]["n"], found["tale/tokens"]["value"]) == (8, 5 / 8)
    assert ["met", 1] in found["tale/types"]["missing"]


def test_without_anything_how_the_vectors_lie(command, process, model, objects):
    done = command("evaluate", model, "--fail-under", "0.5")
    assert done.returncode == 8 and "no score that a gate without a name" in done.stderr
    done = process("evaluate", model, "--json")
    assert done.returncode == 0, done.stderr
    assert "--similarity" in done.stderr
    names = [o["name"] for o in objects(done.stdout)]
    asked = command("evaluate", model, "--geometry", "--json")
    assert names == [o["name"] for o in objects(asked.stdout)]
    assert {name.partition("/")[0] for name in names} == {"hubness", "isotropy", "frequency"}


def test_against_another_model(command, model, other, lists, objects):
    asked = (*lists, "--outliers", "groups.txt", "--categories", "kinds.txt", "--against", other)
    done = command("evaluate", model, *asked, "--json")
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    pairs = next(o for o in found if o["type"] == "comparison" and o["name"] == "pairs")
    assert (pairs["n"], pairs["total"], pairs["test"]) == (4, 6, "paired bootstrap")
    assert pairs["a_alone"]["n"] == 5 and pairs["b_alone"]["coverage"] == pytest.approx(4 / 6)
    assert pairs["against"] == str(other) and 0 <= pairs["p"] <= 1
    assert pairs["difference"] == pytest.approx(pairs["a"] - pairs["b"])
    compared = [o["name"] for o in found if o["type"] == "comparison"]
    assert compared == [o["name"] for o in found if o["type"] == "score"]
    text = command("evaluate", model, *asked).stdout
    assert "on what both answer" in text and "Traceback" not in text


def test_gates_are_for_the_first_model(command, model, other, lists):
    gate = ("--fail-under", "pairs=1.1")
    assert command("evaluate", model, *lists, "--against", other, *gate).returncode == 8


def test_neighbours(command, model, other, objects):
    done = command("evaluate", model, "--neighbours", "--against", model, "--json")
    assert [o["value"] for o in objects(done.stdout)] == [None, None]  # ten words have no ten
    done = command("evaluate", model, "--against", other, "--json")
    assert {o.get("model") for o in objects(done.stdout)} == {str(model), str(other), None}
    done = command("evaluate", model, "--neighbours")
    assert done.returncode == 2 and "--against" in done.stderr


@pytest.mark.parametrize("option", ["--outliers", "--categories", "--coverage"])
def test_lists_that_cannot_be_read(command, model, tmp_path, option):
    (tmp_path / "broken.txt").write_bytes(b"king \xff queen\n")
    (tmp_path / "empty.txt").write_text("")
    for name in ("missing.txt", "broken.txt", "empty.txt"):
        done = command("evaluate", model, option, name)
        assert done.returncode == 3 and name in done.stderr, name
        assert "Traceback" not in done.stderr
