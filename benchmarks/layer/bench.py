"""`Bench`: a run of the benchmark; what its parts ask for."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness.contestants import Answer, Contestant, ContestantError, run
from benchmarks.harness.findings import Finding, times_faster
from benchmarks.harness.measuring import tell
from benchmarks.layer import inputs
from benchmarks.layer.ceiling.library import compiled
from benchmarks.layer.cells import Cell, Entry, Pair, differences, grid, unmoved
from benchmarks.layer.runners.clock import used
from rowspace.table import available_memory

_RUNNERS = "benchmarks.layer.runners.with_"
ROWSPACE = Contestant("rowspace", "rowspace", _RUNNERS + "rowspace")
GATHER = Contestant("gather", "rowspace", _RUNNERS + "gather")
TORCH = Contestant("torch", "torch", _RUNNERS + "torch")
FBGEMM = Contestant("FBGEMM", "fbgemm_gpu", _RUNNERS + "fbgemm")

_GLANCE = 0.5  # seconds of watching the machine
_DISTURBED = 0.15  # cores that others take while the clock runs
_TRIES = 3  # of a job that was disturbed
_WRONG = "{} moves wrong rows in a table of more than 4 GiB: seconds alone, numbers not compared"
FEW = 1000  # ids of a batch that is small: many batches then, else they stay in the caches
Answers = dict[str, list[Answer]]


class Bench:
    """`options` of the command line; the versions met; whether anything `failed`."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.versions: dict[str, str] = {}
        self.failed = False

    @property
    def cache(self) -> Path:
        """The folder of ids and of the compiled gather."""
        folder: Path = self.options.cache
        return folder

    def cells(self) -> Iterator[Cell]:
        """The grid that was asked for."""
        yield from grid(self.options.dims, self.options.rows, self.options.ids)

    def settings(self, cell: Cell) -> dict[str, Any]:
        """What every job of a cell has."""
        batches = 64 if cell.ids <= FEW else 8
        kept = inputs.ids_file(
            self.cache, rows=cell.rows, kind=cell.kind, count=cell.ids, batches=batches
        )
        return {
            **cell.job(),
            "batches": str(kept),
            "threads": self.options.threads,
            "seconds": self.options.seconds,
            "pooled": True,
            "lr": 0.01,
            "eps": 1e-8,
            "checked": [0, 1],
        }

    def job(self, entry: Entry, job: Mapping[str, Any]) -> Answer:
        """Run a job, once the machine is quiet or a while has passed; again if it was disturbed."""
        for _ in range(_TRIES if self.options.patience else 1):
            quiet(self.options.patience)
            answer = self._job(entry, job)
            if answer["others"] <= _DISTURBED:
                break
        return answer

    def _job(self, entry: Entry, job: Mapping[str, Any]) -> Answer:
        tools = {"gather": str(compiled(self.cache))} if entry.contestant is GATHER else {}
        answer = run(entry.contestant, {"task": entry.task, **job, **entry.job, **tools})
        names = [name for name in answer["versions"] if name != "numpy"]
        self.versions |= {name: answer["versions"][name] for name in names}
        told = ", ".join(f"{name} {1e3 * at:.3f}" for name, at in answer["seconds"].items())
        cores = f"cores: {answer['busy']:.2f}, others {answer['others']:.2f}"
        busy = f"{cores}; {answer['rounds']} rounds"
        tell(f"  {entry.name}: ms {told} ({busy})")
        return answer

    def turns(self, cell: Cell, entries: Sequence[Entry]) -> Answers:
        """The jobs of a cell `--repeat` times, by turns, each in a process of its own.

        Raises ContestantError where their numbers differ.
        """
        found: Answers = {entry.name: [] for entry in entries}
        settings = self.settings(cell)
        tell(f" {cell}:")
        for turn in range(self.options.repeat):
            with self.folder() as folder:
                for at, entry in enumerate(entries):
                    probe = {} if turn else {"probe": str(folder / f"{at}.npz")}
                    found[entry.name].append(self.job(entry, {**settings, **probe}))
                if not turn:
                    agree(entries, folder, cell, settings)
        return found

    def compared(self, cell: Cell, pairs: Sequence[Pair]) -> list[Finding]:
        """How many times faster the first of each pair is than the second, beside its goal."""
        return self.both(cell, pairs)[0]

    def both(self, cell: Cell, pairs: Sequence[Pair]) -> tuple[list[Finding], Answers]:
        """`compared`, and the answers it comes from.

        Entries that memory cannot hold are left out, with a note; nothing comes of a cell that
        fails.
        """
        entries = list({one.name: one for pair in pairs for one in (pair.ours, pair.peer)}.values())
        fitting, note = self.fitting(cell, entries)
        names = {one.name for one in fitting}
        pairs = [pair for pair in pairs if {pair.ours.name, pair.peer.name} <= names]
        if not pairs:
            tell(f" {cell}: {note}")
            return [], {}
        try:
            answers = self.turns(cell, fitting)
        except ContestantError as error:
            self.fail(cell, error)
            return [], {}
        return [faster(pair, cell, answers, note) for pair in pairs], answers

    def fail(self, cell: Cell, error: Exception) -> None:
        """One cell failed; the others go on."""
        tell(f"error: {cell}: {error}")
        self.failed = True

    def fitting(self, cell: Cell, entries: Sequence[Entry]) -> tuple[list[Entry], str]:
        """Those that memory can hold, one at a time, and a word on the others."""
        free = available_memory()
        if free is None:
            return list(entries), ""
        left = [one for one in entries if one.needs(cell) > free]
        told = [f"{one.name} ({one.needs(cell) / 1e9:.1f} GB)" for one in left]
        note = f"left out, {free / 1e9:.1f} GB being free: {', '.join(told)}" if left else ""
        return [one for one in entries if one not in left], note

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder in the cache that is gone afterwards."""
        self.cache.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix="work-", dir=self.cache))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def agree(entries: Sequence[Entry], folder: Path, cell: Cell, settings: Mapping[str, Any]) -> None:
    """Those that are `like` one another have the same numbers, and rows that learn have moved.

    Raises ContestantError.
    """
    first: dict[str, tuple[str, dict[str, np.ndarray]]] = {}
    for at, entry in enumerate(entries):
        if entry.wrong(cell):
            continue
        path = folder / f"{at}.npz"
        if not path.exists():
            raise ContestantError(f"{entry.name} kept nothing to compare")
        with np.load(path) as kept:
            numbers = {name: kept[name] for name in kept.files}
        if "ids" in numbers:
            before = inputs.row_values(numbers["ids"], n_rows=cell.rows, dim=cell.dim)
            if unmoved(numbers["rows"], before, {**settings, **entry.job}["lr"]):
                raise ContestantError(f"{entry.name}: there are rows that did not learn")
        name, theirs = first.setdefault(entry.like, (entry.name, numbers))
        if wrong := differences(theirs, numbers):
            raise ContestantError(f"{name} and {entry.name} do not agree: {'; '.join(wrong)}")


def faster(pair: Pair, cell: Cell, answers: Answers, note: str) -> Finding:
    """The peer's seconds over ours; `group` is what the cells of a part are summed up by."""
    ours, theirs = answers[pair.ours.name], answers[pair.peer.name]
    both = [[one["seconds"][pair.timed] for one in side] for side in (ours, theirs)]
    notes = [note, _WRONG.format(pair.peer.name) if pair.peer.wrong(cell) else "", busy(answers)]
    told = "; ".join(one for one in notes if one)
    found = times_faster(f"{pair}: {cell}", *both, goal=pair.goal, note=told)
    found.more.update(
        group=str(pair),
        busy=[round(one["busy"], 2) for one in (ours[0], theirs[0])],
        others=[round(max(one["others"] for one in side), 2) for side in (ours, theirs)],
        stages=[one["seconds"] for one in (ours[0], theirs[0])],
    )
    return found


def busy(answers: Answers) -> str:
    """A word on others who worked meanwhile, if they did."""
    most = max(one["others"] for side in answers.values() for one in side)
    return f"others took {most:.1f} cores meanwhile" if most > _DISTURBED else ""


def quiet(patience: float) -> None:
    """Wait until nobody else takes more than a tenth of a core, for so many seconds at most."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = used()
        time.sleep(_GLANCE)
        if used() - before < _GLANCE / 10:
            return
