"""One writer a run folder: a lock file that says who holds it.

The file names pid, host, boot and the start of the process, so a holder that died, also by a
crash of the machine, is told from one that lives. `flock` guards only the moment of reading and
writing the file: the lock itself is its content, which other hosts on a shared disk can read.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from rowspace.errors import ResourceError
from rowspace.files import atomic

NAME = "lock"


@final
@dataclass(frozen=True, slots=True)
class Lock:
    """A held lock on the run folder that holds `path`."""

    path: Path
    holder: dict[str, Any]

    @classmethod
    def take(cls, folder: Path) -> Lock:
        """Take the lock or raise `ResourceError` naming the pid that holds it."""
        path = folder / NAME
        mine = identity(os.getpid())
        with atomic.reporting(path), _guarded(path) as handle:
            theirs = _read(handle)
            if theirs and alive(theirs):
                raise _refusal(path, theirs)
            _write(handle, json.dumps(mine).encode())
        return cls(path, mine)

    def release(self) -> None:
        """Empty the file, if this process still holds it."""
        with contextlib.suppress(OSError), _guarded(self.path) as handle:
            if _read(handle) == self.holder:
                _write(handle, b"")


def identity(pid: int) -> dict[str, Any]:
    """What tells a process from every other one: pid, its start, the boot, the host."""
    return {"pid": pid, "started": _started(pid), "boot": _boot(), "host": socket.gethostname()}


def alive(holder: dict[str, Any]) -> bool:
    """Whether the holder may still be running; on another host that cannot be known."""
    if holder.get("host") != socket.gethostname():
        return True
    pid = holder.get("pid")
    if holder.get("boot") != _boot() or type(pid) is not int or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # it runs, under another user
    return holder.get("started") == _started(pid)


def _refusal(path: Path, holder: dict[str, Any]) -> ResourceError:
    here = holder.get("host") == socket.gethostname()
    where = "" if here else f" on host {holder.get('host')}"
    hint = "wait for it, stop it, or train into another folder"
    return ResourceError(
        f"{path.parent} is in use by process {holder.get('pid')}{where}",
        hint=hint if here else f"{hint}; if that host is gone, remove {path}",
    )


@contextlib.contextmanager
def _guarded(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        # A file system without flock leaves a gap of microseconds in which two could start.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _read(handle: int) -> dict[str, Any]:
    """The holder, {} where there is none or its process died while writing."""
    try:
        holder = json.loads(os.pread(handle, 4096, 0))
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _write(handle: int, content: bytes) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, content, 0)
    os.fsync(handle)


def _boot() -> str:
    """Another after each start of the machine; empty where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Clock ticks from boot to the start of a process: tells a reused pid from the first."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
