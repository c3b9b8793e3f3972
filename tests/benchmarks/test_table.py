"""The benchmark of tables: the cells everyone is given, and what is said of the answers."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from benchmarks.table.__main__ import beside, less, main
from benchmarks.table.runners.cells import columns


def test_cells_are_without_spaces_and_full_stops(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"age, work, Y\n39, State-gov, <=50K.\n50, ?, >50K\n\n"))
    assert columns(str(path)) == {
        "age": ["39", "50"], "work": ["State-gov", "?"], "Y": ["<=50K", ">50K"],
    }  # fmt: skip


def test_better_is_above_zero_whichever_way_a_figure_goes():
    assert less("auc", [0.9, 0.92], [0.9], 1, -0.01).value == pytest.approx(0.01)
    found = less("loss", [0.3], [0.2], -1, -0.01)
    assert found.value == pytest.approx(-0.1) and found.met == "no"


def test_answers_become_findings():
    truth = np.array([0, 1, 1, 0, 1, 0])
    good, bad = [0.1, 0.9, 0.8, 0.3, 0.7, 0.2], [0.6, 0.5, 0.4, 0.5, 0.6, 0.4]
    one = {"seconds": {"train": 1.0}, "cpu": 2.0}
    found = {"table": [{**one, "chances": good}]}
    found |= {name: [{**one, "chances": bad}] for name in ("boosting", "logistic")}
    findings = beside(found, truth)
    assert len(findings) == 10 and findings[0].ours == [1.0] and findings[0].met == "yes"


def test_data_that_is_not_there(tmp_path, capsys):
    assert main(["--data", str(tmp_path)]) == 1
    assert "is not there" in capsys.readouterr().err
