"""`Threads`: the tallies of one process, each fed by a thread of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, final

from rowspace.corpus import END, Block, Reading, Tokenizer, cleaned
from rowspace.vocabulary.tally import Distinct, Part, Tally

IN_FLIGHT = 2  # blocks a thread has: one under its hands, one to go on with at once

Count: TypeAlias = Callable[[bytes], Part]
Finish: TypeAlias = Callable[[], Distinct]
Start: TypeAlias = Callable[[Path, int], tuple[Count, Finish]]
"""Begins a tally for a file and bytes of memory; its parts are what is called."""


def plain(cutter: Tokenizer) -> Start:
    """Tallies in Python: at work at once, and right for little text."""
    cutting = cutter.cutting

    def start(file: Path, memory: int) -> tuple[Count, Finish]:
        tally = Tally(END, cutter.spell, file=file, memory=memory)
        return lambda data: tally.add(cutting.pieces(cutter.prepare(data))), tally.finish

    return start


def compiled(cutter: Tokenizer) -> Start:
    """Tallies in compiled code, which leave the other threads free."""
    # Numba takes half a second to import: only much text is worth it.
    from rowspace.vocabulary.compiled import CompiledTally

    def start(file: Path, memory: int) -> tuple[Count, Finish]:
        tally = CompiledTally(cutter.cutting, cutter.spell, file=file, memory=memory)
        return lambda data: tally.add(cutter.prepare(data)), tally.finish

    return start


@final
class Threads:
    """Blocks go to thread 0, 1, … in turn, so that who gets which does not depend on timing."""

    def __init__(self, files: list[Path], reading: Reading, start: Start, *, memory: int) -> None:
        self.bad = 0
        self._reading = reading
        self._tallies = [start(file, memory // len(files)) for file in files]
        self._pools = [ThreadPoolExecutor(1, "rowspace-count") for _ in files]

    def parts(self, blocks: Iterator[Block]) -> Iterator[Part]:
        """What became of each block, in the order of the blocks."""
        waiting: deque[Future[tuple[Part, int]]] = deque()
        for turn, block in enumerate(blocks):
            at = turn % len(self._pools)
            if len(waiting) == IN_FLIGHT * len(self._pools):
                yield self._collect(waiting.popleft())
            waiting.append(self._pools[at].submit(self._work, self._tallies[at][0], block))
        while waiting:
            yield self._collect(waiting.popleft())

    def _work(self, count: Count, block: Block) -> tuple[Part, int]:
        block, bad = cleaned(block, self._reading)
        return count(block.data), bad

    def _collect(self, future: Future[tuple[Part, int]]) -> Part:
        part, bad = future.result()
        self.bad += bad
        return part

    def finish(self) -> list[Distinct]:
        """The tables of all tallies."""
        return [finish() for _, finish in self._tallies]

    def stop(self) -> None:
        """Ends the threads as soon as their present block is done."""
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools:
            pool.shutdown()


@contextmanager
def threads(files: list[Path], reading: Reading, start: Start, *, memory: int) -> Iterator[Threads]:
    """One thread and one tally for each file of numbers; none is left behind."""
    hired = Threads(files, reading, start, memory=memory)
    try:
        yield hired
    finally:
        hired.stop()
