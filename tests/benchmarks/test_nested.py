"""The benchmark of nested training: its options, and what is said of its figures."""

from __future__ import annotations

import pytest
from benchmarks.nested.__main__ import LENGTHS, main, read
from benchmarks.nested.parts import PARTS
from benchmarks.nested.parts.quality import compared
from benchmarks.nested.parts.time import taking


def test_options():
    assert read([]).parts == list(PARTS) and read([]).lengths == LENGTHS
    given = read(["time", "--lengths", "4,8", "--quick", "--data", "/somewhere"])
    assert given.lengths == [[4, 8]] and given.repeat == given.seeds == 1
    assert given.results != read([]).results and "/somewhere" not in given.command
    with pytest.raises(SystemExit):
        read(["speed"])


def test_seconds_beside_the_longest_alone():
    one = taking([16, 64], [12.0, 13.0, 12.4], [10.0, 10.0, 10.0])
    assert (one.value, one.low, one.high, one.met) == (pytest.approx(1.24), 1.2, 1.3, "yes")
    assert taking([16, 64], [14.0], [10.0]).met == "no" and "64 alone" in one.what


def test_each_prefix_beside_its_own_training():
    def seeds(*values):
        return [{16: dict.fromkeys(("WS-353", "SimLex-999", "analogies, all"), v)} for v in values]

    found = compared(16, seeds(0.5, 0.52), seeds(0.5, 0.53))
    assert len(found) == 3 and all(one.met == "within spread" for one in found)
    assert compared(16, seeds(0.4), seeds(0.5))[0].met == "no"


def test_without_data_it_says_so(tmp_path, capsys):
    assert main(["--quick", "--data", str(tmp_path), "--cache", str(tmp_path)]) == 1
    assert "corpora/enwiki" in capsys.readouterr().err
