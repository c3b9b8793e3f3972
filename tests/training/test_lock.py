"""One writer a run folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from rowspace.errors import ResourceError
from rowspace.training import lock
from rowspace.training.lock import Lock

HOLD = """
import sys
from pathlib import Path
from rowspace.training.lock import Lock
Lock.take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock."""
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.communicate()


def test_case_8_the_second_writer_is_told_the_pid(tmp_path, other):
    with pytest.raises(ResourceError, match=rf"process {other.pid}\b") as caught:
        Lock.take(tmp_path)
    assert caught.value.exit_code == 5
    assert other.poll() is None, "the first is unaffected"


def test_case_8_the_lock_of_a_killed_process_is_taken(tmp_path, other):
    other.kill()
    other.wait()
    held = Lock.take(tmp_path)
    assert json.loads((tmp_path / "lock").read_text())["pid"] == os.getpid() == held.holder["pid"]


def test_the_same_process_cannot_take_it_twice(tmp_path):
    held = Lock.take(tmp_path)
    with pytest.raises(ResourceError, match=str(os.getpid())):
        Lock.take(tmp_path)
    held.release()
    Lock.take(tmp_path).release()


@pytest.mark.parametrize(
    ("change", "free"),
    [
        ({}, False),
        ({"boot": "before the last start of the machine"}, True),
        ({"started": "12"}, True),
        ({"pid": 2**22 + 5}, True),
        ({"pid": -1}, True),
        ({"pid": "1"}, True),
        ({"host": "another-host", "boot": "x"}, False),
    ],
)
def test_who_is_alive(tmp_path, change, free):
    """A reused pid and a restarted machine are told apart; of another host nothing is known."""
    holder = {**lock.identity(os.getpid()), **change}
    assert lock.alive(holder) is not free
    (tmp_path / "lock").write_text(json.dumps(holder))
    if free:
        Lock.take(tmp_path).release()
    else:
        with pytest.raises(ResourceError, match=str(os.getpid())):
            Lock.take(tmp_path)


def test_another_host_is_named(tmp_path):
    (tmp_path / "lock").write_text(json.dumps({"pid": 5, "host": f"not-{socket.gethostname()}"}))
    with pytest.raises(ResourceError, match="process 5 on host not-") as caught:
        Lock.take(tmp_path)
    assert str(tmp_path / "lock") in caught.value.hint


@pytest.mark.parametrize("content", ["", "{", "[]", "\0" * 100])
def test_a_lock_cut_short_is_free(tmp_path, content):
    (tmp_path / "lock").write_text(content)
    Lock.take(tmp_path).release()


def test_releasing_leaves_the_lock_of_another(tmp_path):
    held = Lock.take(tmp_path)
    theirs = json.dumps({"pid": 1, "host": "elsewhere"})
    (tmp_path / "lock").write_text(theirs)
    held.release()
    assert (tmp_path / "lock").read_text() == theirs
