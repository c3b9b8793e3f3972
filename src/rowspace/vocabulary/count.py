"""One pass over the text: every distinct piece counted, every piece numbered on disk."""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import numpy as np

from rowspace.corpus import END, Block, Intake, Reading, tokenizer
from rowspace.vocabulary.crew import crew
from rowspace.vocabulary.tally import Distinct, Part, Tally
from rowspace.vocabulary.worker import count_block

FEW_BLOCKS = 2  # up to this many, starting processes takes longer than the counting
INTERVAL = 0.5  # seconds between two reports


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass left: `parts` in the order of the text, as (tally, numbers of one block).

    files: the numbers of each tally. distinct: the table of each tally.
    """

    parts: list[tuple[int, Part]]
    files: list[Path]
    distinct: list[Distinct]


@dataclass(frozen=True, slots=True)
class Merged:
    """The distinct tokens of all tallies with their counts, and where each tally's went.

    tokens: distinct, in the order first met. counts: int64. places: for each tally the index in
    `tokens` of each of its own tokens, int64. seen: tokens read in all.
    """

    tokens: list[bytes]
    counts: np.ndarray
    places: list[np.ndarray]
    seen: int


def usable_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def scan(
    blocks: Iterator[Block],
    reading: Reading,
    folder: Path,
    *,
    intake: Intake,
    processes: int | None,
    memory: int,
) -> Scan:
    """Counts blocks in worker processes, or in this one when there are few.

    The result does not depend on the number of processes, as long as nothing is forgotten.
    """
    cutter = tokenizer(reading)  # what is wrong with it is said here, not by a worker
    processes = usable_cores() if processes is None else processes
    first = list(islice(blocks, FEW_BLOCKS + 1))
    blocks = chain(first, blocks)
    if len(first) <= FEW_BLOCKS or processes == 1 or not sys.executable:
        file = folder / "part-0.numbers"
        tally = Tally(END, cutter.spell, file=file, memory=memory)
        parts = []
        progress = Progress(intake)
        for block in blocks:
            header = count_block(block, reading, cutter, tally)
            intake.bad += header["bad"]
            parts.append(Part(header["entries"], header["generation"]))
            progress.add(parts[-1].entries)
        progress.end()
        return Scan([(0, part) for part in parts], [file], [tally.finish()])
    files = [folder / f"part-{number}.numbers" for number in range(processes)]
    return _scan_with(files, blocks, reading, intake, memory)


def _scan_with(
    files: list[Path], blocks: Iterator[Block], reading: Reading, intake: Intake, memory: int
) -> Scan:
    parts = []
    progress = Progress(intake)
    with crew(files, reading, memory=memory) as workers:
        for turn, part in enumerate(workers.parts(blocks)):
            parts.append((turn % len(files), part))
            progress.add(part.entries)
        distinct = workers.finish()
        intake.bad += workers.bad
    progress.end()
    return Scan(parts, files, distinct)


def merge(distinct: list[Distinct]) -> Merged:
    """One table of tokens out of those of all tallies."""
    index: defaultdict[bytes, int] = defaultdict(count().__next__)
    places = [
        np.fromiter(map(index.__getitem__, table.tokens), np.int64, len(table.tokens))
        for table in distinct
    ]
    counts = np.zeros(len(index), np.int64)
    seen = 0
    for place, table in zip(places, distinct, strict=True):
        own = np.repeat(table.counts, table.lengths)
        np.add.at(counts, place, own)
        seen += int(own.sum()) + table.lost
    return Merged(list(index), counts, places, seen)


class Progress:
    """Tells the follower of a pass how far it is, about twice a second."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._start = self._last = time.monotonic()
        self._tokens = 0

    def add(self, tokens: int) -> None:
        """Some more tokens have been read."""
        self._tokens += tokens
        now = time.monotonic()
        if now - self._last >= INTERVAL:
            self._last = now
            self._report(now)

    def end(self) -> None:
        """All have."""
        self._report(time.monotonic())

    def _report(self, now: float) -> None:
        if self._intake.report is not None:
            event: dict[str, Any] = {
                "type": "scan",
                "tokens": self._tokens,
                "bytes": self._intake.raw_bytes,
                "seconds": round(now - self._start, 3),
            }
            self._intake.report(event)
