"""report: a page and its content, through the command."""

from __future__ import annotations

import pytest


@pytest.fixture
def pairs(tmp_path):
    (tmp_path / "pairs.txt").write_text("king\tqueen\t9\nking\tdog\t1\ncat\tdog\t5\n")
    return "pairs.txt"


def test_a_page_as_a_process(process, model, tmp_path):
    done = process("report", model, "--map", "still")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "" and "report.html" in done.stderr
    text = (tmp_path / "report.html").read_text()
    assert text.startswith("<!doctype html>") and "<h1>" in text


def test_json_is_the_content_and_writes_no_page(command, model, tmp_path, objects, pairs):
    done = command("report", model, "--json", "--words", "king, cat", "--similarity", pairs)
    assert done.returncode == 0, done.stderr
    (found,) = objects(done.stdout)
    assert found["type"] == "report" and found["kind"] == "vectors" and found["path"] is None
    near = found["tables"][0]["neighbours"]
    assert [one["item"] for one in near] == ["king", "cat"]
    assert near[0]["neighbours"][0]["item"] == "queen"
    assert [one["name"] for one in found["evaluated"]] == ["pairs"]
    assert [path.name for path in tmp_path.iterdir()] == [pairs]


def test_a_probe(command, model, tmp_path, objects):
    lines = ["text,label"] + [
        f"{a} {b},{'royal' if a in ('king', 'queen') else 'animal'}"
        for a in ("king", "queen", "dog", "cat") for b in ("the", "man", "woman", "file", "list")
    ]  # fmt: skip
    (tmp_path / "some.csv").write_text("\n".join(lines) + "\n")
    done = command("report", model, "--json", "--probe", "some.csv:text:label")
    assert done.returncode == 0, done.stderr
    ((task,),) = [one["probes"] for one in objects(done.stdout)]
    assert task["task"] == "some.csv" and task["scores"][0]["system"] == "this model"
    done = command("report", model, "--probe", "some.csv:text:label", "--map", "still")
    assert "Worth to a task: some.csv" in (tmp_path / "report.html").read_text()


def test_json_and_a_page(command, model, tmp_path, objects):
    done = command("report", model, "--json", "-o", "a.html", "--map", "still")
    assert objects(done.stdout)[0]["path"] == "a.html" and (tmp_path / "a.html").exists()


def test_nothing_is_replaced_unasked(command, model, tmp_path):
    path = tmp_path / "a.html"
    path.write_text("mine")
    done = command("report", model, "-o", "a.html", "--map", "still")
    assert done.returncode == 3 and "already" in done.stderr and path.read_text() == "mine"
    done = command("report", model, "-o", "a.html", "--map", "still", "--force")
    assert done.returncode == 0 and "mine" not in path.read_text()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["-o", "page.pdf"], 2, "page.html"),
        (["--words", "nowhere"], 3, "nowhere"),
        (["--points", "-3"], 2, "points"),
        (["--labels", "missing.csv"], 3, "labels"),
        (["--similarity", "missing.txt"], 3, "missing.txt"),
    ],
)
def test_mistakes(command, model, tmp_path, words, code, told):
    done = command("report", model, *words)
    assert done.returncode == code, done.stderr
    assert told in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_a_model_has_a_report(command, tmp_path, objects):
    import numpy as np

    import rowspace as rs
    from rowspace.vectors import Model, Vectors

    part = Model(Vectors.from_arrays(["red", "green", "blue"], np.eye(3, 4)))
    rs.save(Model(None, {"kind": "table"}, parts={"colour": part}), tmp_path / "m")
    (found,) = objects(command("report", "m/colour", "--json").stdout)
    assert found["tables"][0]["items"] == 3
    (whole,) = objects(command("report", "m", "--json").stdout)
    assert [one["name"] for one in whole["tables"]] == ["colour"]
