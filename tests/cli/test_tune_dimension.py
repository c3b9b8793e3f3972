"""`rowspace tune dimension`, `train words --nested`, `convert --prefix`."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rowspace as rs
from rowspace.files.curve_picture import picture

FEW = ("--epochs", "1", "--min-count", "1", "--threads", "1", "--processes", "1")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    rng, path = np.random.default_rng(0), tmp_path / "text.txt"
    drawn = rng.integers(0, 10, (1200, 12))
    path.write_text(
        "\n".join(" ".join(f"w{at % 40}_{k}" for k in row) for at, row in enumerate(drawn))
    )
    return path


def test_a_curve_for_people_and_a_model_to_cut(process: Any, text: Path, tmp_path: Path) -> None:
    done = process(
        "tune", "dimension", text, "--dims", "4,8,16", "-o", "m", "--plot", "c.svg", *FEW
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[1].split()[:2] == ["dim", "held"]
    assert [line.split()[0] for line in lines[2:5]] == ["4", "8", "16"]
    assert sum(line.endswith("<") for line in lines[2:5]) == 1
    assert lines[5].startswith("recommended: ")
    ET.parse(tmp_path / "c.svg")
    cut = process("convert", "m", "small", "--prefix", "8")
    assert cut.returncode == 0 and "not trained" not in cut.stderr
    whole, small = rs.load(tmp_path / "m").vectors, rs.load(tmp_path / "small").vectors
    np.testing.assert_array_equal(small.matrix, whole.matrix[:, :8])
    other = process("convert", "m", "other.txt", "--prefix", "5")
    assert other.returncode == 0 and "was not trained" in other.stderr
    assert process("convert", "m", "wide", "--prefix", "17").returncode == 3


def test_json(command: Any, text: Path) -> None:
    done = command("tune", "dimension", text, "--dims", "4,8", "--json", *FEW)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    (curve,) = [one for one in found if one["type"] == "dimensions"]
    assert [one["dim"] for one in curve["points"]] == [4, 8]
    assert curve["recommended"] in (4, 8) and curve["reason"]
    assert {"valid", "train", "gap", "bytes", "lookups_a_second"} <= set(curve["points"][0])


@pytest.mark.parametrize(
    "words",
    [
        ("tune", "dimension"),
        ("tune", "dimension", "text.txt", "--dims", "8,4"),
        ("tune", "dimension", "text.txt", "--dims", "0"),
        ("tune", "dimension", "text.txt", "--held-out", "0"),
        ("tune", "dimension", "text.txt", "--plot", "curve.png"),
        ("tune", "dimension", "text.txt", "--budget", "soon"),
        ("tune", "dimension", "absent.txt"),
        ("tune", "dimensions", "text.txt"),
        ("train", "words", "text.txt", "-o", "m", "--nested", "0"),
        ("train", "words", "text.txt", "-o", "m", "--nested", "32,16"),
        ("train", "words", "text.txt", "-o", "m", "--nested", "16,64", "--dim", "32"),
        ("train", "words", "text.txt", "-o", "m", "--nested", "16,64", "--loss", "hs"),
        ("train", "words", "text.txt", "-o", "m", "--nested", "16", "--objective", "glove"),
        ("train", "words", "text.txt", "-o", "m", "--nested", "9" * 400),
    ],
)
def test_what_cannot_be_done(command: Any, text: Path, words: tuple[str, ...]) -> None:
    done = command(*words)
    assert done.returncode in (2, 3) and "error" in done.stderr.lower(), done.stderr
    assert "Traceback" not in done.stderr and "unexpected" not in done.stderr


def test_settings_of_a_nested_run_come_back(command: Any, text: Path, tmp_path: Path) -> None:
    told = command("train", "words", text, "-o", "m", "--nested", "4,8", "--print-config")
    assert 'nested = "4,8"' in told.stdout
    (tmp_path / "run.toml").write_text(told.stdout)
    again = command("train", "words", text, "-o", "m", "--config", "run.toml", *FEW)
    assert again.returncode == 0, again.stderr
    assert rs.load(tmp_path / "m").config["objective"]["nested"] == [4, 8]
    more = command("train", "words", text, "-o", "n", "--from", "m", *FEW)
    assert more.returncode == 0, more.stderr
    assert rs.load(tmp_path / "n").config["objective"]["nested"] == [4, 8]


def test_a_picture_of_hostile_numbers() -> None:
    def point(dim: int, value: float | None) -> dict[str, Any]:
        score = {"value": value, "low": None, "high": None}
        return {"dim": dim, "valid": score, "train": score}

    curve = {"measure": "<b>&", "recommended": 4, "reason": "<script>", "points": []}
    ET.fromstring(picture({**curve, "points": [point(4, 0.5), point(8, 0.5)]}))
    with pytest.raises(rs.InputError):
        picture({**curve, "points": [point(4, None), point(8, 0.5)]})
