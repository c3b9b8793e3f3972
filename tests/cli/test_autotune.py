"""train classify --budget: from labelled texts to a model, and what is shown of the search."""

from __future__ import annotations

from pathlib import Path

import pytest

from rowspace import files

FEW = ("--trials", "5", "--threads", "1", "--no-baselines")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    lines = [f"__label__{'ab'[n % 2]} {'good fine' if n % 2 else 'bad poor'} word{n % 7}\n"
             for n in range(120)]  # fmt: skip
    path.write_text("".join(lines))
    return path


def test_texts_in_a_searched_model_out(process, texts, tmp_path):
    done = process("train", "classify", texts, "-o", "m", *FEW, "--dim", "9")
    assert done.returncode == 0, done.stderr
    assert "5 trainings of " in done.stderr + done.stdout
    assert "make up the model" in done.stdout
    record = files.load(tmp_path / "m").record
    assert {one["dim"] for one in record["trials"]} == {9}
    asked = process("predict", "m", texts)
    assert asked.returncode == 0 and asked.stdout.startswith("a")


def test_json_tells_of_each_trial(command, objects, texts):
    done = command("train", "classify", texts, "-o", "m", *FEW, "--budget", "1h", "--json")
    found = objects(done.stdout)
    trials = [one for one in found if one["type"] == "trial"]
    assert [one["training"] for one in trials] == [1, 2, 3, 4, 5]
    assert {"score", "settings", "best", "failed", "part", "share"} <= set(trials[0])
    told = next(one for one in found if one["type"] == "autotune")
    assert told["trainings"] == 5 and told["budget"] == 3600


def test_a_size_is_kept(command, texts, tmp_path):
    done = command("train", "classify", texts, "-o", "m", *FEW, "--model-size", "30kB")
    assert done.returncode == 0, done.stderr
    assert sum(one.stat().st_size for one in (tmp_path / "m").iterdir()) <= 30_000


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (("--model-size", "2M"), 2, "--budget"),
        (("--budget", "soon"), 2, "budget must be"),
        (("--budget", "1m", "--model-size", "1"), 2, "model_size must be"),
        (("--budget", "1m", "--patience", "3"), 2, "patience must be"),
    ],
)
def test_what_cannot_be(command, texts, given, code, told):
    done = command("train", "classify", texts, "-o", "m", *given)
    assert done.returncode == code and told in done.stderr
