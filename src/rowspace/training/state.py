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
from rowspace.training.settings import Settings
from rowspace.vocabulary import Vocabulary
from rowspace.vocabulary.encode import Encoded

_BLOCK = 1 << 16  # rows copied at a time


@dataclass(slots=True)
class State:
    """Tables, vocabulary and corpus; `unit` is the next one to work, `losses` one an epoch."""

    config: dict[str, Any]
    vocabulary: Vocabulary
    encoded: Encoded
    tables: Tables
    unit: int = 0
    words: int = 0
    seconds: float = 0.0
    epoch_loss: tuple[float, int] = (0.0, 0)
    losses: list[float] = field(default_factory=list)

    @property
    def units(self) -> int:
        """Units in an epoch."""
        return -(-self.encoded.entries // UNIT)

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything large, by name."""
        tables = {"inputs": self.tables.inputs.rows, "outputs": self.tables.outputs.rows}
        return {**tables, **self.vocabulary.arrays()}

    def record(self) -> dict[str, Any]:
        """Everything small, as data."""
        return {
            "config": self.config,
            "vocabulary": self.vocabulary.config(),
            "unit": self.unit,
            "words": self.words,
            "seconds": self.seconds,
            "epoch_loss": list(self.epoch_loss),
            "losses": self.losses,
        }


def configuration(objective: Objective, settings: Settings) -> dict[str, Any]:
    """What decides the result of a run, as data."""
    return {"objective": objective.config(), "training": settings.config()}


def begun(
    objective: Objective, settings: Settings, vocabulary: Vocabulary, encoded: Encoded
) -> State:
    """A run at its start: inputs even in ±1/2D, outputs zero, as in word2vec."""
    inputs = Table.uniform(
        vocabulary.n_rows, objective.dim, seed=settings.seed, bound=0.5 / objective.dim
    )
    return State(
        configuration(objective, settings),
        vocabulary,
        encoded,
        _tables(inputs, objective, vocabulary),
    )


def _tables(inputs: Table, objective: Objective, vocabulary: Vocabulary) -> Tables:
    outputs = Table(len(vocabulary), objective.dim)
    return Tables(inputs, outputs, vocabulary.bags(), vocabulary.pool == "mean")


def resumed(
    objective: Objective, settings: Settings, checkpoint: Checkpoint, corpus: Path
) -> State:
    """A run where its checkpoint left it. Raises InputError if the settings are others now."""
    wanted, record = configuration(objective, settings), checkpoint.state
    _same(wanted, record.get("config", {}))
    encoded = Encoded.open(corpus)
    vocabulary = Vocabulary.from_arrays(_copies(checkpoint.tensors), record["vocabulary"])
    tables = _tables(Table(vocabulary.n_rows, objective.dim), objective, vocabulary)
    for name, table in (("inputs", tables.inputs), ("outputs", tables.outputs)):
        stored = checkpoint.tensors.get(name)
        if stored is None or stored.shape != table.rows.shape:
            found = None if stored is None else stored.shape
            raise FormatError(
                corpus.parent, f"the checkpoint's {name}", expected=table.rows.shape, found=found
            )
        for start in range(0, len(table), _BLOCK):
            table.rows[start : start + _BLOCK] = stored[start : start + _BLOCK]
    loss, predictions = record["epoch_loss"]
    return State(
        wanted,
        vocabulary,
        encoded,
        tables,
        unit=record["unit"],
        words=record["words"],
        seconds=record["seconds"],
        epoch_loss=(loss, predictions),
        losses=list(record["losses"]),
    )


def _copies(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The vocabulary's arrays, off the file that the next checkpoint will remove."""
    return {k: np.array(v) for k, v in tensors.items() if k not in ("inputs", "outputs")}


def _same(now: dict[str, Any], before: dict[str, Any]) -> None:
    """Raises InputError naming every setting that differs from the interrupted run's."""
    differing = [
        f"{name} was {before.get(part, {}).get(name)!r}, is {value!r}"
        for part, values in now.items()
        for name, value in values.items()
        if before.get(part, {}).get(name) != value
    ]
    if differing:
        raise InputError(
            "the run to go on with had other settings: " + "; ".join(differing),
            hint="give the settings it began with, or start again without --resume",
        )
