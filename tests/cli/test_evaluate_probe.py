"""evaluate --probe: a table and an answer, beside one-hot words and other vectors."""

from __future__ import annotations

import pytest

from rowspace.cli.evaluate_probe import columns_of, named
from rowspace.cli.failures import Mistake

PEOPLE = {"king", "queen", "man", "woman"}


@pytest.fixture
def words(tmp_path):
    """The words of the model, many times each, with a mark so that no two texts are the same."""
    names = ("the", "king", "queen", "man", "woman", "dog", "cat", "file", "files", "list")
    rows = [
        f"{name} {name}x{n},{'who' if name in PEOPLE else 'what'}"
        for n in range(6)
        for name in names
    ]
    (tmp_path / "words.csv").write_text("\n".join(["word,class", *rows, ",who"]))
    return "words.csv:word:class"


def test_table_and_answer(process, model, words):
    done = process("evaluate", model, "--probe", words, "--seeds", 2)
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("words.csv: 60 texts, 2 labels; in each of 2 splits ")
    names = [line.split("  ")[0].strip() for line in done.stdout.splitlines()[2:6]]
    assert names == ["m", "one-hot", "random vectors", "majority"]
    assert "points of accuracy" in done.stdout.splitlines()[-1]
    assert "1 rows have no text or no target" in done.stderr


def test_json_and_gates(command, model, words, objects):
    asked = ("evaluate", model, "--probe", words, "--seeds", 1, "--json")
    (found,) = [one for one in objects(command(*asked).stdout) if one["type"] == "probe"]
    assert found["task"] == "words.csv" and len(found["gains"]) == 3
    assert found["scores"][0]["name"] == "words.csv/accuracy"
    assert command(*asked, "--fail-under", "0.1").returncode == 0
    assert command(*asked, "--fail-under", "words.csv/accuracy=1.1").returncode == 8
    gate = "words.csv/gain over one-hot=0.9"
    assert command(*asked, "--fail-under", gate).returncode == 8


def test_a_file_that_judges(command, model, words, tmp_path):
    (tmp_path / "test.csv").write_text("word,class\nking,who\ndog,what\n")
    done = command("evaluate", model, "--probe", words, "--probe-test", "test.csv", "--seeds", 1)
    assert done.returncode == 0 and ", 2 judge" in done.stdout
    numbers = "word,class\n" + "".join(f"king n{n},{n / 7}\n" for n in range(30))
    (tmp_path / "numbers.csv").write_text(numbers)
    done = command("evaluate", model, "--probe", "numbers.csv:word:class", "--seeds", 1)
    assert "numbers; in each" in done.stdout and " r2 " in done.stdout


def test_mistakes(command, model, words, tmp_path):
    (tmp_path / "three.csv").write_text("text,label\na,x\nb,y\nc,x\n")
    done = command("evaluate", model, "--probe", "three.csv")
    assert done.returncode == 3 and "3 different texts" in done.stderr
    done = command("evaluate", model, "--probe", "three.csv:text")
    assert done.returncode == 2 and "FILE:TEXT:TARGET" in done.stderr
    done = command("evaluate", model, "--probe", "three.csv:text:lable")
    assert done.returncode == 3 and "label" in done.stderr
    done = command("evaluate", model, "--probe-test", "three.csv", "--similarity", "x")
    assert done.returncode == 2 and "one --probe" in done.stderr
    assert command("evaluate", model, "--probe", "nowhere.csv").returncode == 3


def test_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd:name").touch()
    assert columns_of("a.csv:t:l") == ("a.csv", "t", "l")
    assert columns_of("C:\\a.csv:t:l") == ("C:\\a.csv", "t", "l")
    assert columns_of("odd:name") == ("odd:name", None, None)
    with pytest.raises(Mistake):
        columns_of("a::l")
    assert named(["x/m", "y/n"]) == ["m", "n"]
    assert named(["x/m", "y/m"]) == ["x/m", "y/m"]
    assert named(["x/one-hot"]) == ["x/one-hot"]
