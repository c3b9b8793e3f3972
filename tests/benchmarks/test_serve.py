"""The benchmark of the server: what it makes of what its clients tell."""

from __future__ import annotations

import pytest
from benchmarks.harness.contestants import ContestantError
from benchmarks.serve.__main__ import read
from benchmarks.serve.client import asked
from benchmarks.serve.parts import PARTS, answered, milliseconds, spread

TOLD = [
    {"seconds": 2.0, "taken": [0.001, 0.002, 0.003, 0.004], "statuses": {"200": 4}},
    {"seconds": 1.0, "taken": [0.005], "statuses": {"200": 1}},
]


def test_rates_and_times():
    assert answered(TOLD) == 3.0
    assert milliseconds(TOLD, 0.5) == pytest.approx(3)
    with pytest.raises(ContestantError, match="503"):
        answered([{**TOLD[0], "statuses": {"200": 3, "503": 1}}])


def test_goals():
    assert spread("x", [900, 1100, 1200], "/s", 1000).met == "yes"
    assert spread("x", [29, 31, 32], "ms", 30).met == "no"
    assert spread("x", [1.0], "ms", None).goal == ""


def test_a_request_is_whole():
    job = {"path": "/p", "body": "{}"}
    assert asked(job).startswith(b"POST /p HTTP/1.1\r\n") and asked(job).endswith(b"\r\n\r\n{}")
    assert asked({**job, "body": ""}).startswith(b"GET ")


def test_options(tmp_path):
    quick = read(["--quick", "--cache", str(tmp_path)])
    assert quick.items == 2000 and quick.results == tmp_path / "quick"
    assert quick.parts == list(PARTS) and read(["nearest"]).items == 400_000
    with pytest.raises(SystemExit):
        read(["nothing"])
