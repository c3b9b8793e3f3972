"""Checkpoints: the newest valid one is found, whatever became of the others."""

from __future__ import annotations

import errno
import json
import os
import warnings

import numpy as np
import pytest

from rowspace.errors import FormatError, InputError, ResourceError
from rowspace.files import atomic
from rowspace.training.checkpoint import Run, preflight


@pytest.fixture
def run(tmp_path):
    with Run.open(tmp_path / "run") as opened:
        yield opened


def save(run, step):
    return run.save(step, {"rows": np.full((5, 3), step, np.float32)}, {"words": step})


def names(run):
    return sorted(path.name for path in run.folder.iterdir())


def test_nothing_yet(run):
    assert run.latest() is None


def test_everything_comes_back(run):
    arrays = {"rows": np.random.default_rng(0).random((7, 3), np.float32), "ids": np.arange(4)}
    state = {"epoch": 2, "position": 2**62, "loss": 0.1, "nested": {"a": [1, None, "ü"]}}
    run.save(123, arrays, state)
    step, tensors, back = run.latest()
    assert step == 123 and back == state
    for name, array in arrays.items():
        np.testing.assert_array_equal(tensors[name], array)
        assert not tensors[name].flags.writeable


def test_the_last_two_are_kept(run):
    for step in (1, 2, 3, 10, 2_000_000):
        save(run, step)
    assert names(run) == ["lock", "step-000010", "step-2000000"]
    assert run.latest().step == 2_000_000


def test_the_manifest_lists_size_and_checksum(run):
    path = save(run, 1)
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["version"] == 1 and manifest["step"] == 1
    for name, stated in manifest["files"].items():
        assert stated["size"] == (path / name).stat().st_size
        assert len(stated["sha256"]) == 64


def test_order_of_events(run):
    """All durable, then the manifest, then the rename, then its folder; then old ones go."""
    save(run, 1), save(run, 2)
    seen = []
    with atomic.watched(lambda event, path: seen.append((event, path.name))):
        save(run, 3)
    events = [event for event, _ in seen]
    renamed = seen.index(("replace", "step-000003"))
    manifest = seen.index(("replace", "manifest.json"))
    assert seen.index(("replace", "tensors.safetensors")) < manifest < renamed
    assert events[renamed + 1] == "fsync_dir"
    assert events.index("remove") > renamed + 1


@pytest.mark.parametrize("name", ["tensors.safetensors", "state.json", "manifest.json"])
@pytest.mark.parametrize("left", [0, 0.5, None, "flip"])
def test_case_3_the_newest_is_empty_half_or_gone(run, name, left):
    save(run, 1)
    path = save(run, 2) / name
    content = path.read_bytes()
    if left is None:
        path.unlink()
    elif left == "flip":
        at = len(content) - 5
        path.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
    else:
        path.write_bytes(content[: int(len(content) * left)])
    with pytest.warns(RuntimeWarning, match="step-000002 is damaged"):
        found = run.latest()
    assert found.step == 1 and (found.tensors["rows"] == 1).all()
    assert names(run) == ["damaged-step-000002", "lock", "step-000001"]
    save(run, 2)
    assert names(run) == ["lock", "step-000001", "step-000002"]


def test_case_3_all_damaged(run):
    for step in (1, 2):
        (save(run, step) / "manifest.json").write_bytes(b"")
    with pytest.warns(RuntimeWarning):
        assert run.latest() is None


def test_a_newer_format_is_not_skipped(run):
    save(run, 1)
    path = save(run, 2) / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 7}))
    with pytest.raises(FormatError, match="made by 7, this is 1"):
        run.latest()
    assert names(run) == ["lock", "step-000001", "step-000002"]


def test_the_same_step_again(run):
    save(run, 1)
    run.save(1, {"rows": np.zeros(1)}, {"again": True})
    assert run.latest().state == {"again": True}
    assert names(run) == ["lock", "step-000001", "step-000001.1"]


def test_mapped_tensors_outlive_their_step(run):
    save(run, 1)
    held = run.latest().tensors["rows"]
    for step in (2, 3, 4):
        save(run, step)
    assert (held == 1).all()


def test_clear(run):
    save(run, 1), save(run, 2)
    run.clear()
    assert names(run) == ["lock"] and run.latest() is None


def test_leavings_of_a_killed_run_are_cleared(tmp_path):
    left = tmp_path / "step-000009.tmp"
    left.mkdir()
    (left / "tensors.safetensors").write_bytes(b"half")
    with Run.open(tmp_path) as run, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run.latest() is None
        assert names(run) == ["lock"]


def test_what_is_no_data_is_refused(run):
    with pytest.raises(InputError, match=r"state\.x"):
        run.save(1, {}, {"x": object()})
    assert names(run) == ["lock"]


def test_case_8_two_runs_on_one_folder(run):
    with pytest.raises(ResourceError, match=str(os.getpid())):
        Run.open(run.folder)
    save(run, 1)
    run.close()
    Run.open(run.folder).close()


def test_case_6_preflight(tmp_path):
    """A folder that cannot be written is found before training starts."""
    assert preflight(tmp_path / "a" / "b").is_dir()
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("x")
    with pytest.raises(ResourceError) as caught:
        Run.open(tmp_path / "file" / "run")
    assert caught.value.exit_code == 5 and str(tmp_path / "file") in caught.value.message


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_case_6_no_permission(tmp_path, code):
    def hook(event, path):
        raise OSError(code, os.strerror(code))

    (tmp_path / "run").mkdir()
    with atomic.watched(hook), pytest.raises(ResourceError) as caught:
        Run.open(tmp_path / "run")
    assert caught.value.exit_code == 5 and caught.value.hint
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_case_6_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ResourceError, match="cannot write"):
        Run.open(tmp_path)
