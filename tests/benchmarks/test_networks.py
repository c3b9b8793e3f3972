"""The benchmark of networks: its sets, and what is said of a training's record."""

from __future__ import annotations

import zipfile

import pytest
from benchmarks.networks.__main__ import main, read
from benchmarks.networks.parts import PARTS
from benchmarks.networks.parts.tag import Set, conll_2002, finding, gained, wnut_17
from benchmarks.words.corpus import MissingDataError


def record(f1, seconds=60.0):
    def score(value):
        return [{"name": "f1", "value": value, "low": value - 0.1, "high": value + 0.1}]

    return {
        "scores": score(f1), "validation_scores": score(f1 + 0.05), "training_seconds": seconds,
        "seconds": seconds + 1, "best_epoch": 3, "types": [],
        "baselines": [{"scores": score(0.1)}],
    }  # fmt: skip


@pytest.fixture
def wnut(tmp_path):
    return Set("WNUT-17", "wnut", tmp_path, tmp_path, tmp_path, 33.0, {})


def test_a_finding_tells_points_goal_and_time(wnut):
    one = finding(wnut, [record(0.34)], "from vectors")
    assert (one.value, one.met, one.goal) == (pytest.approx(34), "yes", "≥ 33")
    assert (one.low, one.high) == (pytest.approx(24), pytest.approx(44))
    assert one.peer == [pytest.approx(10)] and "1.0 minutes" in one.note and "39.00" in one.note
    two = finding(wnut, [record(0.30), record(0.34)], "from vectors")
    assert (two.value, two.low, two.high, two.met) == (pytest.approx(32), 30, 34, "no")
    assert finding(wnut, [record(0.2)], "from scratch", goal=False).met == ""


def test_what_vectors_gain(wnut):
    found = gained(wnut, [record(0.34), record(0.36)], [record(0.26)])
    assert found.value == pytest.approx(9) and found.met == "yes"
    assert (found.low, found.high) == (pytest.approx(8), pytest.approx(10))


def test_sets_are_unpacked_once(tmp_path):
    (tmp_path / "ner").mkdir()
    with zipfile.ZipFile(tmp_path / "ner" / "conll2002.zip", "w") as file:
        for language in ("esp", "ned"):
            for part in ("train", "testa", "testb"):
                file.writestr(f"conll2002/{language}.{part}", "a O\n")
        file.writestr("conll2002/../../out.txt", "no")
    spanish, dutch = conll_2002(tmp_path, tmp_path / "cache")
    assert spanish.train.read_text() == "a O\n" and dutch.test.name == "ned.testb"
    assert (spanish.short, dutch.short) == ("spanish", "dutch") and spanish.settings["lenient"]
    assert not list(tmp_path.rglob("out.txt"))


def test_data_that_are_not_there(tmp_path, capsys):
    with pytest.raises(MissingDataError, match="wnut17"):
        wnut_17(tmp_path)
    assert main(["tag", "--data", str(tmp_path), "--cache", str(tmp_path), "--quick"]) == 1
    assert "is not there" in capsys.readouterr().err


def test_options(tmp_path, capsys):
    chosen = read(["tag", "--quick", "--cache", str(tmp_path), "--data", "/x"])
    assert chosen.minutes < 1 and chosen.results == tmp_path / "quick"
    assert read(["--only", "spanish"]).parts == list(PARTS)
    with pytest.raises(SystemExit):
        read(["nothing"])
    assert "there is no part 'nothing'" in capsys.readouterr().err
