"""rowspace train tag: from a file of words and tags to spans in text, as people run it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

pytest.importorskip("torch")

from rowspace import files
from rowspace.cli.tag_settings import NETWORK, READING, RUN_DEFAULTS, SETTINGS
from rowspace.corpus.conll import TagReading
from rowspace.networks.tag import TagSettings
from rowspace.networks.tagging import RUN, train_tagger

NAMES = ("Rome", "Lima", "Oslo", "Cairo")
SMALL = ("--dim", 12, "--hidden", 16, "--filters", 8, "--piece-dim", 8, "--batch", 4, "--threads",
         1, "--lr", 0.01)  # fmt: skip
SHOWN = {
    "word_column": (None, "1; CoNLL-U 2"), "tag_column": (None, "-1; CoNLL-U 4"),
    "lenient": (False, "strict"), "lower": (None, "lower, unless --from tells capitals apart"),
    "crf": (True, "crf"),
}  # fmt: skip


def conll(names=NAMES, times=6):
    return "".join(f"we O\nwent O\nto O\n{name} B-LOC\n\nbread O\nis O\nold O\n\n"
                   for name in names * times)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.conll").write_text(conll())
    (tmp_path / "test.conll").write_text(conll(times=1))
    (tmp_path / "news.txt").write_text("we went to Lima\nbread is old\n\n")
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("tagger")
    (place / "train.conll").write_text(conll())
    given = {"dim": 12, "hidden": 16, "filters": 8, "batch": 4, "threads": 1, "epochs": 8}
    train_tagger(place / "train.conll", output=place / "m", lr=0.01, deterministic=True, **given)
    return place / "m"


@pytest.mark.parametrize(("owner", "kind"), [(NETWORK, TagSettings), (READING, TagReading)])
def test_the_table_of_settings_says_what_the_code_says(owner, kind):
    own = {one.field: one.default for one in SETTINGS if one.owner == owner}
    assert own.keys() == {one.name for one in fields(kind)}
    for one in fields(kind):
        if one.name in SHOWN:
            assert (one.default, own[one.name]) == SHOWN[one.name]
        elif isinstance(one.default, str):
            assert own[one.name] == one.default
        else:
            assert float(own[one.name]) == one.default, one.name
    assert RUN_DEFAULTS == RUN


def test_from_words_to_spans(command, folder):
    done = command(
        "train", "tag", "train.conll", "-o", "m", "--test", "test.conll", "--epochs", 8, *SMALL
    )
    assert done.returncode == 0, done.stderr
    assert "on the test data, 4 entities" in done.stdout
    assert "each word's most frequent tag" in done.stdout and "LOC" in done.stdout
    assert "next: rowspace predict m" in done.stderr
    again = command("train", "tag", "train.conll", "-o", "m", *SMALL)
    assert again.returncode == 2 and "--force" in again.stderr
    card = (folder / "m" / "README.md").read_text()
    assert "most frequent tag" in card
    assert command("nearest", "m", "rome").returncode == 0
    assert "network" in command("info", "m").stdout


def test_predict(command, folder, trained, objects):
    done = command("predict", trained, "news.txt")
    assert done.returncode == 0, done.stderr
    first, second, third = done.stdout.split("\n")[:3]
    text, type, start, end, p = first.split("\t")
    assert (text, type, start, end) == ("Lima", "LOC", "11", "15") and 0.5 < float(p) <= 1
    assert second == third == ""
    done = command("predict", trained, "-", "--json", stdin="we went to Oslo\n")
    [found] = objects(done.stdout)
    [span] = found["spans"]
    assert (span["text"], span["type"], span["start"], span["end"]) == ("Oslo", "LOC", 11, 15)
    done = command("predict", trained, "news.txt", "-k", 3)
    assert done.returncode == 2 and "--k" in done.stderr


def test_evaluate(command, folder, trained, objects):
    done = command("evaluate", trained, "--labels", "test.conll", "--json")
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    scores = {one["name"]: one for one in found if one["type"] == "score"}
    assert scores["f1"]["value"] == 1 and scores["f1"]["n"] == 4
    assert [one["label"] for one in found if one["type"] == "label"] == ["LOC"]
    done = command("evaluate", trained, "--labels", "test.conll", "--fail-under", "f1=2")
    assert done.returncode == 8
    done = command("evaluate", trained, "--labels", "test.conll", "--text", "x")
    assert done.returncode == 2 and "models of texts" in done.stderr


def test_settings_come_from_a_file_and_are_shown(command, folder):
    (folder / "c.toml").write_text('encoder = "transformer"\nlayers = 2\nlenient = true\n')
    done = command("train", "tag", "--config", "c.toml", "--print-config", "--lr", 0.5)
    assert done.returncode == 0, done.stderr
    found = tomllib.loads(done.stdout)
    assert found["encoder"] == "transformer" and found["layers"] == 2 and found["lr"] == 0.5
    assert found["lenient"] is True and found["epochs"] == RUN["epochs"]


def test_budget_compare_and_json(command, folder, objects):
    done = command(
        "train", "tag", "train.conll", "-o", "m", "--budget", "1s", "--compare", "--json", *SMALL
    )
    assert done.returncode == 0, done.stderr
    found = objects(done.stdout)
    kinds = [one["type"] for one in found]
    assert kinds.count("variant") >= 2 and "model" in kinds
    model = files.load(folder / "m")
    assert model.record["training_seconds"] < 6
    assert {one["name"] for one in model.record["compare"]} >= {"from scratch"}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "no data given"),
        (("train.conll",), 2, "no place for the model"),
        (("nowhere.conll", "-o", "m"), 3, "nowhere.conll"),
        (("broken.conll", "-o", "m"), 3, "line 3"),
        (("train.conll", "-o", "m", "--encoder", "gru"), 2, "encoder"),
        (("train.conll", "-o", "m", "--tag-column", "0"), 2, "tag_column"),
        (("train.conll", "-o", "m", "--from", "nowhere"), 4, "nowhere"),
    ],
)
def test_mistakes(command, folder, words, code, told):
    (folder / "broken.conll").write_text("Rome B-LOC\nis O\nold I-LOC\n")
    done = command("train", "tag", *words)
    assert done.returncode == code, done.stderr
    assert told in done.stderr and not (folder / "m").exists()


def test_the_answers_are_json_lines(command, folder, trained):
    done = command("predict", trained, "news.txt", "--json")
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["prediction"] * 3
