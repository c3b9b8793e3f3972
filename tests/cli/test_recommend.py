"""`train recommend` and `recommend` as people run them."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import click
import pytest

from rowspace.cli.recommend_settings import SETTINGS, converted
from rowspace.objectives.interactions import Ranking
from rowspace.training.recommend_settings import Course

ARGUMENTS = ("--dim", 8, "--epochs", 4, "--negative", 6, "--seed", 3)


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("data") / "ratings.csv"
    rows = [
        f"u{user},i{(user * 3 + step) % 12 + 12 * (user % 2)},{step % 5 + 1},{step}"
        for user in range(40)
        for step in range(6)
    ]
    path.write_text("userId,movieId,rating,timestamp\n" + "\n".join(rows) + "\n")
    return path


def test_the_defaults_shown_are_the_defaults():
    own = {one.name: one.default for kind in (Ranking, Course) for one in fields(kind)}
    shown = {one.field: one.default for one in SETTINGS if one.owner != "column"}
    assert set(shown) == set(own)
    for name, default in own.items():
        spelled = shown[name]
        if isinstance(default, bool):
            flag = next(one.spelled for one in SETTINGS if one.field == name)
            on, _, off = flag.removeprefix("--").partition("/--")
            assert spelled == (on if default else off), name
        elif default is not None:
            assert converted(name, spelled) == default or float(spelled) == default, name


def test_settings_offer_what_there_is():
    from rowspace.objectives.interactions import LOSSES, RULES

    kinds = {one.field: one.kind for one in SETTINGS}
    assert isinstance(kinds["loss"], click.Choice)
    assert sorted(kinds["loss"].choices) == sorted(LOSSES)
    assert sorted(kinds["rule"].choices) == sorted(RULES)


def test_from_a_file_to_recommendations(process, data, objects, tmp_path):
    done = process("train", "recommend", data, "-o", "m", *ARGUMENTS)
    assert done.returncode == 0, done.stderr
    for word in ("this model", "popularity", "item-kNN", "ndcg@10", "one-hot"):
        assert word in done.stdout
    assert "rowspace recommend m --user u0" in done.stderr

    one = process("recommend", "m", "--user", "u1", "-k", 4)
    assert one.returncode == 0, one.stderr
    assert len(one.stdout.splitlines()) == 4
    new = process("recommend", "m", "--items", "i1, i2", "-k", 3, "--json")
    found = objects(new.stdout)
    assert [line["type"] for line in found] == ["recommendation"] * 3
    assert not {line["item"] for line in found} & {"i1", "i2"}
    seen = process("recommend", "m", "--items", "i1,i2", "-k", 100, "--keep-seen")
    assert len(seen.stdout.splitlines()) == 24

    (tmp_path / "users.txt").write_text("u1\n\nu2\n")
    many = process("recommend", "m", "--users", "users.txt", "-k", 2)
    lines = [line.split("\t") for line in many.stdout.splitlines()]
    assert [line[0] for line in lines] == ["u1", "u2"]
    assert lines[0][1] == one.stdout.splitlines()[0].split()[1]
    piped = process("recommend", "m", "--users", "-", "-k", 2, "--json", stdin="u2\nu1\n")
    assert [line["user"] for line in objects(piped.stdout)] == ["u2", "u1"]

    near = process("nearest", "m/users", "u1", "-k", 2)
    assert len(near.stdout.splitlines()) == 2


def test_training_speaks_json(command, data, objects):
    done = command("train", "recommend", data, "-o", "m", "--json", *ARGUMENTS)
    found = objects(done.stdout)
    kinds = {line["type"] for line in found}
    assert {"epoch", "refit", "score", "baseline", "memory", "model"} <= kinds
    scores = {line["name"]: line for line in found if line["type"] == "score"}
    assert scores["ndcg@10"]["low"] <= scores["ndcg@10"]["value"] <= scores["ndcg@10"]["high"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--user", "nobody"), 3, "not among the 40 users"),
        (("--user", "u111"), 3, "--items"),
        (("--items", "i1,zzz"), 3, "'zzz'"),
        (("--items", ""), 3, "neither items nor features"),
        (("--features", "x"), 2, "NAME=VALUE"),
        (("--items", "i1", "--features", "a=b"), 3, "no features of users"),
        ((), 2, "wanted one of"),
        (("--user", "u1", "--items", "i1"), 2, "wanted one of"),
        (("--users", "missing.txt"), 3, "missing.txt"),
        (("--user", "u1", "-k", "0"), 2, "-k"),
    ],
)
def test_what_cannot_be_answered_is_told(command, trained, words, code, said):
    done = command("recommend", trained, *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert not done.stdout


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data) -> Path:
    from rowspace.training.recommend import train_recommender

    place = tmp_path_factory.mktemp("model") / "m"
    train_recommender(str(data), output=place, dim=4, epochs=2, valid="none", threads=1)
    return place


def test_other_models_do_not_recommend(command, model):
    done = command("recommend", model, "--user", "u1")
    assert done.returncode == 3
    assert "does not recommend" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "no interactions given"),
        (("DATA",), 2, "no place for the model"),
        (("DATA", "-o", "m", "--user", "who"), 3, "wanted a column 'who'"),
        (("DATA", "-o", "m", "--valid", "soon"), 2, "valid must be last, none"),
        (("DATA", "-o", "m", "--min-rating", "9"), 3, "the highest is 5"),
        (("DATA", "-o", "m", "--history", "0", "--no-own"), 2, "nothing to learn"),
        (("DATA", "-o", "m", "--item-features", "none.csv"), 3, "none.csv"),
        (("DATA", "-o", "m", "--lr", "1e6"), 6, "diverged"),
    ],
)
def test_training_says_what_is_wrong(command, data, words, code, said, tmp_path):
    done = command("train", "recommend", *(data if word == "DATA" else word for word in words))
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert not (tmp_path / "m").exists()


def test_nothing_is_written_over_unasked(command, data, tmp_path):
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "mine.txt").write_text("x")
    done = command("train", "recommend", data, "-o", "m", *ARGUMENTS)
    assert done.returncode == 2
    assert "--force" in done.stderr


def test_settings_come_from_a_file_too(command, data, tmp_path):
    (tmp_path / "run.toml").write_text("[train.recommend]\ndim = 5\nloss = 'warp'\n")
    done = command("train", "recommend", "--config", "run.toml", "--dim", 6, "--print-config")
    assert "dim = 6" in done.stdout and "option" in done.stdout
    assert 'loss = "warp"' in done.stdout
    (tmp_path / "again.toml").write_text(done.stdout)
    again = command("train", "recommend", "--config", "again.toml", "--print-config")
    assert again.returncode == 0, again.stderr
    assert "dim = 6" in again.stdout
    (tmp_path / "wrong.toml").write_text("dims = 5\n")
    wrong = command("train", "recommend", data, "-o", "m", "--config", "wrong.toml")
    assert wrong.returncode == 2
    assert "did you mean dim?" in wrong.stderr


def test_ctrl_c_keeps_the_best_so_far(data, tmp_path):
    words = [sys.executable, "-m", "rowspace", "train", "recommend", str(data), "-o", "m"]
    words += ["--epochs", "100000", "--patience", "100000", "--dim", "4"]
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as run:
        assert run.stderr is not None
        heard = next(line for line in run.stderr if "epoch 2 done" in line)
        assert "ndcg@10" in heard
        run.send_signal(signal.SIGINT)
        rest = run.stderr.read()
        run.wait()
    assert run.returncode == 130
    assert "the best model so far is kept in m" in rest
    import rowspace as rs

    assert len(rs.Recommender.of(rs.load(tmp_path / "m")).recommend("u1", 3)) == 3
