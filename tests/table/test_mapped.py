"""Tables in files: a step touches its rows alone, and a new process goes on where one stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rowspace.errors import FormatError, InputError, ResourceError, SettingError
from rowspace.table import SGD, Adagrad, Adam, AdamW, Table

LARGE = 250_000  # rows of 64: 64 MB, and twice as much of a rule's
RULES = [
    SGD(lr=0.1), Adagrad(lr=0.1, initial=0.1), Adam(lr=0.1, untouched="own-clock"),
    AdamW(lr=0.1, weight_decay=0.1, untouched="catch-up"),
    Adam(lr=0.1, untouched="catch-up"), SGD(lr=0.1, momentum=0.9, untouched="catch-up"),
]  # fmt: skip


def steps(table: Table, first: int, last: int) -> None:
    for step in range(first, last):
        draw = np.random.default_rng(step)
        g = draw.normal(size=(6, table.dim))
        table.step(draw.integers(0, len(table), 6), g, lr=0.1 / (1 + step))


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_it_is_the_table_in_memory(tmp_path, rule, precision):
    whole = Table.uniform(300, 20, rule, seed=3, bound=0.5, precision=precision)
    steps(whole, 0, 30)
    first = Table.mapped(tmp_path / "t", 300, 20, rule, bound=0.5, seed=3, precision=precision)
    assert first.steps == 0
    steps(first, 0, 12)
    second = Table.mapped(tmp_path / "t")  # no farewell was said to the first
    assert second.steps == 12 and second.rule == rule and second.precision == precision
    steps(second, 12, 30)
    third = Table.mapped(tmp_path / "t", 300, 20, rule)
    for table in (second, third):
        assert table.steps == 30 and np.array_equal(table.rows, whole.rows)
    whole.flush()
    third.flush()
    assert np.array_equal(third.rows, whole.rows)
    stored = np.load(tmp_path / "t" / "rows.npy", mmap_mode="r")
    assert np.array_equal(stored[:300, :20], whole.rows)
    assert not list((tmp_path / "t").glob("*.part"))


def room(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.iterdir())


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="this system has no /proc")
def test_a_step_touches_its_rows_alone(tmp_path):
    rule = Adam(lr=0.1, untouched="catch-up")
    warm = Table.mapped(tmp_path / "small", 100, 64, rule)
    steps(warm, 0, 3)
    table = Table.mapped(tmp_path / "large", LARGE, 64, rule)
    page, before = os.sysconf("SC_PAGE_SIZE"), resident()
    ids = np.random.default_rng(0).integers(0, LARGE, 50)
    for _ in range(3):
        table.step(ids, np.ones((50, 64), np.float32))
        table[ids]
    for block in table._folder._blocks:
        block.flush()
    touched = 4 * 50 * 2 * page + 40 * page  # three arrays and a clock; a row may cross a page
    assert resident() - before < touched + (4 << 20)
    taken = room(tmp_path / "large")
    assert 3 * 50 * page * 0.9 < taken < 2 * touched
    assert (tmp_path / "large" / "rows.npy").stat().st_size > LARGE * 64 * 4


DIES = """
import sys
import numpy as np
from rowspace.table import AdamW, Table
rule = AdamW(lr=0.1, weight_decay=0.1, untouched="catch-up")
table = Table.mapped(sys.argv[1], 300, 20, rule)
for step in range(10**9):
    draw = np.random.default_rng(step)
    g = draw.normal(size=(6, 20))
    table.step(draw.integers(0, 300, 6), g, lr=0.1 / (1 + step))
    print(step + 1, flush=True)
"""


def test_killed_between_steps_nothing_is_lost(tmp_path):
    words = [sys.executable, "-c", DIES, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if int(line) >= 40:
                break
        process.send_signal(signal.SIGSTOP)  # it may be anywhere in a later step
        process.send_signal(signal.SIGKILL)
    table = Table.mapped(tmp_path)
    assert table.steps >= 40 and np.isfinite(table.rows).all()
    assert (table._kept(table.rule).clock <= table.steps).all()
    again = Table(300, 20, table.rule)
    steps(again, 0, table.steps - 1)  # the last step may be half done
    last = np.random.default_rng(table.steps - 1)
    last.normal(size=(6, 20))
    sure = np.setdiff1d(np.arange(300), last.integers(0, 300, 6))
    assert np.array_equal(table[sure], again[sure])
    table.flush()
    assert np.isfinite(table.rows).all()


def test_rows_and_rule_must_fit(tmp_path):
    table = Table.mapped(tmp_path, 50, 8, Adam(lr=0.1))
    with pytest.raises(SettingError, match=r"rows is 50 in the table in .*, not 60"):
        Table.mapped(tmp_path, 60, 8)
    with pytest.raises(SettingError, match="dim is 8"):
        Table.mapped(tmp_path, 50, 9)
    with pytest.raises(SettingError, match="precision is float32"):
        Table.mapped(tmp_path, precision="float16")
    other = Table.mapped(tmp_path, rule=Adagrad(lr=0.1))  # nothing has been learned yet
    assert other.steps == 0
    steps(table, 0, 2)
    with pytest.raises(SettingError, match=r"has learned by Adam.* cannot go on by Adagrad"):
        Table.mapped(tmp_path, rule=Adagrad(lr=0.1))
    with pytest.raises(SettingError, match="cannot go on by"):
        Table.mapped(tmp_path, rule=Adam(lr=0.1, untouched="own-clock"))
    slower = Table.mapped(tmp_path, rule=replace(table.rule, lr=0.01))
    steps(slower, 2, 3)
    assert Table.mapped(tmp_path).rule.lr == 0.01 and Table.mapped(tmp_path).steps == 3
    with pytest.raises(SettingError, match="rule must be"):
        Table.mapped(tmp_path, rule="adam")


def test_what_cannot_be_made(tmp_path):
    with pytest.raises(InputError, match="there is no table in"):
        Table.mapped(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    for rows, dim in [(0, 4), (-1, 4), (2.5, 4), (5, 0), (True, 4)]:
        with pytest.raises(SettingError):
            Table.mapped(tmp_path / "none", rows, dim)
    with pytest.raises(SettingError, match="precision"):
        Table.mapped(tmp_path / "none", 5, 4, precision="int8")
    with pytest.raises(SettingError, match="bound"):
        Table.mapped(tmp_path / "none", 5, 4, bound=-1)
    with pytest.raises(ResourceError, match=r"would take .*TB, .* are free"):
        Table.mapped(tmp_path / "huge", 2**40, 64)
    (tmp_path / "file").write_text("here")
    with pytest.raises(ResourceError, match="no table can be kept in"):
        Table.mapped(tmp_path / "file" / "below", 5, 4)


def cut(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


DESCRIBED = {
    "another format": {"format": "x"},
    "another version": {"version": 2},
    "no such rule": {"rule": {"name": "x"}},
    "a wrong rate": {"rule": {"name": "AdamW", "lr": -1}},
    "a rule that is none": {"rule": 5},
    "more rows": {"rows": 51},
    "rows in words": {"rows": "50"},
    "no rows": {"rows": 0},
}
FILES = {
    "no json": lambda path: cut(path / "table.json", 20),
    "a list": lambda path: (path / "table.json").write_text("[]"),
    "cut off": lambda path: cut(path / "rows.npy", 1000),
    "no state": lambda path: (path / "exp_avg.npy").unlink(),
    "no .npy": lambda path: (path / "clock.npy").write_bytes(b"0" * 500),
    "an empty file": lambda path: cut(path / "steps.npy", 0),
    "no decay": lambda path: cut(path / "decay.f64", 9),
}


@pytest.mark.parametrize("name", [*DESCRIBED, *FILES])
def test_files_that_are_damaged(tmp_path, name):
    rule = AdamW(lr=0.1, untouched="catch-up")
    steps(Table.mapped(tmp_path, 50, 8, rule), 0, 3)
    if name in FILES:
        FILES[name](tmp_path)
    else:
        about = json.loads((tmp_path / "table.json").read_text())
        (tmp_path / "table.json").write_text(json.dumps({**about, **DESCRIBED[name]}))
    with pytest.raises(FormatError) as caught:
        steps(Table.mapped(tmp_path), 3, 4)
    assert str(tmp_path) in str(caught.value)


def test_an_unfinished_table_is_begun_again(tmp_path):
    Table.mapped(tmp_path, 50, 8, bound=0.5)
    (tmp_path / "table.json").unlink()
    (tmp_path / "rows.npy").rename(tmp_path / "rows.part")
    assert (Table.mapped(tmp_path, 60, 8)[59] == 0).all()
