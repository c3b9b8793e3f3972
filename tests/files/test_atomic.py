"""Durable writes: old or new, never a mix, whatever event fails."""

from __future__ import annotations

import errno
import os

import pytest

from rowspace.errors import ResourceError
from rowspace.files import atomic


def failing(at, code):
    """A hook that makes the `at`-th storage event fail."""
    seen = []

    def hook(event, path):
        seen.append(event)
        if len(seen) == at:
            raise OSError(code, os.strerror(code))

    return hook, seen


def test_written_replaced_and_clean(tmp_path):
    target = tmp_path / "file"
    atomic.write_file(target, b"old")
    atomic.write_file(target, b"new")
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["file"]


def test_order_of_events(tmp_path):
    """Durable before renamed, the folder durable after."""
    seen = []
    with atomic.watched(lambda event, path: seen.append(event)):
        atomic.write_file(tmp_path / "file", b"content")
    assert seen == ["open", "write", "fsync", "replace", "fsync_dir"]


def test_several_files_are_durable_before_any_is_renamed(tmp_path):
    seen = []
    targets = [tmp_path / "a", tmp_path / "b"]
    with atomic.watched(lambda event, path: seen.append(event)), atomic.drafts(targets) as begun:
        for draft in begun:
            draft.write(b"x")
    assert seen[-5:] == ["fsync", "fsync", "replace", "replace", "fsync_dir"]


def test_large_content_passes_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "BLOCK", 10)
    seen = []
    with atomic.watched(lambda event, path: seen.append(event)):
        atomic.write_file(tmp_path / "file", bytes(range(95)))
    assert seen.count("write") == 10
    assert (tmp_path / "file").read_bytes() == bytes(range(95))


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_every_event_failing(tmp_path, code):
    """Enumerated until the run passes; the temporary file never stays."""
    target = tmp_path / "file"
    atomic.write_file(target, b"old")
    for at in range(1, 20):
        hook, _ = failing(at, code)
        error = attempt(hook, target)
        if error is None:
            break
        assert error.exit_code == 5
        assert str(target) in error.message
        assert target.read_bytes() in (b"old", b"new")
        assert os.listdir(tmp_path) == ["file"]
    assert at == 6, "five events, then a run that passes"


def attempt(hook, target):
    """The error of writing under this hook, None if it went well."""
    try:
        with atomic.watched(hook):
            atomic.write_file(target, b"new")
    except ResourceError as error:
        return error
    return None


def test_no_space_says_how_much(tmp_path):
    hook, _ = failing(2, errno.ENOSPC)
    with atomic.watched(hook), pytest.raises(ResourceError) as caught:
        atomic.write_file(tmp_path / "file", b"12345")
    assert "5 bytes needed" in caught.value.message
    assert "free" in caught.value.message


def test_space_is_asked_for_beforehand(tmp_path):
    with pytest.raises(ResourceError, match="bytes needed"):
        atomic.require_space(tmp_path, 1 << 62)
    atomic.require_space(tmp_path, 1)


def test_sweep_takes_only_what_nobody_writes(tmp_path):
    live = atomic.Draft.begin(tmp_path / "file")
    dead = tmp_path / ".file.0badcafe.tmp"
    dead.write_bytes(b"left behind")
    foreign = tmp_path / ".other.0badcafe.tmp"
    foreign.write_bytes(b"not ours")
    atomic.sweep(tmp_path, ["file"])
    assert not dead.exists()
    assert foreign.exists()
    assert live.temporary.exists()
    live.discard()
    assert not live.temporary.exists()


def test_folders_are_made_with_their_parents(tmp_path):
    seen = []
    with atomic.watched(lambda event, path: seen.append(event)):
        atomic.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert seen == ["mkdir", "fsync_dir", "mkdir", "fsync_dir"]


def test_remove_leaves_what_a_link_points_to(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(kept)
    atomic.remove(folder)
    atomic.remove(folder)
    assert not folder.exists()
    assert (kept / "file").exists()
