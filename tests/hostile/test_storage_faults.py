"""Every storage event of a save fails, or is the last one, one after the other.

A child process is forked for each N and killed at its N-th event; the parent then looks at what
lies on disk. The enumeration ends when a child comes through, so no event is left out.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import numpy as np
import pytest

from rowspace import files
from rowspace.errors import ResourceError
from rowspace.files import atomic
from rowspace.training.checkpoint import Run
from rowspace.vectors import Model, Vectors

CONTEXT = np.ones((3, 2), np.float32)
CODES = [errno.ENOSPC, errno.EIO, errno.EACCES]


def model(fill, context=CONTEXT):
    rows = np.full((3, 2), fill, np.float32)
    return Model(Vectors.from_arrays("abc", rows), {"fill": fill}, {}, context)


def filled(folder):
    """What the model in `folder` is filled with, all its parts agreeing."""
    back = files.load(folder)
    files.verify(folder)
    assert (back.vectors.rows == back.config["fill"]).all()
    return back.config["fill"]


def faults(code):
    """Hooks that make the 1st, 2nd, 3rd … event fail."""
    for at in range(1, 200):
        seen = []

        def hook(event, path, at=at, seen=seen):
            seen.append(event)
            if len(seen) == at:
                raise OSError(code, os.strerror(code))

        yield at, hook


def attempt(hook, work):
    """The error of doing this work under this hook, None if it went well."""
    try:
        with atomic.watched(hook):
            work()
    except ResourceError as error:
        return error
    return None


KILLED = """
import os, signal, sys
import numpy as np
sys.path.insert(0, sys.argv[1])
import test_storage_faults as here
from rowspace.files import atomic

def killed_at(at, work):
    child = os.fork()
    if not child:
        count = 0
        def hook(event, path):
            nonlocal count
            count += 1
            if count == at: os.kill(os.getpid(), signal.SIGKILL)
        with atomic.watched(hook):
            work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])

at, seen = 1, []
work, look = getattr(here, sys.argv[2])(sys.argv[3])
while killed_at(at, work):
    seen.append(look())
    at += 1
seen.append(look())
print(seen)
"""


def killing(name, folder):
    """What was found after a kill at each event, and after the run that came through."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, os.path.dirname(__file__), name, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    print(f"{name}: killed at each event, found {done.stdout}")
    return eval(done.stdout)


def saving_a_model(folder):
    files.save(model(1), folder)
    return lambda: files.save(model(2), folder), lambda: filled(folder)


def saving_a_checkpoint(folder):
    def work():
        with Run.open(folder) as run:
            run.save(run.latest().step + 1, {"rows": np.full(9, 3.0)}, {"n": 3})

    def look():
        with Run.open(folder) as run:  # takes the lock of the killed process, clears its leavings
            found = run.latest()
            assert (found.tensors["rows"] == found.state["n"]).all()
            assert not list(run.folder.glob("*.tmp"))
            step = found.step
            # Back to the start, for the next kill.
            for path in run.steps():
                if int(path.name[5:]) > 2:
                    atomic.remove(path)
            for old in (1, 2):
                if not (run.folder / f"step-{old:06d}").exists():
                    run.clear()
                    run.save(1, {"rows": np.full(9, 1.0)}, {"n": 1})
                    run.save(2, {"rows": np.full(9, 2.0)}, {"n": 2})
            return step

    with Run.open(folder) as run:
        run.save(1, {"rows": np.full(9, 1.0)}, {"n": 1})
        run.save(2, {"rows": np.full(9, 2.0)}, {"n": 2})
    return work, look


def test_case_1_kill_at_every_event_of_a_checkpoint(tmp_path):
    """Before the rename the old one is found, after it the new one; never a mix, never none."""
    found = killing("saving_a_checkpoint", tmp_path / "run")
    assert len(found) > 20, "every event was a last one once"
    assert found[0] == 2 and found[-1] == 3
    assert found == sorted(found)


def test_case_1_kill_at_every_event_of_saving_a_model(tmp_path):
    found = killing("saving_a_model", tmp_path / "m")
    assert len(found) > 10
    assert found[0] == 1 and found[-1] == 2
    assert found == sorted(found), "old, then new"
    left = {path.name for path in (tmp_path / "m").iterdir()}
    assert left == {"model.safetensors", "context.safetensors", "config.json", "README.md"}


@pytest.mark.parametrize("code", CODES)
def test_case_4_5_every_event_of_saving_a_model_fails(tmp_path, code):
    folder = tmp_path / "m"
    files.save(model(1), folder)
    before = {path.name for path in folder.iterdir()}
    for at, hook in faults(code):
        error = attempt(hook, lambda: files.save(model(2), folder))
        if error is None:
            break
        assert error.exit_code == 5, at
        assert (code != errno.ENOSPC) or "bytes needed" in error.message
        assert {path.name for path in folder.iterdir()} == before
        assert filled(folder) in (1, 2)
        files.save(model(1), folder)
    assert at > 10
    assert filled(folder) == 2


@pytest.mark.parametrize("code", CODES)
def test_case_4_5_every_event_of_the_first_save_fails(tmp_path, code):
    folder = tmp_path / "deep" / "m"
    for _, hook in faults(code):
        if attempt(hook, lambda: files.save(model(2), folder)) is None:
            break
        left = [] if not folder.exists() else [path.name for path in folder.iterdir()]
        assert not left or filled(folder) == 2
        atomic.remove(tmp_path / "deep")
    assert filled(folder) == 2


@pytest.mark.parametrize("code", CODES)
def test_case_4_5_every_event_of_a_checkpoint_fails(tmp_path, code):
    """Exit code 5, no partial step, the ones before untouched; the run goes on."""
    with Run.open(tmp_path / "run") as run:
        for step in (1, 2):
            run.save(step, {"rows": np.full(9, step)}, {"n": step})
        for at, hook in faults(code):
            error = attempt(hook, lambda: run.save(3, {"rows": np.full(9, 3)}, {"n": 3}))
            found = run.latest()
            assert (found.tensors["rows"] == found.state["n"]).all()
            assert not list(run.folder.glob("*.tmp"))
            if found.step == 3:
                break
            assert error is not None, at
            assert error.exit_code == 5
        assert at > 10
        assert found.step == 3


def test_no_space_left_before_the_first_write(tmp_path, monkeypatch):
    files.save(model(1), tmp_path / "m")
    monkeypatch.setattr(atomic, "free_bytes", lambda path: 100)
    with pytest.raises(ResourceError, match="100 free"):
        files.save(model(2), tmp_path / "m")
    assert filled(tmp_path / "m") == 1


def test_interrupted_by_the_user(tmp_path):
    """Ctrl-C in the middle of a save: the old model stays and no temporary file does."""
    files.save(model(1), tmp_path / "m")

    def hook(event, path):
        if event == "fsync":
            raise KeyboardInterrupt

    with atomic.watched(hook), pytest.raises(KeyboardInterrupt):
        files.save(model(2), tmp_path / "m")
    assert filled(tmp_path / "m") == 1
    assert not list((tmp_path / "m").glob(".*"))
