"""`State`: what a run must remember to go on, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.errors import FormatError, InputError
from rowspace.objectives import Objective, Tables
from rowspace.table import Table
from rowspace.training.checkpoint import Checkpoint
from rowspace.training.crew import UNIT
from rowspace.training.glove_pairs import Pairs
from rowspace.training.settings import Settings
from rowspace.training.start import Start
from rowspace.training.transfer import coverage, move, move_context
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.encode import Encoded

OWN = (
    "inputs",
    "outputs",
    "input_sums",
    "output_sums",
    "frozen",
)  # a checkpoint's arrays that are not the vocabulary's
_BLOCK = 1 << 16  # rows copied at a time
_ENTRIES = 1 << 22  # ids counted at a time


@dataclass(slots=True)
class State:
    """Tables, vocabulary and corpus; `unit` is the next one to work, `losses` one an epoch.

    counts: how often each item occurs in this corpus, int64 [V]. start: what came from the vectors
    it started from, as data. pairs: what an objective that learns from counted pairs reads instead
    of the corpus.
    """

    config: dict[str, Any]
    vocabulary: Vocabulary
    encoded: Encoded
    tables: Tables
    counts: np.ndarray
    start: dict[str, Any] = field(default_factory=dict)
    unit: int = 0
    words: int = 0
    seconds: float = 0.0
    epoch_loss: tuple[float, int] = (0.0, 0)
    losses: list[float] = field(default_factory=list)
    pairs: Pairs | None = None

    @property
    def units(self) -> int:
        """Units in an epoch."""
        stretches = -(-(self.encoded.entries if self.pairs is None else self.pairs.size) // UNIT)
        return stretches if self.pairs is None else stretches * self.pairs.turns

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything large, by name."""
        tables = {name: table.rows for name, table in named(self.tables).items()}
        frozen = {} if self.tables.frozen is None else {"frozen": self.tables.frozen}
        return {**tables, **frozen, **self.vocabulary.arrays()}

    def record(self) -> dict[str, Any]:
        """Everything small, as data."""
        return {
            "config": self.config,
            "vocabulary": self.vocabulary.config(),
            "start": self.start,
            "unit": self.unit,
            "words": self.words,
            "seconds": self.seconds,
            "epoch_loss": list(self.epoch_loss),
            "losses": self.losses,
        }


def configuration(
    objective: Objective, settings: Settings, start: Start | None = None
) -> dict[str, Any]:
    """What decides the result of a run, as data."""
    found = {"objective": objective.config(), "training": settings.config()}
    return found if start is None else {**found, "start": dict(start.about)}


def named(tables: Tables) -> dict[str, Table]:
    """What learns, by the names a checkpoint has for it."""
    found = {"inputs": tables.inputs, "outputs": tables.outputs}
    if tables.sums is not None:
        found |= dict(zip(("input_sums", "output_sums"), tables.sums, strict=True))
    return found


def begun(
    objective: Objective,
    settings: Settings,
    vocabulary: Vocabulary,
    encoded: Encoded,
    start: Start | None = None,
) -> State:
    """A run at its start; where there are rows to start from, with these. Raises InputError,
    SettingError as `transfer` does."""
    tables = objective.begin(vocabulary, settings.seed)
    config, found = configuration(objective, settings, start), {}
    counts = counts_for(settings, vocabulary, encoded)
    if start is not None:
        moved = move(start, vocabulary, tables.inputs, freeze=settings.freeze)
        found = coverage(start, vocabulary, counts, moved)
        if tables.tree is None:  # inner nodes are no items
            move_context(start, moved, tables.outputs, vocabulary)
        config["start"] |= {name: found[name] for name in ("known", "of", "tokens")}
        if settings.freeze:
            tables = tables._replace(frozen=moved.frozen)
    return State(config, vocabulary, encoded, tables, counts, found)


def counts_for(settings: Settings, vocabulary: Vocabulary, encoded: Encoded) -> np.ndarray:
    """How often each item occurs in the corpus, int64 [V]: what noise words are drawn by."""
    if settings.vocabulary == "union":
        return counted(encoded, len(vocabulary))
    return vocabulary.counts


def counted(encoded: Encoded, size: int) -> np.ndarray:
    """How often each of `size` items occurs in an encoded corpus, int64."""
    counts = np.zeros(size, np.int64)
    for at in range(0, encoded.entries, _ENTRIES):
        ids = encoded.stretch(at, min(at + _ENTRIES, encoded.entries))
        counts += np.bincount(ids[ids >= 0], minlength=size)
    return counts


def resumed(
    objective: Objective,
    settings: Settings,
    checkpoint: Checkpoint,
    corpus: Path,
    start: Start | None = None,
) -> State:
    """A run where its checkpoint left it. Raises InputError if the settings are others now, or
    the vectors it is to start from."""
    wanted, record = configuration(objective, settings, start), checkpoint.state
    before = record.get("config", {})
    _same_start(wanted.get("start", {}), before.get("start", {}))
    _same(wanted, before)
    encoded = Encoded.open(corpus)
    vocabulary = Vocabulary.from_arrays(_copies(checkpoint.tensors), record["vocabulary"])
    frozen = checkpoint.tensors.get("frozen") if settings.freeze else None
    if settings.freeze and (frozen is None or frozen.shape != (vocabulary.n_rows,)):
        raise FormatError(corpus.parent, "the checkpoint does not say which rows are frozen")
    tables = objective.begin(vocabulary, settings.seed)
    tables = tables._replace(frozen=None if frozen is None else np.array(frozen))
    _fill(tables, checkpoint, corpus.parent)
    loss, predictions = record["epoch_loss"]
    return State(
        before,
        vocabulary,
        encoded,
        tables,
        counted(encoded, len(vocabulary)) if settings.vocabulary == "union" else vocabulary.counts,
        start=record.get("start", {}),
        unit=record["unit"],
        words=record["words"],
        seconds=record["seconds"],
        epoch_loss=(loss, predictions),
        losses=list(record["losses"]),
    )


def _fill(tables: Tables, checkpoint: Checkpoint, run: Path) -> None:
    """The tables as the checkpoint has them. Raises FormatError for another shape."""
    for name, table in named(tables).items():
        stored = checkpoint.tensors.get(name)
        if stored is None or stored.shape != table.rows.shape:
            found = None if stored is None else stored.shape
            raise FormatError(
                run, f"the checkpoint's {name}", expected=table.rows.shape, found=found
            )
        for at in range(0, len(table), _BLOCK):
            table.rows[at : at + _BLOCK] = stored[at : at + _BLOCK]


def _copies(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The vocabulary's arrays, off the file that the next checkpoint will remove."""
    return {k: np.array(v) for k, v in tensors.items() if k not in OWN}


def _same(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Raises InputError naming every setting that differs from the interrupted run's."""
    differing = [
        f"{name} was {before.get(part, {}).get(name)!r}, is {value!r}"
        for part, values in now.items()
        if part != "start"
        for name, value in values.items()
        if before.get(part, {}).get(name) != value
    ]
    if differing:
        raise InputError(
            "the run to go on with had other settings: " + "; ".join(differing),
            hint="give the settings it began with, or start again without --resume",
        )


def _same_start(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Raises InputError unless the run began from the same vectors; the file may have moved."""
    if now.get("fingerprint") == before.get("fingerprint"):
        return
    was, came = (one.get("file") or "other vectors" if one else "none" for one in (before, now))
    raise InputError(
        f"the run to go on with started from other vectors: it was {was}, is {came}"
        + (" with other content" if was == came else ""),
        hint="give the --from it began with, or start again without --resume",
    )
