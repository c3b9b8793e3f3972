"""Parts of a model from the command line: MODEL/PART."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import rowspace as rs


@pytest.fixture
def two(tmp_path: Path) -> Path:
    users = rs.Vectors.from_arrays(["17", "18"], np.eye(2, dtype=np.float32))
    films = rs.Model(rs.Vectors.random(["film"], 4))
    record = {
        "scores": [{"name": "NDCG@10", "value": 0.12}],
        "baselines": [{"name": "popularity", "scores": [], "bytes": 5, "seconds": 0.1}],
    }
    model = rs.Model(None, {}, record, parts={"users": rs.Model(users), "films": films})
    rs.save(model, tmp_path / "two")
    return tmp_path / "two"


def test_nearest(command, two):
    done = command("nearest", "two/users", "17")
    assert done.returncode == 0 and done.stdout.split() == ["0.0000", "18"]
    done = command("nearest", "two", "17")
    assert done.returncode == 3 and "'users', 'films'" in done.stderr and not done.stdout
    done = command("nearest", "two/film", "17")
    assert done.returncode == 4 and "did you mean 'films'" in done.stderr


def test_convert(command, two, tmp_path):
    assert command("convert", "two/users", "out.txt").returncode == 0
    assert (tmp_path / "out.txt").read_text().splitlines() == ["2 2", "17 1.0 0.0", "18 0.0 1.0"]
    done = command("convert", "two", "copy")
    assert done.returncode == 0 and "2 parts in copy" in done.stderr + done.stdout
    assert command("nearest", "copy/users", "17").returncode == 0
    assert command("convert", "two", "out.vec").returncode == 3


def test_info(command, two, objects):
    (found,) = objects(command("info", two, "--json").stdout)
    assert [part["name"] for part in found["parts"]] == ["users", "films"]
    assert found["baselines"][0]["name"] == "popularity"
    shown = command("info", two).stdout
    assert "parts.users.items" in shown and "baselines.popularity.bytes" in shown
    assert "record.baselines" not in shown
    assert "items                    1" in command("info", "two/films").stdout
    done = command("info", "two/users", "--verify")
    assert done.returncode == 0 and "every byte" in done.stdout
