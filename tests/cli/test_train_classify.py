"""rowspace train classify: from a file of texts to a model that answers, as people run it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from rowspace import files
from rowspace.cli.classify_settings import LABELS, READING, RUN, SETTINGS
from rowspace.cli.run import run
from rowspace.objectives.labels import Labels
from rowspace.training.classify import train_classifier
from rowspace.training.classify_settings import Run
from rowspace.training.labelled import TextReading

TEXTS = [("spam", f"win a free prize now {at}") for at in range(40)]
TEXTS += [("ham", f"see you at {at} then, ok?") for at in range(60)]
SHOWN = {
    "separator": (None, "none"), "weights": (None, "none"), "columns": ((), "none"),
    "normalize": (None, "none"), "patience": (None, "no limit"), "threads": (None, "all cores"),
    "class_weights": (None, "none"), "deterministic": (False, "fast"),
    "metric": (None, "accuracy; micro-f1 of several labels"), "lower": (True, "lower"),
    "gaps": (True, "gaps"), "freeze": (False, "no-freeze"),
}  # fmt: skip
QUICK = ("--epochs", 2, "--no-baselines", "--deterministic")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = "".join(f"__label__{label} {text}\n" for label, text in TEXTS)
    (tmp_path / "sms.txt").write_text(lines)
    rows = "".join(f'{label},"{text}",{"x" if at % 2 else "y"}\n'
                   for at, (label, text) in enumerate(TEXTS))  # fmt: skip
    (tmp_path / "sms.csv").write_text("label,text,kind\n" + rows)
    (tmp_path / "new.txt").write_text("free prize\nsee you\n")
    return tmp_path


@pytest.fixture
def asked(folder: Path) -> Path:
    """A folder with a model `m` of the messages in it."""
    settings: dict[str, Any] = {"epochs": 2, "baselines": False, "deterministic": True}
    files.save(train_classifier(folder / "sms.txt", **settings), folder / "m")
    return folder


@pytest.mark.parametrize(("owner", "kind"), [(LABELS, Labels), (READING, TextReading), (RUN, Run)])
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


def test_from_lines_to_answers(process, folder):
    done = process("train", "classify", "sms.txt", "-o", "m", "--epochs", 3, "--test", "sms.csv")
    assert done.returncode == 0, done.stderr
    assert "on the test data, 100 texts" in done.stdout and "tf-idf" in done.stdout
    assert "learned vectors" in done.stdout and "as a bag of words" in done.stdout
    assert "epoch 3 done" in done.stderr and "2 labels" in done.stderr
    assert "next: rowspace predict m sms.csv" in done.stderr
    done = process("predict", "m", "new.txt")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["spam", "ham"]
    info = process("info", "m").stdout
    assert "accuracy" in info and "tf-idf" in info
    card = (folder / "m" / "README.md").read_text()
    assert "Beside simpler answers" in card and "tf-idf" in card


def test_json(command, folder, objects):
    done = command("train", "classify", "sms.txt", "-o", "m", *QUICK, "--json")
    found = objects(done.stdout)
    kinds = [one["type"] for one in found]
    assert kinds.count("epoch") == 2 and kinds[-1] == "model" and "memory" in kinds
    score = next(one for one in found if one["type"] == "score")
    assert score["name"] == "accuracy" and score["on"] == "validation" and 0 <= score["value"] <= 1
    assert found[-1]["labels"] == 2 and found[-1]["path"] == "m"


def test_labels_in_front_of_a_line_are_passed_over(command, asked):
    folder = asked
    plain = command("predict", "m", "new.txt", "-k", -1).stdout
    (folder / "l.txt").write_text("__label__ham free prize\n__label__spam see you\n")
    assert command("predict", "m", "l.txt", "-k", -1).stdout == plain
    piped = command("predict", "m", "-", "-k", -1, stdin="__label__x free prize\nsee you\n")
    assert piped.stdout == plain
    for line in plain.splitlines():
        assert sum(map(float, line.split("\t")[1::2])) == pytest.approx(1, abs=1e-5)
    (folder / "new.csv").write_text("id,text\n1,free prize\n2,see you\n")
    assert command("predict", "m", "new.csv", "-k", -1).stdout == plain
    (folder / "o.csv").write_text("id,said\n1,free prize\n2,see you\n")
    assert command("predict", "m", "o.csv", "--column", "said", "-k", -1).stdout == plain
    wrong = command("predict", "m", "o.csv")
    assert wrong.returncode == 3 and "'text'" in wrong.stderr and "'said'" in wrong.stderr


def test_lines_and_answers_stay_side_by_side(command, asked):
    folder = asked
    (folder / "n.jsonl").write_text('{"text": "free prize"}\n{"text": null}\n{"text": "see you"}\n')
    found = command("predict", "m", "n.jsonl").stdout.splitlines()
    assert len(found) == 3 and found[0].startswith("spam") and found[2].startswith("ham")
    done = command("predict", "m", "-", stdin="\n\nfree\n", env={})
    assert len(done.stdout.splitlines()) == 3


def test_columns_and_weights(command, folder):
    words = ["train", "classify", "sms.csv", "-o", "m", "--columns", "kind", *QUICK]
    assert command(*words, "--class-weights", "spam=3").returncode == 0
    (folder / "n.csv").write_text("text,kind\nfree prize,x\nsee you,never\n")
    done = command("predict", "m", "n.csv")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["spam", "ham"]
    piped = command("predict", "m", "-", stdin=(folder / "n.csv").read_text())
    assert piped.stdout == done.stdout
    for source in ("new.txt", "sms.txt"):
        wrong = command("predict", "m", source)
        assert wrong.returncode == 3 and "kind" in wrong.stderr


def test_settings_from_a_file_and_back(command, folder):
    (folder / "run.toml").write_text('[classify]\ndim = 7\nloss = "ova"\nmin-grams = 2\n')
    done = command("train", "classify", "--config", "run.toml", "--lr", 0.2, "--print-config")
    found = tomllib.loads(done.stdout)
    assert found["dim"] == 7 and found["lr"] == 0.2 and found["loss"] == "ova"
    assert {one.field for one in SETTINGS} - found.keys() == {
        name for name, (value, _) in SHOWN.items() if value in (None, ())
    }
    origins = {line.split()[0]: line.split("# ")[-1] for line in done.stdout.splitlines()}
    assert (
        origins["dim"] == "config" and origins["lr"] == "option" and origins["words"] == "default"
    )
    (folder / "whole.toml").write_text(done.stdout)
    again = command("train", "classify", "--config", "whole.toml", "--print-config")
    assert tomllib.loads(again.stdout) == found


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "no texts given"),
        (["sms.txt"], 2, "no place"),
        (["sms.txt", "-o", "m", "--freeze"], 2, "--from"),
        (["none.csv", "-o", "m"], 3, "none.csv"),
        (["sms.csv", "-o", "m", "--label", "tags"], 3, "'tags'"),
        (["sms.csv", "-o", "m", "--text", "body"], 3, "'body'"),
        (["sms.csv", "-o", "m", "--label", "kind", "--columns", "kind"], 2, "columns"),
        (["sms.txt", "-o", "m", "--columns", "kind"], 3, "have no columns"),
        (["sms.txt", "-o", "m", "--metric", "acuracy"], 2, "accuracy"),
        (["sms.txt", "-o", "m", "--valid", "1.5"], 2, "valid"),
        (["sms.txt", "-o", "m", "--valid", "none.txt"], 3, "none.txt"),
        (["sms.txt", "-o", "m", "--class-weights", "spam"], 2, "class_weights"),
        (["sms.txt", "-o", "m", "--class-weights", "eggs=2"], 2, "eggs"),
        (["sms.txt", "-o", "m", "--minn", "4", "--maxn", "3"], 2, "minn"),
        (["sms.txt", "-o", "m", "--los", "ova"], 2, "--loss"),
        (["sms.txt", "-o", "m", "--lr", "1e6", "--rule", "sgd", "--no-baselines"], 6, "lower --lr"),
    ],
)
def test_mistakes(folder, words, code, said, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    before = signal.getsignal(signal.SIGTERM)
    try:
        found = run(["train", "classify", *words])
    finally:
        signal.signal(signal.SIGTERM, before)
    told = capsys.readouterr().err
    assert found == code and said in told, told
    assert "failed unexpectedly" not in told and not (folder / "m").exists()


def test_a_model_is_not_written_over(command, asked):
    words = ("train", "classify", "sms.txt", "-o", "m", *QUICK)
    done = command(*words)
    assert done.returncode == 2 and "--force" in done.stderr
    assert command(*words, "--force").returncode == 0


def test_without_anything_to_judge_by(command, folder):
    done = command("train", "classify", "sms.txt", "-o", "m", "--valid", "0", *QUICK)
    assert done.returncode == 0 and "not judged" in done.stderr


def test_ctrl_c_keeps_the_best_epoch(folder):
    words = ["train", "classify", "sms.txt", "-o", "m", "--epochs", "100000", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "rowspace", *words], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        event: dict[str, Any] = json.loads(line)
        if event["type"] == "epoch" and event["epoch"] == 3:
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate()
    assert process.returncode == 130 and "interrupted; the model after epoch" in err
    assert json.loads(out.splitlines()[-1])["kept"] is True
    assert "Traceback" not in err and (folder / "m" / "model.safetensors").exists()
