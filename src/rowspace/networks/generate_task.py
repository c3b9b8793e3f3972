"""A generator in the loop: the parts of its text, its batches, its judge."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from torch import Tensor

from rowspace.errors import InputError
from rowspace.evaluate.bits import Costs
from rowspace.networks.generate import GenerateSettings, Generator, State
from rowspace.networks.generate_data import (
    Batch,
    costs,
    parted,
    require_length,
    streams,
    text_of,
    windows,
)
from rowspace.networks.generate_units import Units, UnitSettings
from rowspace.networks.settings import Run
from rowspace.networks.start import started
from rowspace.networks.task import Task
from rowspace.nn import Dropout, Embedding
from rowspace.vectors import Vectors

COUNTED = {"characters": "characters", "words": "words", "whitespace": "words"}
"""What units of a kind are called where they are counted."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What is learned from, what judges epochs, what judges the end: rows of units, int64 [n]."""

    units: Units
    train: np.ndarray
    valid: np.ndarray | None
    test: np.ndarray | None

    @classmethod
    def of(
        cls,
        data: Any,
        test: Any,
        settings: UnitSettings,
        run: Run,
        tell: Callable[[dict[str, Any]], None],
    ) -> Parts:
        """Read, its last part held back. Units are those of the first part alone. Raises
        InputError, ResourceError, MissingExtraError."""
        text, held = text_of(data, settings.column, tell), ""
        if not isinstance(run.valid, (int, float)):
            held = text_of(run.valid, settings.column, tell)
        elif run.valid:
            text, held = parted(text, run.valid, settings.units == "characters")
        if not text.strip():
            raise InputError("nothing is left to learn from", hint="a smaller --valid")
        units = Units.learned(text, settings)
        train = require_length(units.ids(text), "the text to learn from")
        valid = require_length(units.ids(held), "the validation part", 2) if held else None
        tested = None
        if test is not None:
            found = units.ids(text_of(test, settings.column, tell))
            tested = require_length(found, "the test text", 2)
        return cls(units, train, valid, tested)

    def mark(self) -> str:
        """What tells the data apart, hexadecimal."""
        known = hashlib.blake2b(digest_size=12)
        for one in (self.train, self.valid):
            known.update(b"" if one is None else one.tobytes())
        known.update(b"\0".join(self.units.vocabulary.items.tokens()))
        return known.hexdigest()

    def costs(self, network: Generator, ids: np.ndarray) -> Costs:
        """What the units of a text but the first cost."""
        characters, octets = self.units.lengths(ids)
        known = ids != self.units.unknown
        return Costs(costs(network, ids), characters[1:], octets[1:], known[1:])


@final
class GenerateTask(Task):
    """found: what rows start from."""

    def __init__(
        self, parts: Parts, settings: GenerateSettings, run: Run, start: Vectors | None
    ) -> None:
        self.counted = COUNTED.get(parts.units.kind, "units")
        self.parts, self.settings, self.run = parts, settings, run
        size = len(parts.units.vocabulary)
        dropped = Dropout(run.embedding_dropout, run.embedding_dropout_of)  # type: ignore[arg-type]
        self.network: Generator = Generator(size, settings, dropped)
        self.found = started(self.network.units, parts.units.words, start, run)
        self.state: State | None = None

    def tables(self) -> list[Embedding]:
        """The one there is."""
        return [self.network.units]

    def steps(self) -> int:
        """Batches of an epoch."""
        length = min(self.settings.context, len(self.parts.train) - 1)
        return max(1, round((len(self.parts.train) - 1) / (self._count * length)))

    @property
    def _count(self) -> int:
        """Runs in a batch."""
        return max(1, self.run.batch // self.settings.context)

    def batches(self, epoch: int) -> Iterator[tuple[Batch, int]]:
        """Runs that go on from batch to batch for an LSTM, runs in any order for a Transformer."""
        cut = streams if self.settings.encoder == "lstm" else windows
        length, seed = self.settings.context, self.run.seed
        for batch in cut(self.parts.train, self._count, length, seed=seed, epoch=epoch):
            yield batch, batch.ids[:, 1:].numel()

    def loss(self, batch: Batch) -> Tensor:
        """The mean of -ln p, nats."""
        before = None if batch.fresh else self.state
        loss, state = self.network.loss(batch.ids, before)
        self.state = None
        if self.settings.encoder == "lstm":
            self.state = [(hidden.detach(), cell.detach()) for hidden, cell in state]
        return loss

    def judge(self) -> dict[str, float]:
        """ln p a unit first, and what is made of it."""
        if self.parts.valid is None:
            return {}
        found = float(costs(self.network, self.parts.valid).mean())
        return {"log-likelihood": -found, "perplexity": float(np.exp(min(found, 700.0)))}
