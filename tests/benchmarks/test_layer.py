"""The layer's benchmark: the same inputs for everyone, numbers compared, and what is summed up."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec

import numpy as np
import pytest
from benchmarks.harness.contestants import ContestantError
from benchmarks.harness.findings import times_faster
from benchmarks.harness.job import Stages
from benchmarks.layer import inputs
from benchmarks.layer.__main__ import main, options
from benchmarks.layer.bench import GATHER, ROWSPACE, Bench, agree, busy
from benchmarks.layer.ceiling.library import compiled, loaded
from benchmarks.layer.cells import Cell, Entry, Pair, differences, grid, unmoved
from benchmarks.layer.parts import PARTS
from benchmarks.layer.parts.scale import strewn
from benchmarks.layer.runners.clock import LEAST, timed, used
from benchmarks.layer.summary import summed

needs_torch = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed")
needs_compiler = pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no gcc")


@pytest.mark.parametrize("kind", inputs.KINDS)
@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_ids_lie_in_the_table_and_are_the_same_every_time(kind, rows):
    ids = inputs.drawn(rows, kind, (3, 400))
    assert (ids.dtype, ids.shape) == (np.int64, (3, 400))
    assert ids.min() >= 0
    assert ids.max() < rows
    assert (ids == inputs.drawn(rows, kind, (3, 400))).all()


def test_zipfs_ids_are_as_frequent_as_their_rank_says():
    counts = np.bincount(inputs.drawn(1000, "zipf", (200_000,)), minlength=1000)
    wanted = np.arange(1, 1001) ** -1.05
    wanted *= 200_000 / wanted.sum()
    assert np.abs(counts[:20] - wanted[:20]).max() < 5 * np.sqrt(wanted[0])
    assert counts[0] > 1.8 * counts[1] > 0


@pytest.mark.parametrize("rows", [1, 2, 10, 4099, 100_000])
def test_strewn_ranks_meet_every_row_once(rows):
    assert np.unique(inputs.strewn(np.arange(rows), rows)).size == rows


def test_ids_are_made_once(tmp_path):
    path = inputs.ids_file(tmp_path, rows=10, kind="uniform", count=4, batches=2)
    np.save(path, np.zeros((2, 4), np.int64))
    assert inputs.ids_file(tmp_path, rows=10, kind="uniform", count=4, batches=2) == path
    assert not np.load(path).any()
    assert [one.name for one in tmp_path.iterdir()] == ["ids-uniform-10-2x4.npy"]


@pytest.mark.parametrize("rows", [5, inputs.BLOCK, 2 * inputs.BLOCK + 3])
def test_what_was_filled_in_can_be_told_row_by_row(rows):
    table = np.empty((rows, 8), np.float32)
    inputs.fill(table)
    asked = np.array([0, rows // 2, rows - 1])
    assert (inputs.row_values(asked, n_rows=rows, dim=8) == table[asked]).all()
    assert 0.05 < table.std() < 0.2


def test_numbers_are_compared():
    a = {"out": np.ones((2, 2), np.float32), "rows": np.ones((2, 2), np.float32)}
    assert differences(a, {name: one + 1e-6 for name, one in a.items()}) == []
    assert differences(a, {**a, "rows": a["rows"] + 1e-3}) == ["rows: up to 0.001 apart"]
    assert differences(a, {**a, "out": a["out"] * np.nan})
    assert "not of both" in differences(a, {"out": a["out"]})[0]


def test_rows_that_did_not_learn_are_seen():
    before = np.zeros((3, 4), np.float32)
    assert not unmoved(before + 0.01, before, 0.01)
    after = before + 0.01
    after[1] = 0
    assert unmoved(after, before, 0.01)


def test_contestants_that_differ_are_refused(tmp_path):
    cell = Cell(10, 16, "uniform", bags=2, length=2)
    ids = np.array([1, 3])
    rows = inputs.row_values(ids, n_rows=10, dim=16)
    one, two = (Entry(name, GATHER, "x") for name in ("one", "two"))
    apart = Entry("apart", GATHER, "x", like="another rule")
    for at, moved in enumerate([0.01, 0.01, 0.02]):
        np.savez(tmp_path / f"{at}.npz", rows=rows + np.float32(moved), ids=ids)
    agree([one, two, apart], tmp_path, cell, {"lr": 0.01})
    with pytest.raises(ContestantError, match=r"one and two do not agree: rows: up to 0\.01"):
        np.savez(tmp_path / "1.npz", rows=rows + np.float32(0.02), ids=ids)
        agree([one, two], tmp_path, cell, {"lr": 0.01})
    with pytest.raises(ContestantError, match="two: there are rows that did not learn"):
        np.savez(tmp_path / "1.npz", rows=rows, ids=ids)
        agree([one, two], tmp_path, cell, {"lr": 0.01})
    with pytest.raises(ContestantError, match="apart kept nothing"):
        agree([apart], tmp_path / "elsewhere", cell, {"lr": 0.01})


def test_a_peer_known_to_move_wrong_rows_is_not_compared(tmp_path):
    peer = Entry("peer", GATHER, "x", wraps=1 << 10)
    small, large = Cell(16, 16, "uniform"), Cell(17, 16, "uniform")
    assert not peer.wrong(small)
    assert peer.wrong(large)
    agree([peer], tmp_path, large, {"lr": 0.01})
    with pytest.raises(ContestantError, match="kept nothing"):
        agree([peer], tmp_path, small, {"lr": 0.01})


def test_a_disturbed_job_is_done_again_and_told(tmp_path, monkeypatch):
    others = [1.0, 0.4, 0.0, 2.0]
    answer = {"versions": {}, "seconds": {"total": 1.0}, "busy": 1.0, "rounds": 5}

    def run(*_):
        return {**answer, "others": others.pop(0)}

    monkeypatch.setattr("benchmarks.layer.bench.run", run)
    entry = Entry("a", ROWSPACE, "x")
    once = Bench(options(["--cache", str(tmp_path), "--patience", "0"]))
    found = once.job(entry, {})
    assert found["others"] == 1.0
    assert busy({"a": [found]}) == "others took 1.0 cores meanwhile"
    patient = Bench(options(["--cache", str(tmp_path), "--patience", "0.001"]))
    assert patient.job(entry, {})["others"] == 0.0
    assert busy({"a": [{**answer, "others": 0.1}]}) == ""
    assert others == [2.0]


def test_the_clock_takes_the_middle_round_and_cycles_the_batches():
    met = []

    def act(at: int, stages: Stages) -> None:
        met.append(at)
        stages.lap("a")
        stages.lap("b")

    found = timed({"seconds": 0}, act, 3)
    assert found["rounds"] == LEAST
    assert met == [0, 1, 2, 0, 1, 2, 0, 1]
    assert set(found["seconds"]) == {"a", "b", "total"}
    assert 0 < found["best"] <= found["seconds"]["total"]
    assert found["others"] >= 0
    assert used() > 0


def finding(what, value, goal="≥ 2×"):
    made = times_faster(f"{what}: cell {value}", [1.0], [value], goal=2)
    made.more["group"] = what
    return {"part": "p", **made.as_json()}


def test_cells_are_summed_up_by_their_group():
    found = [finding("a", 4), finding("a", 3), finding("a", 1), finding("b", 9)]
    (line,) = summed([*found, {**finding("a", 9), "part": "another"}], "p")
    assert (line.what, line.value, line.low, line.high) == ("a: all cells", 3, 1, 4)
    assert line.met == "2 of 3"
    assert summed(found[:2], "p")[0].met == "yes"
    assert summed(found[3:], "p") == []


def test_what_memory_cannot_hold_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.layer.bench.available_memory", lambda: 8 << 30)
    bench = Bench(options(["--cache", str(tmp_path)]))
    few, many = Entry("few", GATHER, "x"), Entry("many", GATHER, "x", tables=3)
    left, note = bench.fitting(Cell(10_000_000, 64, "uniform"), [few, many])
    assert left == [few]
    assert note.startswith("left out, 8.6 GB being free: many (")
    assert bench.compared(Cell(10_000_000, 64, "uniform"), [Pair(few, many, 2)]) == []


def test_the_grid_and_what_a_pair_is_called():
    cells = list(grid([64, 128], [10, 20], ["zipf"]))
    assert [str(cell) for cell in cells][:2] == ["10 × 64, zipf", "10 × 128, zipf"]
    assert len(cells) == 4
    a, b = Entry("a", ROWSPACE, "x"), Entry("b", GATHER, "x")
    assert [str(Pair(a, b)), str(Pair(a, b, 2, "step"))] == [
        "a, against b",
        "a, the step alone, against b",
    ]


def test_quick_runs_take_what_is_given_and_keep_their_results_apart(tmp_path):
    chosen = options(["gather", "--quick", "--dims", "128", "--cache", str(tmp_path)])
    assert (chosen.dims, chosen.repeat, chosen.results) == ([128], 1, tmp_path / "quick")
    assert chosen.command == "python -m benchmarks.layer gather --quick --dims 128"
    assert options([]).parts == list(PARTS)
    assert options([]).command == "python -m benchmarks.layer"


@pytest.mark.parametrize(
    ("given", "told"),
    [(["pool"], "there is no part 'pool'"), (["--dims", "20"], "multiples of 16, not 20")],
)
def test_wrong_options_are_refused(given, told, capsys):
    with pytest.raises(SystemExit):
        options(given)
    assert told in capsys.readouterr().err


@needs_compiler
@pytest.mark.parametrize("dim", [16, 64, 128, 256])
@pytest.mark.parametrize("second", [True, False])
@pytest.mark.parametrize("past", [True, False])
def test_the_gather_gathers(dim, past, second, tmp_path):
    gather = loaded(compiled(tmp_path))
    table, out = (aligned(np.empty((rows, dim), np.float32)) for rows in (100, 33))
    inputs.fill(table)
    ids = np.random.default_rng(0).integers(0, 100, 33)
    gather(table, ids, out, ahead=8, past=past, second=second, threads=2)
    assert (out == table[ids]).all()


def aligned(like: np.ndarray) -> np.ndarray:
    """The same shape, on a line of 64 bytes."""
    held = np.zeros(like.size + 16, np.float32)
    skip = (-held.ctypes.data % 64) // 4
    return held[skip : skip + like.size].reshape(like.shape)


@needs_torch
@needs_compiler
def test_a_cell_is_measured_compared_and_kept(tmp_path):
    given = ["--quick", "--rows", "500", "--seconds", "0.05", "--cache", str(tmp_path)]
    bench = Bench(options(given))
    cell = Cell(500, 64, "zipf", bags=8, length=4)
    job = {"pooled": False}
    pair = Pair(Entry("ours", ROWSPACE, "plain", job), Entry("gather", GATHER, "plain", job), 1e-9)
    (found,) = bench.compared(cell, [pair])
    assert found.what == "ours, against gather: 500 × 64, zipf"
    assert found.met == "yes"
    assert set(found.more) == {"group", "busy", "others", "stages"}
    assert not bench.failed
    assert not list(tmp_path.glob("work-*"))


@needs_compiler
def test_a_cell_that_fails_is_told_and_the_others_go_on(tmp_path, capsys):
    broken = Entry("broken", GATHER, "no such task")
    bench = Bench(options(["--quick", "--cache", str(tmp_path)]))
    assert bench.compared(Cell(50, 64, "zipf", bags=2, length=2), [Pair(broken, broken)]) == []
    assert bench.failed
    assert "error: 50 × 64, zipf: gather, no such task" in capsys.readouterr().err


@needs_torch
@needs_compiler
@pytest.mark.slow
def test_the_command_measures_and_keeps(tmp_path, capsys):
    given = ["mapped", "--quick", "--seconds", "0.05", "--cache", str(tmp_path)]
    assert main(given) == 0
    data = json.loads((tmp_path / "quick" / "layer.json").read_text())
    assert {one["part"] for one in data["findings"]} == {"mapped"}
    assert all(one["met"] in ("yes", "") for one in data["findings"])
    assert data["runs"]["1"]["threads"] == 2
    assert "pages" in capsys.readouterr().out


def test_strewn_ids_are_distinct_and_of_every_neighbour():
    ids = np.arange(10_000)
    large = strewn(ids)
    assert len(np.unique(large)) == len(ids)
    assert (large // 10 == ids).all()
    assert (np.bincount(large % 10) > 800).all()
