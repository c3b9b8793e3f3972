"""rowspace train generate: from a text to more of it, as people run it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields

import pytest

pytest.importorskip("torch")

from rowspace import files
from rowspace.cli.generate_settings import NETWORK, READING, RUN_DEFAULTS, SETTINGS
from rowspace.networks.generate import GenerateSettings
from rowspace.networks.generate_units import UnitSettings
from rowspace.networks.generating import RUN, train_generator
from rowspace.networks.settings import Run

LINES = ["the cat sat on the mat.\n", "the dog ran to the end.\n"]
QUICK = (
    "--epochs", 3, "--dim", 8, "--hidden", 16, "--layers", 1, "--context", 16, "--batch", 64,
    "--threads", 1, "--deterministic",
)  # fmt: skip
SHOWN = {"column": "none", "min_count": "1 of characters, 2 of words", "lower": "keep-case"}


@pytest.fixture(scope="module")
def poet(tmp_path_factory):
    folder = tmp_path_factory.mktemp("poet")
    (folder / "text").write_text("".join(LINES) * 30)
    train_generator(
        folder / "text", output=folder / "m", epochs=6, dim=8, hidden=24, layers=1, context=16,
        batch=64, threads=1, lr=0.02, dropout=0.0, deterministic=True, baselines=False,
    )  # fmt: skip
    return folder / "m"


@pytest.mark.parametrize(("owner", "kind"), [(NETWORK, GenerateSettings), (READING, UnitSettings)])
def test_the_table_of_settings_says_what_the_code_says(owner, kind):
    own = {one.field: one.default for one in SETTINGS if one.owner == owner}
    assert own.keys() == {one.name for one in fields(kind)}
    for one in fields(kind):
        wanted = SHOWN.get(one.name, one.default)
        wanted = f"{wanted:g}" if isinstance(wanted, float) else str(wanted)
        assert own[one.name] == wanted, one.name


def test_the_run_s_defaults_are_those_of_the_trainer():
    assert RUN_DEFAULTS == RUN
    assert RUN.keys() <= {one.name for one in fields(Run)}


def test_trains_shows_and_saves(command, tmp_path):
    (tmp_path / "text").write_text("".join(LINES) * 30)
    done = command("train", "generate", "text", "-o", "m", *QUICK)
    assert done.returncode == 0, done.stderr
    assert "on the validation part" in done.stdout and "perplexity" in done.stdout
    assert "6-grams, Kneser-Ney" in done.stdout
    assert "next: rowspace predict m --prompt" in done.stderr
    assert files.load(tmp_path / "m").config["network"]["kind"] == "generate"
    again = command("train", "generate", "text", "-o", "m", *QUICK)
    assert again.returncode == 2 and "--force" in again.stderr


def test_settings_can_be_shown_and_taken_back(command, tmp_path):
    shown = command("train", "generate", "--print-config", "--units", "words", "--size", 100)
    found = tomllib.loads(shown.stdout)
    assert found["units"] == "words" and found["size"] == 100 and found["context"] == 64
    (tmp_path / "own.toml").write_text(shown.stdout)
    again = command("train", "generate", "--config", "own.toml", "--print-config")
    assert tomllib.loads(again.stdout) == found


def test_a_prompt_is_gone_on_with(command, poet):
    said = ("predict", poet, "--prompt", "the cat", "--length", 40, "--seed", 3)
    first, same = command(*said), command(*said)
    assert first.returncode == 0 and first.stdout == same.stdout
    assert first.stdout.startswith("the cat") and first.stdout.endswith("\n")
    assert len(first.stdout) == 7 + 40 + 1
    sure = command("predict", poet, "--prompt", "the cat", "--temperature", 0, "--length", 17)
    assert sure.stdout == "the cat sat on the mat.\n\n"
    narrow = command(*said, "--top-k", 1)
    assert narrow.stdout.startswith("the cat sat on")


def test_json_and_many_prompts(command, poet):
    done = command("predict", poet, "-", "--json", "--length", 5, stdin="the cat\nthe dog\n")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["prompt"] for one in found] == ["the cat", "the dog"]
    assert all(one["type"] == "prediction" and len(one["text"]) == 5 for one in found)
    nothing = command("predict", poet, "--prompt", "", "--length", 5)
    assert nothing.returncode == 0 and len(nothing.stdout) == 6


def test_what_cannot_be_asked(command, poet):
    both = command("predict", poet, "-", "--prompt", "a", stdin="b\n")
    assert both.returncode == 2 and "not from both" in both.stderr
    neither = command("predict", poet)
    assert neither.returncode == 2
    for option, value in (("--top-p", 0), ("--temperature", -1), ("--length", 0), ("-k", 3)):
        assert command("predict", poet, "--prompt", "a", option, value).returncode == 2


def test_what_is_missing_is_asked_for(command, tmp_path):
    (tmp_path / "text").write_text("a")
    assert "no text given" in command("train", "generate", "-o", "m").stderr
    assert "-o MODEL" in command("train", "generate", "text").stderr


def test_as_a_process_it_can_be_cut_off(process, poet):
    done = process("predict", poet, "--prompt", "the", "--length", 3)
    assert done.returncode == 0 and done.stdout.startswith("the")
