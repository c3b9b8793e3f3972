"""Where a network's run lives until its model is written: `OUTPUT.run`, with its checkpoints."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, final

from rowspace.errors import InputError
from rowspace.networks.flat import flattened, restored
from rowspace.training.checkpoint import Checkpoint
from rowspace.training.checkpoint import Run as Folder

EVERY = 20.0
"""Seconds between two checkpoints, at least: a run that is gone on with repeats the rest."""


@final
class Keeper:
    """Checkpoints in a locked folder. `config`: what must be the same to go on."""

    def __init__(self, folder: Folder, config: Mapping[str, Any], found: Checkpoint | None) -> None:
        self.folder, self.config, self.found = folder, dict(config), found
        self.spent, self._at = False, time.monotonic()

    def keep(self, epoch: int, state: Callable[[], dict[str, Any]]) -> None:
        """Write a checkpoint, unless the last one is young."""
        if time.monotonic() - self._at < EVERY:
            return
        arrays: dict[str, Any] = {}
        data = flattened(state(), "state", arrays)
        self.folder.save(epoch, arrays, {"config": self.config, "state": data})
        self._at = time.monotonic()

    def state(self, found: Checkpoint) -> dict[str, Any]:
        """What a checkpoint holds. Raises InputError if it is of other settings or data."""
        before = found.state["config"]
        if before != self.config:
            names = sorted({*before, *self.config})
            other = [name for name in names if before.get(name) != self.config.get(name)]
            raise InputError(
                f"the run in {self.folder.folder} has other settings or data: {', '.join(other)}",
                hint="resume with what it began with, or --force to begin again",
            )
        state: dict[str, Any] = restored(found.state["state"], found.tensors)
        return state


@contextlib.contextmanager
def kept_run(
    output: str | Path | None,
    config: Mapping[str, Any],
    *,
    resume: bool,
    tell: Callable[[dict[str, Any]], None],
) -> Iterator[Keeper | None]:
    """The keeper of a run whose model will be `output`; None without one. The folder goes away
    once the run is `spent`, or when there is nothing in it to go on from.

    Raises InputError to resume without an output; ResourceError for a folder that cannot be
    written or is in use.
    """
    if output is None:
        if resume:
            raise InputError("resume needs the output folder of the run to go on with")
        yield None
        return
    target = Path(output)
    if target.exists() and not target.is_dir():
        raise InputError(f"the output {target} is a file; a model is a folder")
    place = target.with_name(target.name + ".run")
    with Folder.open(place) as folder:
        found = folder.latest() if resume else None
        if resume and found is None:
            message = f"{place} holds no checkpoint yet: the run begins from the start"
            tell({"type": "warning", "message": message})
        if not resume:
            folder.clear()
        keeper = Keeper(folder, config, found)
        try:
            yield keeper
        finally:
            if keeper.spent or not folder.steps():
                shutil.rmtree(place, ignore_errors=True)
