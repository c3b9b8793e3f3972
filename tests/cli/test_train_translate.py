"""rowspace train translate: from two files to lines in the other language, as people run it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytest.importorskip("sacrebleu")

from rowspace.cli.translate_settings import NETWORK, READING, RUN_DEFAULTS, SETTINGS
from rowspace.corpus.parallel import ParallelReading
from rowspace.networks.translate import TranslateSettings
from rowspace.networks.translating import RUN, train_translator

SMALL = ("--dim", 32, "--hidden", 64, "--layers", 1, "--heads", 2, "--subwords", 512, "--threads",
         1, "--lr", 0.01, "--batch", 600, "--dropout", 0, "--precision", "float32")  # fmt: skip
SHOWN = {"source": (None, "source; the first of a TSV"), "decoder_layers": (None, "as --layers"),
         "target": (None, "target; the second of a TSV")}  # fmt: skip
THINGS = {"dog": "Hund", "cat": "Kater", "man": "Mann", "tree": "Baum"}
DOES = {"sleeps": "schläft", "runs": "rennt", "falls": "fällt"}


def pairs(times=8):
    each = [(f"a {thing} {does}", f"ein {THINGS[thing]} {DOES[does]}")
            for thing in THINGS for does in DOES]  # fmt: skip
    return each * times


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place, name in enumerate(("train.en", "train.de")):
        (tmp_path / name).write_text("".join(pair[place] + "\n" for pair in pairs()))
    (tmp_path / "test.tsv").write_text("".join("\t".join(pair) + "\n" for pair in pairs(1)))
    return tmp_path


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("translator") / "m"
    train_translator(
        pairs(), output=place, dim=32, hidden=64, layers=1, heads=2, subwords=512, threads=1,
        lr=0.01, batch=300, dropout=0.0, epochs=12, baselines=False, precision="float32",
    )  # fmt: skip
    return place


@pytest.mark.parametrize(
    ("owner", "kind"), [(NETWORK, TranslateSettings), (READING, ParallelReading)]
)
def test_the_table_of_settings_says_what_the_code_says(owner, kind):
    own = {one.field: one.default for one in SETTINGS if one.owner == owner}
    assert own.keys() == {one.name for one in fields(kind)}
    for one in fields(kind):
        if one.name in SHOWN:
            assert (one.default, own[one.name]) == SHOWN[one.name]
        elif isinstance(one.default, str):
            assert own[one.name] == one.default
        else:
            assert float(own[one.name]) == one.default
    assert RUN_DEFAULTS == RUN


def test_from_files_to_a_model(command, folder, objects):
    done = command(
        "train", "translate", "train.en", "train.de", "-o", "m", "--test", "test.tsv", "--epochs",
        4, *SMALL, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = objects(done.stdout)
    scores = {one["name"]: one for one in told if one["type"] == "score"}
    assert scores.keys() == {"BLEU", "chrF"} and scores["BLEU"]["on"] == "test"
    assert [one["name"] for one in told if one["type"] == "baseline"][1] == "word by word (dice)"
    assert (folder / "m" / "README.md").read_text().count("BLEU")
    assert "next: rowspace predict m" in done.stderr


def test_the_scores_for_people(command, folder):
    done = command("train", "translate", "train.en", "train.de", "-o", "m", "--epochs", 2, *SMALL)
    assert done.returncode == 0, done.stderr
    assert "on the validation part" in done.stdout and "the source as it is" in done.stdout
    again = command("train", "translate", "train.en", "train.de", "-o", "m", "--epochs", 2, *SMALL)
    assert again.returncode == 2 and "--force" in again.stderr


def test_lines_are_translated_in_their_order(command, trained):
    text = "a cat runs\n\na man falls\n"
    done = command("predict", trained, "-", stdin=text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n") == ["ein Kater rennt", "", "ein Mann fällt", ""]
    one = command("predict", trained, "-", "--beam", 1, "--json", stdin=text)
    assert [json.loads(line)["text"] for line in one.stdout.splitlines()] == [
        "ein Kater rennt", "", "ein Mann fällt"
    ]  # fmt: skip


def test_a_column_is_translated(command, trained, tmp_path):
    (tmp_path / "in.csv").write_text("id,text\n1,a tree falls\n2,a dog runs\n")
    done = command("predict", trained, "in.csv", "--column", "text")
    assert done.stdout.splitlines() == ["ein Baum fällt", "ein Hund rennt"]


def test_its_subwords_are_vectors(command, trained):
    assert command("nearest", trained, "cat", "-k", 2).returncode == 0
    told = command("info", trained)
    assert told.returncode == 0 and "tokens" in told.stdout


def test_what_is_wrong_is_told(command, folder):
    (folder / "short.de").write_text("ein Hund schläft\n")
    done = command("train", "translate", "train.en", "short.de", "-o", "m")
    assert done.returncode == 3 and "line 2 of train.en has no partner" in done.stderr
    assert command("train", "translate", "-o", "m").returncode == 2
    assert command("train", "translate", "train.en", "train.de").returncode == 2
    wrong = command("train", "translate", "train.en", "train.de", "-o", "m", "--heads", 3)
    assert wrong.returncode == 2 and "dim must be" in wrong.stderr
    assert not (folder / "m").exists()


def test_settings_come_back(command, folder):
    done = command("train", "translate", "--print-config", "--dim", 32, "--average", 2)
    assert done.returncode == 0
    found = tomllib.loads(done.stdout)
    assert found["dim"] == 32 and found["average"] == 2 and found["subwords"] == 6000
    (folder / "settings.toml").write_text(done.stdout)
    again = command("train", "translate", "--config", "settings.toml", "--print-config")
    assert tomllib.loads(again.stdout)["average"] == 2
