"""Checkpoints: where training can go on after anything, `kill -9` and a power cut included.

    run/lock                       who writes here
    run/step-000123/tensors.safetensors
                   /state.json
                   /manifest.json  written last: size and SHA-256 of the other two; for the
                                   tensors that of their header, which holds those of the arrays

A step is written to `step-000123.tmp`, made durable and renamed, so a folder with the final name
is complete; what the disk did to it later is found by its checksums, and `latest` then goes back
to the one before, saying so. Older steps are removed only when a newer one is durable.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, final

import numpy as np

from rowspace.errors import FormatError
from rowspace.files import atomic, jsondata, seal, tensors
from rowspace.files.folder import opened
from rowspace.training.lock import Lock

TENSORS, STATE, MANIFEST = "tensors.safetensors", "state.json", "manifest.json"
VERSION = 1
MAX_JSON = 64 << 20

_STEP = re.compile(r"step-(\d{6,})(?:\.(\d+))?")
_DAMAGED = "damaged-"
_PROBE = "probe"


class NewerVersionError(FormatError):
    """A checkpoint that is whole but of a format yet to come: not to be skipped."""


class Checkpoint(NamedTuple):
    """`tensors` are read-only memory maps; they stay readable when the step is removed."""

    step: int
    tensors: dict[str, np.ndarray]
    state: dict[str, Any]


@final
@dataclass(frozen=True, slots=True)
class Run:
    """A locked run folder. The newest `keep` checkpoints are kept."""

    folder: Path
    lock: Lock
    keep: int = 2

    @classmethod
    def open(cls, folder: str | Path, *, keep: int = 2) -> Run:
        """Check that the folder can be written, lock it and clear what a killed run left.

        Raises ResourceError: not writable, or another process trains here.
        """
        path = preflight(folder)
        run = cls(path, Lock.take(path), keep)
        with contextlib.suppress(OSError):  # it only takes room, and the next run tries again
            for left in path.glob("step-*.tmp"):
                atomic.remove(left)
        return run

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give up the lock."""
        self.lock.release()

    def save(self, step: int, arrays: Mapping[str, np.ndarray], state: Mapping[str, Any]) -> Path:
        """Write a checkpoint; when this returns it is durable. Raises ResourceError.

        `state` is data: numbers, text, lists, dictionaries. Nothing may change `arrays` meanwhile.
        """
        target = self._free_name(step)
        building = target.with_name(target.name + ".tmp")
        raw = jsondata.render(jsondata.plain(state, "state"))
        needed = tensors.written_size(arrays, {}) + len(raw)
        with atomic.reporting(target, needed=needed):
            atomic.require_space(self.folder, needed)
            try:
                _write_step(building, arrays, raw, step)
                atomic.rename(building, target)
                atomic.fsync_folder(self.folder)
            except BaseException:
                with contextlib.suppress(OSError):  # the first error is the one to tell
                    atomic.remove(building)
                raise
        self._remove_older(target)
        return target

    def latest(self) -> Checkpoint | None:
        """The newest valid checkpoint, None without one; warns of each one skipped.

        A damaged one is set aside as `damaged-step-…` until the next one is durable.
        """
        for path in self.steps():
            try:
                return read_step(path)
            except NewerVersionError:
                raise
            except FormatError as error:
                aside = path.with_name(_DAMAGED + path.name)
                warnings.warn(
                    f"checkpoint {path.name} is damaged and skipped: {error.message}",
                    RuntimeWarning,
                    stacklevel=2,
                )
                with atomic.reporting(path):
                    atomic.remove(aside)
                    atomic.rename(path, aside)
        return None

    def steps(self) -> list[Path]:
        """The folders of checkpoints, newest first, valid or not."""
        found = [path for path in self.folder.iterdir() if _STEP.fullmatch(path.name)]
        return sorted(found, key=_age, reverse=True)

    def clear(self) -> None:
        """Remove every checkpoint, the oldest first, as for a run started afresh."""
        with atomic.reporting(self.folder):
            for path in (*self._damaged(), *reversed(self.steps())):
                atomic.remove(path)

    def _damaged(self) -> list[Path]:
        return list(self.folder.glob(_DAMAGED + "step-*"))

    def _free_name(self, step: int) -> Path:
        """`step-000123`; `step-000123.1` where that step is there already, damaged or not."""
        taken = {path.name for path in self.steps()}
        name = f"step-{step:06d}"
        again = 0
        while name in taken:
            again += 1
            name = f"step-{step:06d}.{again}"
        return self.folder / name

    def _remove_older(self, newest: Path) -> None:
        older = [path for path in self.steps() if _age(path) <= _age(newest)]
        with contextlib.suppress(OSError):  # they only take room, and the next save tries again
            for path in (*self._damaged(), *older[self.keep :]):
                atomic.remove(path)


def preflight(folder: str | Path) -> Path:
    """Create the folder and write, fsync and remove a file in it; raises ResourceError."""
    path = Path(folder).absolute()
    with atomic.reporting(path):
        atomic.make_folder(path)
        atomic.sweep(path, [_PROBE])
        probe = atomic.Draft.begin(path / _PROBE)
        try:
            probe.write(b"writable")
            probe.settle()
        finally:
            probe.discard()
    return path


def read_step(path: Path) -> Checkpoint:
    """The checkpoint in one folder, every byte checked. Raises FormatError."""
    manifest = jsondata.parse(_bytes(path / MANIFEST), path / MANIFEST)
    version, files = manifest.get("version"), manifest.get("files")
    if type(version) is int and version > VERSION:
        raise NewerVersionError(
            path / MANIFEST,
            f"a checkpoint of a newer format: made by {version}, this is {VERSION}",
            hint="pip install --upgrade rowspace",
        )
    if version != VERSION or not isinstance(files, dict) or type(manifest.get("step")) is not int:
        raise FormatError(path / MANIFEST, "not the manifest of a checkpoint")
    raw = _bytes(path / STATE)
    _expect(path / STATE, files.get(STATE), len(raw), hashlib.sha256(raw).hexdigest())
    with opened(path / TENSORS) as file:
        header = tensors.read_header(file, path / TENSORS)
        content = seal.check_header(header, path / TENSORS)
        _expect(path / TENSORS, files.get(TENSORS), header.size, content)
        seal.check_arrays(file, header, path / TENSORS)
        arrays = tensors.map_arrays(file, header)
    return Checkpoint(manifest["step"], arrays, jsondata.parse(raw, path / STATE))


def _write_step(building: Path, arrays: Mapping[str, np.ndarray], state: bytes, step: int) -> None:
    atomic.remove(building)
    atomic.make_folder(building)
    with atomic.drafts([building / TENSORS, building / STATE]) as (table, notes):
        content = tensors.write(table, arrays, {})
        notes.write(state)
        size = table.size()
    digest = hashlib.sha256(state).hexdigest()
    files = {
        TENSORS: {"size": size, "sha256": content},
        STATE: {"size": len(state), "sha256": digest},
    }
    manifest = {"version": VERSION, "step": step, "files": files}
    with atomic.drafts([building / MANIFEST]) as (last,):
        last.write(jsondata.render(manifest))


def _expect(path: Path, stated: object, size: int, digest: str) -> None:
    found = {"size": size, "sha256": digest}
    if found != stated:
        raise FormatError(path, "damaged", expected=stated, found=found)


def _bytes(path: Path) -> bytes:
    with opened(path) as file:
        raw = file.read(MAX_JSON + 1)
    if len(raw) > MAX_JSON:
        raise FormatError(path, "too large", expected=f"up to {MAX_JSON} bytes", found=len(raw))
    return raw


def _age(path: Path) -> tuple[int, int]:
    found = _STEP.fullmatch(path.name)
    step, again = found.groups() if found else ("0", None)
    return int(step), int(again or 0)
