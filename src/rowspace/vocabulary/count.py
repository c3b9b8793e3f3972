"""One pass over the text: every distinct piece counted, every piece numbered on disk."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path

import numpy as np

from rowspace.corpus import Block, Intake, Reading, tokenizer
from rowspace.vocabulary.crew import Crew, crew
from rowspace.vocabulary.follow import Progress
from rowspace.vocabulary.tally import Distinct, Part
from rowspace.vocabulary.threads import Threads, compiled, plain, threads

FEW_BLOCKS = 2  # up to this many, starting anything takes longer than the counting


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
    """Counts blocks on all cores, or here when there are few.

    Compiled code on threads where bytes alone tell where to cut; processes where Python has to
    go through the text. All ways give the same result, and so does any number of processes, as
    long as nothing is forgotten.
    """
    cutter = tokenizer(reading)  # what is wrong with it is said here, not by a worker
    processes = usable_cores() if processes is None else processes
    first = list(islice(blocks, FEW_BLOCKS + 1))
    blocks = chain(first, blocks)
    few = len(first) <= FEW_BLOCKS
    slow = all(cutter.slow(block.data) for block in first)
    number = 1 if few or (slow and not sys.executable) else processes
    files = [folder / f"part-{tally}.numbers" for tally in range(number)]
    progress = Progress(intake)
    with ExitStack() as stack:
        hired: Crew | Threads
        if slow and number > 1:
            hired = stack.enter_context(crew(files, reading, memory=memory))
        else:
            start = compiled(cutter) if not slow and not few else plain(cutter)
            hired = stack.enter_context(threads(files, reading, start, memory=memory))
        parts = []
        for turn, part in enumerate(hired.parts(blocks)):
            parts.append((turn % number, part))
            progress.add(part.entries)
        distinct = hired.finish()
        intake.bad += hired.bad
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
